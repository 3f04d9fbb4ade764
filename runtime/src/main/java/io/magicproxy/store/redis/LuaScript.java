package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.redisson.api.RFuture;
import org.redisson.api.RScript;
import org.redisson.api.RScriptAsync;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;

/**
 * A script beside this class, which answers with a list. Redis keeps it under its hash, and only
 * that is sent.
 */
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
        return texts(
                link.call(redis ->
                        redis.getScript(StringCodec.INSTANCE)
                                .<List<Object>>eval(
                                        RScript.Mode.READ_WRITE,
                                        text,
                                        RScript.ReturnType.LIST,
                                        List.of(key),
                                        arguments.toArray())));
    }

    List<String> run(RedisLink link, String key, String... arguments) throws StoreException {
        return run(link, key, List.of(arguments));
    }

    /** At several places at once; the answers come in the same order. */
    List<List<String>> runAtAll(RedisLink link, List<String> keys, Collection<String> arguments)
            throws StoreException {
        return link.call(redis ->
                RedisLink.all(keys.stream().map(key -> begun(redis, key, arguments)).toList())
                        .stream()
                        .map(LuaScript::texts)
                        .toList());
    }

    private RFuture<List<Object>> begun(
            RedissonClient redis, String key, Collection<String> arguments) {
        // Not in one batch: that takes a script that was sent once for known for ever.
        RScriptAsync script = redis.getScript(StringCodec.INSTANCE);
        return script.evalAsync(
                RScript.Mode.READ_WRITE,
                text,
                RScript.ReturnType.LIST,
                List.of(key),
                arguments.toArray());
    }

    /** With bytes after its arguments. */
    void run(RedisLink link, String key, List<String> arguments, byte[] bytes)
            throws StoreException {
        Object[] all =
                Stream.concat(
                                arguments.stream().map(a -> a.getBytes(StandardCharsets.UTF_8)),
                                Stream.of(bytes))
                        .toArray();
        var _ =
                link.call(redis ->
                        redis.getScript(ByteArrayCodec.INSTANCE)
                                .<List<Object>>eval(
                                        RScript.Mode.READ_WRITE,
                                        text,
                                        RScript.ReturnType.LIST,
                                        List.of(key),
                                        all));
    }

    private static List<String> texts(List<Object> told) {
        return told.stream().map(String::valueOf).toList();
    }
}
