package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.redisson.api.RScript;
import org.redisson.client.codec.StringCodec;

/** A script beside this class, which Redis runs in one step. */
record LuaScript(String text) {
    static LuaScript read(String name) {
        try (InputStream in = LuaScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return new LuaScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A list of what the script gives back.
     *
     * @param key begins the names of all keys that it uses
     */
    List<Object> list(RedisLink link, String key, Object... arguments) throws StoreException {
        return link.call(redis ->
                redis.getScript(StringCodec.INSTANCE)
                        .eval(
                                RScript.Mode.READ_WRITE,
                                text,
                                RScript.ReturnType.LIST,
                                List.of(key),
                                arguments));
    }

    /** The same of a number. */
    long number(RedisLink link, String key, Object... arguments) throws StoreException {
        Long told =
                link.call(redis ->
                        redis.getScript(StringCodec.INSTANCE)
                                .eval(
                                        RScript.Mode.READ_WRITE,
                                        text,
                                        RScript.ReturnType.LONG,
                                        List.of(key),
                                        arguments));
        return told;
    }
}
