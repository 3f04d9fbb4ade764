package io.magicproxy.store.redis;

import io.magicproxy.store.SavedVersions;
import io.magicproxy.store.StoreException;
import java.util.List;
import java.util.Optional;
import org.redisson.api.RScript;
import org.redisson.client.codec.StringCodec;

/**
 * Versions in Redis, those of each script in a slot of their own; see {@code saved_versions.lua}.
 */
public final class RedisSavedVersions implements SavedVersions {
    private static final LuaScript SCRIPT = LuaScript.named("saved_versions.lua");

    private final RedisLink link;

    public RedisSavedVersions(RedisLink link) {
        this.link = link;
    }

    @Override
    public void keep(String name, String version, String sources) throws StoreException {
        run(name, "keep", version, sources);
    }

    @Override
    public Optional<String> find(String name, String version) throws StoreException {
        return run(name, "find", version).stream().findFirst().map(String::valueOf);
    }

    private List<Object> run(String name, Object... arguments) throws StoreException {
        return link.call(redis ->
                redis.getScript(StringCodec.INSTANCE)
                        .eval(
                                RScript.Mode.READ_WRITE,
                                SCRIPT.text(),
                                RScript.ReturnType.LIST,
                                List.of(link.name("versions:" + name)),
                                arguments));
    }
}
