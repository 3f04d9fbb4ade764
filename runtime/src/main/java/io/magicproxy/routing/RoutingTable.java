package io.magicproxy.routing;

import io.magicproxy.config.DidYouMean;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** All routes by name: the aliases, then the profiles that no alias hides. Immutable. */
public final class RoutingTable {
    private final SequencedMap<String, Route> routes;

    public RoutingTable(Map<String, Route> routes) {
        this.routes = new LinkedHashMap<>(routes);
    }

    public Optional<Route> find(String name) {
        return Optional.ofNullable(routes.get(name));
    }

    /** In the order of the configuration. */
    public Collection<Route> all() {
        return routes.sequencedValues();
    }

    /** {@code ; did you mean "…"?}, or nothing. */
    public String hint(String name) {
        return DidYouMean.hint(name, routes.keySet());
    }
}
