package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.redisson.api.RScript;
import org.redisson.client.codec.StringCodec;

/** A script beside this class, which answers with a list. */
final class LuaScript {
    private final String text;

    LuaScript(String file) {
        try (InputStream in = LuaScript.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing");
            }
            this.text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> run(RedisLink link, String key, Collection<String> arguments)
            throws StoreException {
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

    List<String> run(RedisLink link, String key, String... arguments) throws StoreException {
        return run(link, key, List.of(arguments));
    }
}
