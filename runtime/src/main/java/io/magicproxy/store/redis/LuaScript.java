package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.redisson.api.RScript;
import org.redisson.client.codec.StringCodec;

/** A script that stands beside these classes. */
record LuaScript(String text) {
    static LuaScript named(String file) {
        try (InputStream in = LuaScript.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing");
            }
            return new LuaScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it answers, as texts. */
    List<String> run(RedisLink link, String key, List<?> arguments) throws StoreException {
        List<Object> told =
                link.call(redis ->
                        redis.getScript(StringCodec.INSTANCE)
                                .eval(
                                        RScript.Mode.READ_WRITE,
                                        text,
                                        RScript.ReturnType.LIST,
                                        List.of(key),
                                        arguments.toArray()));
        return told.stream().map(String::valueOf).toList();
    }
}
