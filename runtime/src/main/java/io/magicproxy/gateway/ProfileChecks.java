package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Sequence;
import io.magicproxy.config.Problems;
import io.magicproxy.provider.Provider;
import io.magicproxy.provider.Provider.KeyNeed;
import io.magicproxy.routing.ProfileConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What each profile must get right about its provider. */
final class ProfileChecks {
    /** Addresses at which clouds tell a machine its secrets. */
    private static final Set<String> METADATA =
            Set.of("metadata.google.internal", "metadata", "instance-data");

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
    }

    private void profile(ProfileConfig profile, Mapping node) {
        Optional<Provider> provider = catalog.find(profile.provider());
        if (provider.isEmpty()) {
            node.get("provider")
                    .ifPresent(at ->
                            problems.unknown(
                                    at,
                                    "no provider \""
                                            + profile.provider()
                                            + "\"; there are "
                                            + String.join(", ", catalog.ids()),
                                    profile.provider(),
                                    catalog.ids()));
            return;
        }
        Optional<ConfigNode> base =
                node.get("model_params")
                        .filter(Mapping.class::isInstance)
                        .flatMap(p -> ((Mapping) p).get("api_base"));
        if (base.isPresent() && profile.modelParams().apiBase().isPresent()) {
            address(profile, provider.get(), base.get(), profile.modelParams().apiBase().get());
        } else if (provider.get().defaultBase().isEmpty()
                && provider.get().keyNeed() != KeyNeed.NONE) {
            problems.error(
                    node,
                    "needs model_params.api_base: "
                            + profile.provider()
                            + " has no common address");
        }
    }

    private void address(ProfileConfig profile, Provider provider, ConfigNode at, String text) {
        Optional<URI> address = parse(text);
        if (address.isEmpty()) {
            problems.error(
                    at, "must be an http or https address with a host, and without a user name");
            return;
        }
        String host = address.get().getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("169.254.") || host.startsWith("[fe80:") || METADATA.contains(host)) {
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

    static Optional<URI> parse(String text) {
        try {
            URI uri = new URI(text);
            boolean http =
                    "http".equalsIgnoreCase(uri.getScheme())
                            || "https".equalsIgnoreCase(uri.getScheme());
            return http && uri.getHost() != null && uri.getRawUserInfo() == null
                    ? Optional.of(uri)
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
