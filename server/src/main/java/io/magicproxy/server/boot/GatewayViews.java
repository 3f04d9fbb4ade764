package io.magicproxy.server.boot;

import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.RemoteTools;
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

    static void register(GatewayMetrics metrics, RemoteTools remote) {
        metrics.mcpServers(() -> servers(remote));
    }

    private static Map<List<String>, Long> servers(RemoteTools remote) {
        Map<List<String>, Long> states = new HashMap<>();
        remote.serverStatus()
                .forEach(server -> states.put(List.of(server.name(), server.label()), 1L));
        remote.toolServerStatus()
                .ifPresent(server -> states.put(List.of("(tool server)", server.label()), 1L));
        return states;
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
