package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.ConfigNode.Sequence;
import io.magicproxy.config.Problems;
import io.magicproxy.provider.Provider;
import io.magicproxy.provider.Provider.KeyNeed;
import io.magicproxy.routing.ProfileConfig;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What each profile must get right about its provider. */
final class ProfileChecks {
    /** Addresses at which clouds tell a machine its secrets. */
    private static final Set<String> METADATA =
            Set.of(
                    "metadata.google.internal",
                    "metadata",
                    "instance-data",
                    "instance-data.ec2.internal",
                    "100.100.100.200",
                    "fd00:ec2:0:0:0:0:0:254");

    private static final Set<String> OF_PROFILE =
            Set.of(
                    "model_name",
                    "provider",
                    "key_pool",
                    "timeout",
                    "stream_timeout",
                    "max_concurrent",
                    "weight",
                    "tags",
                    "model_info");

    private static final Pattern POOL = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final int MAX_PORT = 65_535;

    private final ProviderCatalog catalog;
    private final Problems problems;

    ProfileChecks(ProviderCatalog catalog, Problems problems) {
        this.catalog = catalog;
        this.problems = problems;
    }

    void run(GatewayConfig config, Mapping root) {
        List<ConfigNode> nodes =
                root.get("model_list")
                        .map(n -> n instanceof Sequence s ? s.items() : List.of(n))
                        .orElse(List.of());
        for (int i = 0; i < Math.min(nodes.size(), config.modelList().size()); i++) {
            if (nodes.get(i) instanceof Mapping node) {
                profile(config.modelList().get(i), node);
            }
        }
        root.get("provider_model_lists")
                .filter(Mapping.class::isInstance)
                .map(Mapping.class::cast)
                .ifPresent(this::lists);
    }

    private void lists(Mapping lists) {
        lists.entries()
                .forEach((provider, entry) -> {
                    if (catalog.find(provider).isEmpty()) {
                        problems.unknown(
                                entry.key(),
                                "no provider has this name; there are "
                                        + String.join(", ", catalog.ids()),
                                provider,
                                catalog.ids());
                    }
                });
    }

    private void profile(ProfileConfig profile, Mapping node) {
        node.get("model_params")
                .filter(Mapping.class::isInstance)
                .map(Mapping.class::cast)
                .ifPresent(this::misplaced);
        profile.keyPool()
                .filter(pool -> !POOL.matcher(pool).matches())
                .flatMap(_ -> node.get("key_pool"))
                .ifPresent(at ->
                        problems.error(
                                at, "may hold letters, digits, \"-\" and \"_\": it names a file"));
        Optional<Provider> provider = catalog.find(profile.provider());
        if (provider.isEmpty()) {
            node.get("provider")
                    .ifPresent(at ->
                            problems.unknown(
                                    at,
                                    "no provider "
                                            + at.describe()
                                            + "; there are "
                                            + String.join(", ", catalog.ids()),
                                    profile.provider(),
                                    catalog.ids()));
            return;
        }
        Optional<Mapping> params =
                node.get("model_params").filter(Mapping.class::isInstance).map(Mapping.class::cast);
        params.ifPresent(p -> provider.get().check(p, problems));
        Optional<ConfigNode> base = params.flatMap(p -> p.get("api_base"));
        if (profile.modelParams().apiBase().isPresent()) {
            address(
                    profile,
                    provider.get(),
                    base.orElse(node),
                    profile.modelParams().apiBase().get());
        } else if (provider.get().defaultBase().isEmpty()
                && provider.get().keyNeed() != KeyNeed.NONE
                && base.filter(ProfileChecks::isWrong).isEmpty()) {
            problems.error(
                    node,
                    "needs model_params.api_base: "
                            + profile.provider()
                            + " has no common address");
        }
    }

    /** What would be sent to the provider, and is meant for the gateway. */
    private void misplaced(Mapping params) {
        params.entries()
                .forEach((key, entry) -> {
                    if (isOfProfile(key, entry.value())) {
                        problems.error(
                                entry.key(),
                                "belongs to the profile itself: write it beside model_params, not in it");
                    }
                });
    }

    /** OpenRouter has a parameter that is called {@code provider} too, a mapping. */
    private static boolean isOfProfile(String key, ConfigNode value) {
        return OF_PROFILE.contains(key) && !(key.equals("provider") && value instanceof Mapping);
    }

    /** Whether something stands there that couldn't be read, which has been said. */
    private static boolean isWrong(ConfigNode base) {
        return !(base instanceof Scalar s) || s.unset().isPresent();
    }

    private void address(ProfileConfig profile, Provider provider, ConfigNode at, String text) {
        Optional<URI> address = parse(text);
        if (address.isEmpty()) {
            problems.error(
                    at,
                    "must be an http or https address with a host, without a user name, \"?\" or \"#\"");
            return;
        }
        String host = address.get().getHost().toLowerCase(Locale.ROOT);
        if (isForbidden(host.replaceFirst("\\.$", ""))) {
            problems.error(
                    at, "is a link-local or metadata address, which the gateway never calls");
        }
        boolean ownKey =
                profile.keyPool().isPresent() || profile.modelParams().apiKey().isPresent();
        if (!ownKey && provider.keyNeed() == KeyNeed.REQUIRED && !provider.ownsHost(host)) {
            problems.error(
                    at,
                    "is not "
                            + profile.provider()
                            + "'s own host: name the key_pool or api_key for it, so that no key is sent to the wrong company");
        }
    }

    /** What a name resolves to is checked again at each connection. */
    private static boolean isForbidden(String host) {
        return METADATA.contains(host) || isForbiddenAddress(host.replaceAll("[\\[\\]]", ""));
    }

    /** An address has many spellings, such as 2852039166 for 169.254.169.254. */
    private static boolean isForbiddenAddress(String host) {
        try {
            InetAddress address = InetAddress.ofLiteral(host.replaceFirst("%.*", ""));
            return address.isLinkLocalAddress() || METADATA.contains(address.getHostAddress());
        } catch (IllegalArgumentException _) {
            return false; // a name
        }
    }

    static Optional<URI> parse(String text) {
        try {
            URI uri = new URI(text);
            boolean http =
                    "http".equalsIgnoreCase(uri.getScheme())
                            || "https".equalsIgnoreCase(uri.getScheme());
            boolean plain =
                    uri.getRawUserInfo() == null
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null
                            && uri.getPort() <= MAX_PORT;
            return http && plain && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
