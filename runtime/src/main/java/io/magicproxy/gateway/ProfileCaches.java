package io.magicproxy.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.cache.CacheConfig;
import io.magicproxy.cache.CacheRule;
import io.magicproxy.cache.ProfileCache;
import io.magicproxy.cache.ResponseCache;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.routing.ProfileConfig;
import java.time.Duration;
import java.util.Optional;

/** Finds the rule by which a profile's answers are remembered. */
final class ProfileCaches {
    private final GatewayConfig config;
    private final CacheConfig settings;
    private final ResponseCache cache;

    ProfileCaches(GatewayConfig config, ResponseCache cache) {
        this.config = config;
        this.settings = config.cacheSettings();
        this.cache = cache;
        if (settings.enabled()) {
            cache.limit(settings.maxSize().bytes());
        }
    }

    Optional<ProfileCache> of(ProfileConfig profile, ProviderTarget target) {
        return settings.enabled()
                ? rule(profile.modelName()).map(rule -> of(rule, profile, target))
                : Optional.empty();
    }

    private Optional<CacheRule> rule(String profile) {
        return settings.rules().stream()
                .filter(rule -> rule.modelNames().contains(profile))
                .findFirst();
    }

    private ProfileCache of(CacheRule rule, ProfileConfig profile, ProviderTarget target) {
        // As long as a stream may be silent: who waits for another's call hears nothing either.
        Duration patience = profile.streamTimeout().orElse(config.routerSettings().streamTimeout());
        return new ProfileCache(
                cache,
                settings.keyPrefix(),
                rule,
                described(profile, target),
                new ProfileCache.Limits(rule.ttlSeconds(), settings.maxAnswer().bytes(), patience));
    }

    /** All of a profile that decides what it answers. */
    private static JsonNode described(ProfileConfig profile, ProviderTarget target) {
        ObjectNode all =
                Json.object()
                        .put("name", profile.modelName())
                        .put("provider", profile.provider())
                        .put("model", target.model())
                        .put("base", target.base().toString());
        target.apiVersion().ifPresent(version -> all.put("api_version", version));
        all.set("parameters", target.defaults());
        return all;
    }
}
