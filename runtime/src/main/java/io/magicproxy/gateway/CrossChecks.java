package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.ConfigNode.Sequence;
import io.magicproxy.config.Problems;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.ProfileConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What must fit between the sections of the file. Names of providers are checked where providers
 * are known.
 */
final class CrossChecks {
    private final GatewayConfig config;
    private final Mapping root;
    private final Problems problems;
    private final Map<String, ProfileConfig> profiles = new HashMap<>();

    CrossChecks(GatewayConfig config, Mapping root, Problems problems) {
        this.config = config;
        this.root = root;
        this.problems = problems;
    }

    void run() {
        profileNames();
        aliases();
        fallbacks("context_window_fallbacks");
        fallbacks("content_policy_fallbacks");
    }

    private void profileNames() {
        for (int i = 0; i < config.modelList().size(); i++) {
            ProfileConfig profile = config.modelList().get(i);
            if (profiles.putIfAbsent(profile.modelName(), profile) != null) {
                problems.error(
                        at("model_list", i, "model_name"),
                        "\""
                                + profile.modelName()
                                + "\" names two profiles; rename one, or chain them under an alias");
            }
        }
    }

    private void aliases() {
        entries("model_group_alias")
                .forEach((alias, chain) -> {
                    if (items(chain).isEmpty()) {
                        problems.error(chain, "the alias needs at least one profile");
                    }
                    Set<ModelInfo.Mode> modes = new TreeSet<>();
                    for (ConfigNode item : items(chain)) {
                        existing(item, profiles.keySet());
                        if (item instanceof Scalar s && profiles.containsKey(s.text())) {
                            modes.add(profiles.get(s.text()).modelInfo().mode());
                        }
                    }
                    if (modes.size() > 1) {
                        problems.error(
                                chain,
                                "mixes chat and embedding models; give each kind an alias of its own");
                    }
                    if (profiles.containsKey(alias)
                            && !config.routerSettings()
                                    .modelGroupAlias()
                                    .getOrDefault(alias, List.of())
                                    .contains(alias)) {
                        problems.note(chain, "hides the profile of the same name");
                    }
                });
    }

    private void fallbacks(String section) {
        Set<String> names = new TreeSet<>(profiles.keySet());
        names.addAll(config.routerSettings().modelGroupAlias().keySet());
        entries(section)
                .forEach((name, chain) -> {
                    if (!names.contains(name)) {
                        problems.unknown(
                                chain, "no alias or profile \"" + name + "\"", name, names);
                    }
                    items(chain).forEach(item -> existing(item, profiles.keySet()));
                });
    }

    private void existing(ConfigNode item, Set<String> known) {
        if (item instanceof Scalar s && !known.contains(s.text())) {
            problems.unknown(
                    item, "no profile \"" + s.text() + "\" in model_list", s.text(), known);
        }
    }

    private Map<String, ConfigNode> entries(String key) {
        Map<String, ConfigNode> found = new HashMap<>();
        List<ConfigNode> parts =
                root.get("router_settings")
                        .filter(Mapping.class::isInstance)
                        .map(Mapping.class::cast)
                        .flatMap(section -> section.get(key))
                        .map(node -> node instanceof Sequence s ? s.items() : List.of(node))
                        .orElse(List.of());
        for (ConfigNode part : parts) {
            if (part instanceof Mapping mapping) {
                mapping.entries().forEach((name, entry) -> found.put(name, entry.value()));
            }
        }
        return found;
    }

    private static List<ConfigNode> items(ConfigNode chain) {
        return chain instanceof Sequence sequence
                ? sequence.items()
                : chain.isNull() ? List.of() : List.of(chain);
    }

    /** Where a profile's field is written, or the nearest place above it. */
    private ConfigNode at(String list, int index, String field) {
        ConfigNode node = root.get(list).orElse(root);
        if (node instanceof Sequence sequence && index < sequence.items().size()) {
            ConfigNode item = sequence.items().get(index);
            return item instanceof Mapping mapping ? mapping.get(field).orElse(item) : item;
        }
        return node;
    }
}
