package io.magicproxy.gateway;

import io.magicproxy.cache.CacheRule;
import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.config.Problems;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.ProfileConfig;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the rules of {@code cache_settings} must get right. */
final class CacheChecks {
    /** What a request may hold by OpenAI's word; others have fields of their own. */
    private static final Set<String> FIELDS =
            Set.of(
                    "messages",
                    "input",
                    "temperature",
                    "top_p",
                    "top_k",
                    "min_p",
                    "max_tokens",
                    "max_completion_tokens",
                    "stop",
                    "seed",
                    "presence_penalty",
                    "frequency_penalty",
                    "logit_bias",
                    "logprobs",
                    "top_logprobs",
                    "reasoning_effort",
                    "verbosity",
                    "modalities",
                    "audio",
                    "prediction",
                    "parallel_tool_calls",
                    "safety_settings",
                    "service_tier",
                    "stream_options",
                    "user",
                    "metadata",
                    "store",
                    "dimensions",
                    "encoding_format",
                    "tools",
                    "tool_choice",
                    "response_format",
                    "n",
                    "model");

    private final GatewayConfig config;
    private final Mapping root;
    private final Problems problems;
    private final Map<String, ProfileConfig> profiles = new LinkedHashMap<>();
    private final Set<String> ruled = new HashSet<>();

    CacheChecks(GatewayConfig config, Mapping root, Problems problems) {
        this.config = config;
        this.root = root;
        this.problems = problems;
        config.modelList().forEach(p -> profiles.putIfAbsent(p.modelName(), p));
    }

    void run() {
        root.get("cache_settings")
                .filter(Mapping.class::isInstance)
                .map(Mapping.class::cast)
                .ifPresent(this::rules);
    }

    private void rules(Mapping section) {
        List<CacheRule> rules = config.cacheSettings().rules();
        List<ConfigNode> nodes = section.get("rules").map(CrossChecks::items).orElse(List.of());
        for (int i = 0; i < Math.min(rules.size(), nodes.size()); i++) {
            if (nodes.get(i) instanceof Mapping node) {
                rule(rules.get(i), node);
            }
        }
        if (config.cacheSettings().enabled() && nodes.isEmpty()) {
            problems.note(section, "has no rules, so that nothing is remembered");
        }
    }

    private void rule(CacheRule rule, Mapping node) {
        List<ConfigNode> names = node.get("model_names").map(CrossChecks::items).orElse(List.of());
        if (names.isEmpty()) {
            problems.error(node, "needs \"model_names\": the profiles that the rule holds for");
        }
        names.forEach(this::profile);
        Optional<ConfigNode> fields = node.get("include_in_key");
        if (fields.isPresent() && !rule.includeInKey().isEmpty()) {
            CrossChecks.items(fields.get()).forEach(this::field);
            question(rule, fields.get());
        }
    }

    private void profile(ConfigNode item) {
        if (!(item instanceof Scalar s) || s.isNull() || s.text().isBlank()) {
            return;
        }
        if (!profiles.containsKey(s.text())) {
            String message = "no profile " + s.shown() + " in model_list";
            if (config.routerSettings().modelGroupAlias().containsKey(s.text())) {
                problems.error(item, message + "; it is an alias, and a rule names profiles");
            } else {
                problems.unknown(item, message, s.text(), profiles.keySet());
            }
        } else if (!ruled.add(s.text())) {
            problems.error(item, "an earlier rule names this profile already; remove one");
        }
    }

    /** What is misspelt would silently not count. */
    private void field(ConfigNode item) {
        if (item instanceof Scalar s && !FIELDS.contains(s.text())) {
            String hint = DidYouMean.hint(s.text(), FIELDS);
            if (!hint.isEmpty()) {
                problems.note(item, "is no field that OpenAI knows" + hint);
            }
        }
    }

    private void question(CacheRule rule, ConfigNode at) {
        rule.modelNames().stream()
                .filter(profiles::containsKey)
                .map(profiles::get)
                .map(p -> p.modelInfo().mode() == ModelInfo.Mode.CHAT ? "messages" : "input")
                .filter(field -> !rule.includeInKey().contains(field))
                .distinct()
                .forEach(field ->
                        problems.error(
                                at,
                                "must name \""
                                        + field
                                        + "\": without it, every question has the first one's answer"));
    }
}
