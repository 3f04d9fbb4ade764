package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.Problems;
import io.magicproxy.store.RedisConfig;
import java.net.URI;
import java.util.List;

/** What {@code backend_settings.redis} must get right. */
record RedisChecks(Problems problems) {
    private static final List<String> SCHEMES = List.of("redis", "rediss");

    void run(RedisConfig redis, ConfigNode at, List<ConfigNode> urls) {
        if (redis.urls().isEmpty()) {
            problems.error(at, "needs \"urls\", such as [redis://redis:6379]");
        }
        if (redis.mode() == RedisConfig.Mode.SINGLE && urls.size() > 1) {
            problems.error(
                    urls.get(1),
                    "is one more than the single server; say with \"mode\" how they belong together:"
                            + " sentinel or cluster");
        }
        for (int i = 0; i < Math.min(urls.size(), redis.urls().size()); i++) {
            if (!isServer(redis.urls().get(i))) {
                problems.error(urls.get(i), "is no server's address, such as redis://redis:6379");
            }
        }
    }

    private static boolean isServer(String url) {
        try {
            URI uri = URI.create(url);
            return SCHEMES.contains(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
