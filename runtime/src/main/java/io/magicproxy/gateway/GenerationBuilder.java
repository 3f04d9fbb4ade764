package io.magicproxy.gateway;

import io.magicproxy.chat.RequestScanner;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.Environment;
import io.magicproxy.config.SecretRef;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.Provider;
import io.magicproxy.provider.Provider.KeyNeed;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.routing.Breaker;
import io.magicproxy.routing.ChainOrder;
import io.magicproxy.routing.Failover;
import io.magicproxy.routing.KeyEntry;
import io.magicproxy.routing.KeyFile;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.routing.KeyPoolSettings;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.Pause;
import io.magicproxy.routing.PriceTable;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.ProfileConfig;
import io.magicproxy.routing.Route;
import io.magicproxy.routing.RouterConfig;
import io.magicproxy.routing.RoutingStrategy;
import io.magicproxy.routing.RoutingTable;
import io.magicproxy.routing.Traits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Makes a running generation of a configuration that has passed all checks. */
final class GenerationBuilder {
    private final GatewayConfig config;
    private final ProviderCatalog catalog;
    private final SharedResources shared;
    private final KeySources sources;
    private final KeyPoolSettings poolSettings;
    private final ProfileCaches caches;
    private final Map<String, KeyPool> pools = new LinkedHashMap<>();

    GenerationBuilder(
            GatewayConfig config,
            ProviderCatalog catalog,
            SharedResources shared,
            Path keysDir,
            Environment environment) {
        this.config = config;
        this.catalog = catalog;
        this.shared = shared;
        this.sources = new KeySources(keysDir, environment);
        this.caches = new ProfileCaches(config, shared.cache());
        this.poolSettings = KeyPoolSettings.of(config.keyManagementSettings());
    }

    GatewayGeneration build(String version, List<ConfigProblem> notes) {
        Map<String, Profile> profiles = new LinkedHashMap<>();
        config.modelList().forEach(p -> profiles.put(p.modelName(), profile(p)));
        shared.keepOnly(profiles.values());
        RouterConfig router = config.routerSettings();
        Failover failover =
                new Failover(
                        new Failover.Settings(router.numRetries(), router.retryAfter()),
                        shared.clock(),
                        Pause.real(),
                        shared.listener());
        return new GatewayGeneration(
                version,
                config,
                routes(profiles),
                failover,
                new RequestScanner(config.securitySettings().maxJsonDepth()),
                List.copyOf(profiles.values()),
                List.copyOf(pools.values()),
                notes);
    }

    private RoutingTable routes(Map<String, Profile> profiles) {
        Map<String, Route> routes = new LinkedHashMap<>();
        config.routerSettings()
                .modelGroupAlias()
                .forEach((alias, chain) -> routes.put(alias, route(alias, chain, profiles)));
        profiles.keySet()
                .forEach(name -> routes.computeIfAbsent(name, n -> route(n, List.of(n), profiles)));
        return new RoutingTable(routes);
    }

    private Route route(String name, List<String> chain, Map<String, Profile> profiles) {
        RouterConfig router = config.routerSettings();
        return new Route(
                name,
                pick(chain, profiles),
                pick(fallbacks(router.contextWindowFallbacks(), name, chain), profiles),
                pick(fallbacks(router.contentPolicyFallbacks(), name, chain), profiles),
                order(router.routingStrategy().getOrDefault(name, RoutingStrategy.ORDERED)));
    }

    private static ChainOrder order(RoutingStrategy strategy) {
        return switch (strategy) {
            case ORDERED -> ChainOrder.written();
            case WEIGHTED -> ChainOrder.weighted(ThreadLocalRandom::current);
            case LEAST_BUSY -> ChainOrder.leastBusy();
            case LATENCY -> ChainOrder.latency(System::nanoTime);
            case COST -> ChainOrder.cost();
        };
    }

    /** The alias's own, else its first profile's. */
    private static List<String> fallbacks(
            Map<String, List<String>> all, String name, List<String> chain) {
        return all.getOrDefault(name, all.getOrDefault(chain.getFirst(), List.of()));
    }

    private static List<Profile> pick(List<String> names, Map<String, Profile> profiles) {
        return names.stream().map(profiles::get).map(Objects::requireNonNull).toList();
    }

    private Profile profile(ProfileConfig profile) {
        Provider provider = catalog.find(profile.provider()).orElseThrow();
        RouterConfig router = config.routerSettings();
        Duration total = profile.timeout().orElse(router.timeout());
        ProviderTarget target = target(profile, provider);
        return new Profile(
                profile.modelName(),
                provider.id(),
                profile.modelParams().model(),
                provider.adapter(target, shared.client()),
                pool(profile, provider),
                provider.keyNeed() == KeyNeed.REQUIRED,
                shared.breaker(
                        profile.modelName(),
                        new Breaker.Settings(router.allowedFails(), router.cooldownTime())),
                new Profile.Limits(
                        router.connectTimeout(),
                        profile.streamTimeout().orElse(router.streamTimeout()),
                        total),
                shared.slots(profile.modelName(), profile.maxConcurrent()),
                info(profile, provider),
                new Traits(
                        profile.weight().orElse(Traits.USUAL_WEIGHT),
                        profile.tags(),
                        shared.load(profile.modelName()),
                        caches.of(profile, target)));
    }

    /** At another address than the vendor's own, its list prices say nothing. */
    private static ModelInfo info(ProfileConfig profile, Provider provider) {
        return profile.modelParams().apiBase().isPresent()
                ? profile.modelInfo()
                : PriceTable.bundled()
                        .complete(
                                profile.modelInfo(), provider.id(), profile.modelParams().model());
    }

    private static ProviderTarget target(ProfileConfig profile, Provider provider) {
        String base =
                profile.modelParams()
                        .apiBase()
                        .or(() -> provider.defaultBase().map(URI::toString))
                        .orElseThrow();
        return new ProviderTarget(
                profile.modelName(),
                profile.modelParams().model(),
                URI.create(base.replaceFirst("/+$", "")),
                profile.modelParams().apiVersion(),
                profile.modelParams().defaults());
    }

    private Optional<KeyPool> pool(ProfileConfig profile, Provider provider) {
        if (profile.modelParams().apiKey().isPresent()) {
            return Optional.of(ownKey(profile, profile.modelParams().apiKey().get()));
        }
        return KeySources.poolOf(profile, provider).map(this::sharedPool);
    }

    private KeyPool sharedPool(String id) {
        return pools.computeIfAbsent(
                id,
                name -> {
                    KeyFile file = sources.read(name);
                    KeyPool pool = shared.pool(name, poolSettings);
                    pool.update(file.keys(), poolSettings, sources.remedy(name));
                    return pool;
                });
    }

    private KeyPool ownKey(ProfileConfig profile, SecretRef secret) {
        String id = KeySources.ofProfile(profile.modelName());
        KeyPool pool = shared.pool(id, poolSettings);
        List<KeyEntry> keys =
                secret.value()
                        .map(v -> new KeyEntry(new ApiKey(v), KeyEntry.Source.CONFIGURATION))
                        .map(List::of)
                        .orElse(List.of());
        String remedy =
                secret.variable()
                        .map(v -> "set " + v)
                        .orElse("set model_params.api_key of " + profile.modelName());
        pool.update(keys, poolSettings, remedy);
        pools.put(id, pool);
        return pool;
    }
}
