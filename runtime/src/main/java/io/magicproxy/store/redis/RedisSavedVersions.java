package io.magicproxy.store.redis;

import io.magicproxy.store.SavedVersions;
import io.magicproxy.store.StoreException;
import java.util.List;
import java.util.Optional;

/**
 * Versions in Redis, those of each script in a slot of their own; see {@code saved_versions.lua}.
 */
public final class RedisSavedVersions implements SavedVersions {
    private static final LuaScript SCRIPT = new LuaScript("saved_versions.lua");

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
        return run(name, "find", version).stream().findFirst();
    }

    private List<String> run(String name, String... arguments) throws StoreException {
        return SCRIPT.run(link, link.name("versions:" + name), List.of(arguments));
    }
}
