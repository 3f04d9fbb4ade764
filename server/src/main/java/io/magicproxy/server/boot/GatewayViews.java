package io.magicproxy.server.boot;

import io.magicproxy.gateway.Gateway;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.routing.Profile;
import io.magicproxy.telemetry.GatewayMetrics;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What metrics ask of the running gateway. */
final class GatewayViews {
    private GatewayViews() {}

    static void register(GatewayMetrics metrics, Gateway gateway) {
        metrics.keyStates(() -> keys(gateway));
        metrics.breakerStates(() -> breakers(gateway));
    }

    private static Map<List<String>, Long> keys(Gateway gateway) {
        Map<List<String>, Long> counts = new HashMap<>();
        for (KeyPool pool : gateway.current().pools()) {
            for (String state : List.of("active", "quarantined", "retired")) {
                counts.put(List.of(pool.id(), state), 0L);
            }
            pool.snapshot()
                    .forEach(key ->
                            counts.merge(List.of(pool.id(), key.state().label()), 1L, Long::sum));
        }
        return counts;
    }

    private static Map<List<String>, Long> breakers(Gateway gateway) {
        Map<List<String>, Long> states = new HashMap<>();
        for (Profile profile : gateway.current().profiles()) {
            states.put(
                    List.of(
                            profile.name(),
                            profile.breaker().state().name().toLowerCase(Locale.ROOT)),
                    1L);
        }
        return states;
    }
}
