package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Entry;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.ConfigNode.Sequence;
import io.magicproxy.config.Problems;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.ProfileConfig;
import io.magicproxy.store.RedisConfig;
import io.magicproxy.telemetry.TelemetryConfig;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Map<String, ProfileConfig> profiles = new LinkedHashMap<>();

    CrossChecks(GatewayConfig config, Mapping root, Problems problems) {
        this.config = config;
        this.root = root;
        this.problems = problems;
    }

    void run(Optional<String> exposedOn) {
        profileNames();
        aliases();
        fallbacks("context_window_fallbacks");
        fallbacks("content_policy_fallbacks");
        new RoutingChecks(config, root, problems).run();
        new CacheChecks(config, root, problems).run();
        masterKey();
        new VirtualKeyChecks(config.securitySettings(), problems).run(root);
        toolServerKey();
        telemetry();
        exposedOn.ifPresent(this::openDoor);
        folder(at("key_management_settings", "keys_dir"), config.keyManagementSettings().keysDir());
        folder(at("backend_settings", "data_dir"), config.backendSettings().dataDir());
        folder(at("sandbox_settings", "env_dir"), config.sandboxSettings().envDir());
        config.backendSettings().redis().ifPresent(this::redis);
        new NodeChecks(problems)
                .run(config.backendSettings(), root.get("backend_settings").orElse(root));
        new GrantChecks(problems).run(at("sandbox_settings", "grants"));
        new RemoteToolChecks(problems).run(root);
    }

    private void redis(RedisConfig redis) {
        ConfigNode at = at("backend_settings", "redis");
        List<ConfigNode> urls =
                at instanceof Mapping section
                        ? section.get("urls").map(CrossChecks::items).orElse(List.of())
                        : List.of();
        new RedisChecks(problems).run(redis, at, urls);
    }

    private void folder(ConfigNode at, String name) {
        try {
            var _ = Path.of(name);
        } catch (InvalidPathException e) {
            problems.error(at, "can't be a folder's name on this system: " + e.getReason());
        }
    }

    /** A key that is asked for and missing must not leave the doors open. */
    private void masterKey() {
        config.securitySettings()
                .masterKey()
                .filter(key -> key.value().isEmpty())
                .ifPresent(key ->
                        problems.error(
                                at("security_settings", "master_key"),
                                key.variable().map(name -> "set " + name).orElse("write a key")
                                        + ", or remove master_key to serve the loopback without one"));
    }

    private void toolServerKey() {
        config.agentSettings()
                .mcpServerKey()
                .filter(key -> key.value().isEmpty())
                .ifPresent(key ->
                        problems.error(
                                at("agent_settings", "mcp_server_key"),
                                key.variable().map(name -> "set " + name).orElse("write a key")
                                        + ", or remove mcp_server_key"));
    }

    private void telemetry() {
        TelemetryConfig telemetry = config.telemetrySettings();
        telemetry
                .otlpEndpoint()
                .filter(address -> !isHttp(address))
                .ifPresent(_ ->
                        problems.error(
                                at("telemetry_settings", "otlp_endpoint"),
                                "must be an http or https address without a user name, such as"
                                        + " http://127.0.0.1:4318; secrets go into headers"));
        telemetry
                .sampling()
                .filter(part -> part.compareTo(BigDecimal.ONE) > 0)
                .ifPresent(_ ->
                        problems.error(at("telemetry_settings", "sampling"), "must be at most 1"));
    }

    private static boolean isHttp(String address) {
        try {
            URI uri = new URI(address);
            return ("http".equalsIgnoreCase(uri.getScheme())
                            || "https".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Neither a start nor a reload lets everybody in. */
    private void openDoor(String address) {
        SecurityConfig security = config.securitySettings();
        if (security.masterKey().isEmpty() && !security.allowUnauthenticated()) {
            problems.error(
                    at("security_settings", "allow_unauthenticated"),
                    "there is no master_key, and others reach the gateway at "
                            + address
                            + "; set one, or allow_unauthenticated: true if strangers are kept away, or"
                            + " listen on the loopback only (--host 127.0.0.1)");
        }
    }

    private void profileNames() {
        for (int i = 0; i < config.modelList().size(); i++) {
            ProfileConfig profile = config.modelList().get(i);
            ConfigNode name = at("model_list", i, "model_name");
            if (!profile.modelName().isEmpty()
                    && profiles.putIfAbsent(profile.modelName(), profile) != null) {
                problems.error(
                        name,
                        name.describe()
                                + " names two profiles; rename one, or chain them under an alias");
            }
        }
    }

    private void aliases() {
        entries("model_group_alias").forEach((alias, entry) -> alias(alias, entry.value()));
    }

    private void alias(String alias, ConfigNode chain) {
        if (items(chain).isEmpty()) {
            problems.error(chain, "the alias needs at least one profile");
        }
        Set<ModelInfo.Mode> modes = new TreeSet<>();
        for (ConfigNode item : items(chain)) {
            existing(item);
            profile(item).ifPresent(p -> modes.add(p.modelInfo().mode()));
        }
        if (modes.size() > 1) {
            problems.error(
                    chain, "mixes chat and embedding models; give each kind an alias of its own");
        }
        boolean hides =
                profiles.containsKey(alias)
                        && items(chain).stream()
                                .flatMap(item -> profile(item).stream())
                                .noneMatch(p -> p.modelName().equals(alias));
        if (hides) {
            problems.note(chain, "hides the profile of the same name");
        }
    }

    private void fallbacks(String section) {
        Set<String> names = new TreeSet<>(profiles.keySet());
        names.addAll(config.routerSettings().modelGroupAlias().keySet());
        entries(section)
                .forEach((name, entry) -> {
                    if (!names.contains(name)) {
                        problems.unknown(
                                entry.key(), "no alias or profile has this name", name, names);
                    }
                    items(entry.value()).forEach(this::existing);
                });
    }

    private Optional<ProfileConfig> profile(ConfigNode item) {
        return item instanceof Scalar s
                ? Optional.ofNullable(profiles.get(s.text()))
                : Optional.empty();
    }

    /** That a name which could be read is a profile's. */
    private void existing(ConfigNode item) {
        if (item instanceof Scalar s
                && !s.isNull()
                && !s.text().isBlank()
                && profile(item).isEmpty()) {
            String message = "no profile " + s.shown() + " in model_list";
            if (config.routerSettings().modelGroupAlias().containsKey(s.text())) {
                problems.error(item, message + "; it is an alias, and only profiles are chained");
            } else {
                problems.unknown(item, message, s.text(), profiles.keySet());
            }
        }
    }

    private Map<String, Entry> entries(String key) {
        return entries(root, key);
    }

    /** What is written in a mapping of {@code router_settings}. */
    static Map<String, Entry> entries(Mapping root, String key) {
        Map<String, Entry> found = new LinkedHashMap<>();
        List<ConfigNode> parts =
                root.get("router_settings")
                        .filter(Mapping.class::isInstance)
                        .map(Mapping.class::cast)
                        .flatMap(section -> section.get(key))
                        .map(node -> node instanceof Sequence s ? s.items() : List.of(node))
                        .orElse(List.of());
        for (ConfigNode part : parts) {
            if (part instanceof Mapping mapping) {
                found.putAll(mapping.entries());
            }
        }
        return found;
    }

    static List<ConfigNode> items(ConfigNode chain) {
        return chain instanceof Sequence sequence
                ? sequence.items()
                : chain.isNull() ? List.of() : List.of(chain);
    }

    private ConfigNode at(String section, String field) {
        ConfigNode node = root.get(section).orElse(root);
        return node instanceof Mapping mapping ? mapping.get(field).orElse(node) : node;
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
