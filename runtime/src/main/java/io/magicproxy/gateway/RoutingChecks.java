package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.Problems;
import io.magicproxy.routing.ProfileConfig;
import io.magicproxy.routing.RoutingStrategy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What strategies, weights and tags must get right. */
final class RoutingChecks {
    /** What can be asked for in a header, in a list. */
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_.:/=-]{1,64}");

    private final GatewayConfig config;
    private final Mapping root;
    private final Problems problems;

    RoutingChecks(GatewayConfig config, Mapping root, Problems problems) {
        this.config = config;
        this.root = root;
        this.problems = problems;
    }

    void run() {
        strategies();
        Set<String> weighted = weighted();
        List<ConfigNode> nodes = root.get("model_list").map(CrossChecks::items).orElse(List.of());
        for (int i = 0; i < Math.min(nodes.size(), config.modelList().size()); i++) {
            if (nodes.get(i) instanceof Mapping node) {
                weight(config.modelList().get(i), node, weighted);
                node.get("tags").ifPresent(this::tags);
            }
        }
    }

    private void strategies() {
        Set<String> aliases = config.routerSettings().modelGroupAlias().keySet();
        CrossChecks.entries(root, "routing_strategy")
                .forEach((name, entry) -> {
                    if (!aliases.contains(name)) {
                        problems.unknown(
                                entry.key(),
                                isProfile(name)
                                        ? "is a profile, which has no order; name an alias"
                                        : "no alias in model_group_alias has this name",
                                name,
                                aliases);
                    }
                });
    }

    private boolean isProfile(String name) {
        return config.modelList().stream().anyMatch(p -> p.modelName().equals(name));
    }

    /** The profiles whose weights count. */
    private Set<String> weighted() {
        Set<String> names = new HashSet<>();
        Map<String, RoutingStrategy> strategies = config.routerSettings().routingStrategy();
        config.routerSettings()
                .modelGroupAlias()
                .forEach((alias, chain) -> {
                    if (strategies.get(alias) == RoutingStrategy.WEIGHTED) {
                        names.addAll(chain);
                    }
                });
        return names;
    }

    private void weight(ProfileConfig profile, Mapping node, Set<String> weighted) {
        if (profile.weight().isPresent() && !weighted.contains(profile.modelName())) {
            node.get("weight")
                    .ifPresent(at ->
                            problems.note(
                                    at,
                                    "has no effect: no alias that chains this profile has the strategy `weighted`"));
        }
    }

    private void tags(ConfigNode tags) {
        for (ConfigNode tag : CrossChecks.items(tags)) {
            if (tag instanceof Scalar s
                    && s.unset().isEmpty()
                    && !s.text().isBlank()
                    && !TAG.matcher(s.text()).matches()) {
                problems.error(
                        tag,
                        "may hold up to 64 letters, digits and _ . : / = -: it is asked for in a header");
            }
        }
    }
}
