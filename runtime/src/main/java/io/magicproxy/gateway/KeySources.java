package io.magicproxy.gateway;

import io.magicproxy.config.Environment;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.Provider;
import io.magicproxy.routing.KeyEntry;
import io.magicproxy.routing.KeyFile;
import io.magicproxy.routing.ProfileConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a pool's keys come from: its file, then the environment. */
public final class KeySources {
    private static final Map<String, List<String>> MORE_VARIABLES =
            Map.of("google", List.of("GEMINI_API_KEY"), "azure", List.of("AZURE_OPENAI_API_KEY"));

    private final Path folder;
    private final Environment environment;

    public KeySources(Path folder, Environment environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** The name of a pool for the one key that stands in its profile. */
    static String ofProfile(String profile) {
        // With a colon, which no key_pool may have: another pool's keys must not come into this
        // one.
        return "profile:" + profile;
    }

    /** Whether a pool's keys come from its file and the environment. */
    static boolean fromFiles(String pool) {
        return pool.indexOf(':') < 0;
    }

    Path file(String pool) {
        return folder.resolve("keys_pool_" + pool + ".env");
    }

    /** All keys of the pool; a missing file is no problem. */
    public KeyFile read(String pool) {
        Map<ApiKey, KeyEntry> keys = new LinkedHashMap<>();
        KeyFile fromFile = fromFile(pool);
        fromFile.keys().forEach(entry -> keys.put(entry.key(), entry));
        for (String variable : variables(pool)) {
            environment
                    .get(variable)
                    .map(String::strip)
                    .map(ApiKey::new)
                    .ifPresent(key ->
                            keys.putIfAbsent(key, new KeyEntry(key, KeyEntry.Source.ENVIRONMENT)));
        }
        return new KeyFile(List.copyOf(keys.values()), fromFile.problems());
    }

    private KeyFile fromFile(String pool) {
        Path file = file(pool);
        try {
            return KeyFile.parse(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            return new KeyFile(List.of(), List.of());
        } catch (IOException e) {
            return new KeyFile(
                    List.of(),
                    List.of(
                            file
                                    + ": can't be read ("
                                    + e.getClass().getSimpleName()
                                    + "); it must be UTF-8 text that the gateway may read"));
        }
    }

    /** What to do when the pool has no usable key. */
    public String remedy(String pool) {
        return "put a key into " + file(pool) + " or set " + String.join(" or ", variables(pool));
    }

    /** The pools that the configuration's profiles use, each once. */
    public List<String> poolsOf(GatewayConfig config, ProviderCatalog catalog) {
        return config.modelList().stream()
                .flatMap(profile ->
                        poolOf(profile, catalog.find(profile.provider()).orElseThrow()).stream())
                .distinct()
                .toList();
    }

    /** The pool of a profile that has no key of its own; empty if it is called without a key. */
    static Optional<String> poolOf(ProfileConfig profile, Provider provider) {
        if (profile.modelParams().apiKey().isPresent()) {
            return Optional.empty();
        }
        boolean foreign =
                profile.modelParams()
                        .apiBase()
                        .flatMap(ProfileChecks::parse)
                        .filter(base -> !provider.ownsHost(base.getHost()))
                        .isPresent();
        boolean none =
                switch (provider.keyNeed()) {
                    case REQUIRED -> false;
                    case OPTIONAL -> foreign;
                    case NONE -> true;
                };
        return profile.keyPool().or(() -> none ? Optional.empty() : Optional.of(provider.id()));
    }

    private static List<String> variables(String pool) {
        String own = pool.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_API_KEY";
        List<String> more = MORE_VARIABLES.getOrDefault(pool, List.of());
        return more.isEmpty()
                ? List.of(own)
                : Stream.concat(Stream.of(own), more.stream()).toList();
    }
}
