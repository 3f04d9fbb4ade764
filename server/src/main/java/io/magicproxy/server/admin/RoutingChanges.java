package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.cache.CacheUse;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.routing.Attempt;
import io.magicproxy.routing.Breaker;
import io.magicproxy.routing.CallWatch;
import io.magicproxy.routing.KeyState;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.RoutingListener;
import java.util.Locale;
import java.util.Optional;

/** Tells the feed of keys and breakers that change; hears the rest for somebody else. */
public record RoutingChanges(ChangeFeed feed, LastFailures failures, RoutingListener next)
        implements RoutingListener {
    /** Between a key's fingerprint and its last four characters. */
    private static final String DOTS = "…";

    @Override
    public CallWatch calling(String route, Profile profile, Optional<ApiKey> key, int number) {
        return next.calling(route, profile, key, number);
    }

    @Override
    public void passedOver(String profile) {
        next.passedOver(profile);
    }

    @Override
    public void attemptFinished(Attempt attempt) {
        next.attemptFinished(attempt);
        failures.finished(attempt);
    }

    @Override
    public void keyChanged(String pool, String key, KeyState state) {
        next.keyChanged(pool, key, state);
        int end = key.indexOf(DOTS);
        ObjectNode more = Json.object();
        more.set(
                "key",
                KeyJson.state(
                        KeyJson.name(key.substring(0, end), key.substring(end + DOTS.length())),
                        state));
        feed.tell("key.changed", pool, Optional.empty(), more);
    }

    @Override
    public void keyProbed(String pool, String key, Optional<ProviderFailure> failure) {
        next.keyProbed(pool, key, failure);
    }

    @Override
    public void cacheUsed(String profile, CacheUse use) {
        next.cacheUsed(profile, use);
    }

    @Override
    public void breakerChanged(String profile, Breaker.State state) {
        next.breakerChanged(profile, state);
        feed.tell(
                "breaker.changed",
                profile,
                Optional.empty(),
                Json.object().put("state", state.name().toLowerCase(Locale.ROOT)));
    }
}
