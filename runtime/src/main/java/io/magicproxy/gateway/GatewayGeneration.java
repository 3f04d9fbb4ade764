package io.magicproxy.gateway;

import io.magicproxy.chat.RequestScanner;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.routing.Failover;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.RoutingTable;
import java.util.List;

/**
 * One configuration, running. Immutable; a request keeps the generation that it began with.
 *
 * @param version a hash of the file's text
 * @param scanner with this configuration's limits
 * @param notes what is worth knowing of the file
 */
public record GatewayGeneration(
        String version,
        GatewayConfig config,
        RoutingTable routes,
        Failover failover,
        RequestScanner scanner,
        List<Profile> profiles,
        List<KeyPool> pools,
        List<ConfigProblem> notes) {}
