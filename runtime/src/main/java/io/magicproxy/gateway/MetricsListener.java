package io.magicproxy.gateway;

import io.magicproxy.cache.CacheUse;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.routing.Attempt;
import io.magicproxy.routing.Breaker;
import io.magicproxy.routing.CallWatch;
import io.magicproxy.routing.KeyState;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.RoutingListener;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.telemetry.ModelCall;
import io.magicproxy.telemetry.Spans;
import io.magicproxy.telemetry.Trace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** Counts what happens while requests are routed, and logs what an operator should know. */
public record MetricsListener(GatewayMetrics metrics, Spans spans) implements RoutingListener {
    private static final Logger LOG = System.getLogger(MetricsListener.class.getName());

    /** Without spans. */
    public MetricsListener(GatewayMetrics metrics) {
        this(metrics, Spans.off());
    }

    @Override
    public CallWatch calling(String route, Profile profile, Optional<ApiKey> key, int number) {
        return spans.on() || metrics.countsModelCalls()
                ? new WatchedCall(modelCall(route, profile, key, number), metrics, spans)
                : CallWatch.NONE;
    }

    private static ModelCall modelCall(
            String route, Profile profile, Optional<ApiKey> key, int number) {
        return new ModelCall(
                profile.info().mode() == ModelInfo.Mode.CHAT ? "chat" : "embeddings",
                profile.provider(),
                profile.model(),
                profile.name(),
                route,
                number,
                key.map(ApiKey::fingerprint));
    }

    @Override
    public void passedOver(String profile) {
        if (spans.on()) {
            Trace.here().event(Trace.Event.PASSED_OVER, "profile", profile);
        }
    }

    @Override
    public void attemptFinished(Attempt attempt) {
        metrics.attemptDone(
                attempt.profile(), attempt.provider(), attempt.outcome(), attempt.took());
    }

    @Override
    public void keyChanged(String pool, String key, KeyState state) {
        switch (state) {
            case KeyState.Active _ ->
                    LOG.log(Level.INFO, "key {0} of pool {1} is active again", key, pool);
            case KeyState.Quarantined q ->
                    LOG.log(
                            Level.WARNING,
                            "key {0} of pool {1} rests until {2}: {3}",
                            key,
                            pool,
                            q.until(),
                            q.reason());
            case KeyState.Retired r ->
                    LOG.log(
                            Level.WARNING,
                            "key {0} of pool {1} is retired: {2}",
                            key,
                            pool,
                            r.reason());
        }
    }

    @Override
    public void keyProbed(String pool, String key, Optional<ProviderFailure> failure) {
        metrics.keyProbed(pool, failure.map(f -> f.failureClass().wire()).orElse("ok"));
        failure.ifPresent(f ->
                LOG.log(
                        Level.INFO,
                        "key {0} of pool {1} was tried and stays out of work: {2}",
                        key,
                        pool,
                        f.message()));
    }

    @Override
    public void cacheUsed(String profile, CacheUse use) {
        metrics.cacheUsed(profile, use.wire());
        if (use == CacheUse.HIT && spans.on()) {
            Trace.here().event(Trace.Event.CACHE_HIT, "profile", profile);
        }
    }

    @Override
    public void breakerChanged(String profile, Breaker.State state) {
        switch (state) {
            case OPEN -> LOG.log(Level.WARNING, "profile {0} fails and rests", profile);
            case CLOSED, HALF_OPEN -> LOG.log(Level.INFO, "profile {0} serves again", profile);
        }
    }
}
