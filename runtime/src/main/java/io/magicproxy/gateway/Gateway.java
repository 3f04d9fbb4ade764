package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.config.Environment;
import io.magicproxy.config.Place;
import io.magicproxy.config.Problems;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.plugin.WholeFile;
import io.magicproxy.provider.Provider;
import io.magicproxy.routing.KeyPoolSettings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The running gateway: holds the generation that serves, and takes another in its place when a new
 * configuration has passed every check. A bad one changes nothing.
 */
public final class Gateway {
    private static final Logger LOG = System.getLogger(Gateway.class.getName());

    private final Paths paths;
    private final Environment environment;
    private final ProviderCatalog catalog;
    private final SharedResources shared;
    private final AtomicReference<GatewayGeneration> current;
    private final AtomicReference<Status> status;
    private final List<Consumer<Status>> listeners = new CopyOnWriteArrayList<>();

    /**
     * Where things are.
     *
     * @param keysDir in place of the configuration's, if given
     * @param exposedOn the address it listens on, if others than this machine reach it there
     */
    public record Paths(Path config, Optional<Path> keysDir, Optional<String> exposedOn) {}

    /**
     * How the file fared when it was last read.
     *
     * @param applied whether it serves; if not, an earlier one does
     * @param problems of the file as it is now
     */
    public record Status(
            String file,
            boolean applied,
            Instant readAt,
            String servingVersion,
            List<ConfigProblem> problems) {}

    /** What came of reading a configuration. */
    public sealed interface Outcome {
        record Ready(Gateway gateway) implements Outcome {}

        record Invalid(String file, List<ConfigProblem> problems) implements Outcome {}
    }

    private Gateway(
            Paths paths,
            Environment environment,
            ProviderCatalog catalog,
            SharedResources shared,
            GatewayGeneration first) {
        this.paths = paths;
        this.environment = environment;
        this.catalog = catalog;
        this.shared = shared;
        this.current = new AtomicReference<>(first);
        this.status = new AtomicReference<>(status(true, first.version(), first.notes()));
    }

    public static Outcome start(
            Paths paths, Environment environment, ProviderCatalog catalog, SharedResources shared)
            throws IOException {
        byte[] text = Files.readAllBytes(paths.config());
        return switch (check(text, environment, catalog, paths.exposedOn())) {
            case ConfigReader.Result.Invalid<GatewayConfig> invalid ->
                    new Outcome.Invalid(paths.config().toString(), invalid.problems());
            case ConfigReader.Result.Loaded<GatewayConfig> loaded ->
                    new Outcome.Ready(
                            new Gateway(
                                    paths,
                                    environment,
                                    catalog,
                                    shared,
                                    build(paths, environment, catalog, shared, text, loaded)));
        };
    }

    /** All checks of a configuration's text; nothing is started. */
    public static ConfigReader.Result<GatewayConfig> check(
            byte[] text, Environment environment, ProviderCatalog catalog) {
        return check(text, environment, catalog, Optional.empty());
    }

    /** All checks of a text that might be this gateway's configuration. */
    public ConfigReader.Result<GatewayConfig> check(byte[] text) {
        return check(text, environment, catalog, paths.exposedOn());
    }

    /** Reads and changes the file. */
    public ConfigEditor editor() {
        return editor(Sharing.none());
    }

    /**
     * Reads and changes the file.
     *
     * @param sharing tells other gateways what is changed
     */
    public ConfigEditor editor(Sharing sharing) {
        return new ConfigEditor(this, sharing);
    }

    /** Adds keys, and removes them. */
    public KeyEditor keyEditor() {
        return new KeyEditor(this);
    }

    private static ConfigReader.Result<GatewayConfig> check(
            byte[] text,
            Environment environment,
            ProviderCatalog catalog,
            Optional<String> exposedOn) {
        return new ConfigReader(environment)
                .read(
                        text,
                        GatewayConfig.class,
                        (GatewayConfig config, ConfigNode.Mapping root, Problems problems) -> {
                            new CrossChecks(config, root, problems).run(exposedOn);
                            new ProfileChecks(catalog, problems).run(config, root);
                        });
    }

    public GatewayGeneration current() {
        return current.get();
    }

    public Status status() {
        return status.get();
    }

    /** The faults of the simulator, to be switched while it runs. */
    public SimulatorSwitches simulator() {
        return new SimulatorSwitches(this, catalog.simulatorFaults());
    }

    /** All providers that a profile may name. */
    public List<Provider> providers() {
        return catalog.ids().stream().flatMap(id -> catalog.find(id).stream()).toList();
    }

    public Paths paths() {
        return paths;
    }

    /** Is told of each reading of the file. */
    public void onRead(Consumer<Status> listener) {
        listeners.add(listener);
    }

    /** Reads the file and the keys again; takes them if all is well. */
    public synchronized Status reload() {
        Status now = reread();
        status.set(now);
        listeners.forEach(listener -> listener.accept(now));
        if (now.applied()) {
            LOG.log(Level.INFO, "configuration {0} serves", now.servingVersion());
        } else {
            LOG.log(
                    Level.WARNING,
                    "the configuration was not taken, the earlier one serves on:\n{0}",
                    lines(now));
        }
        return now;
    }

    private Status reread() {
        byte[] text;
        try {
            text = Files.readAllBytes(paths.config());
        } catch (IOException e) {
            Problems problems = new Problems();
            problems.error(
                    new ConfigNode.Mapping("", new Place(1, 1, 1), Map.of()),
                    "the file can't be read (" + e.getClass().getSimpleName() + "); put it back");
            return status(false, current.get().version(), problems.all());
        }
        return switch (check(text, environment, catalog, paths.exposedOn())) {
            case ConfigReader.Result.Invalid<GatewayConfig> invalid -> {
                rereadKeys();
                yield status(false, current.get().version(), invalid.problems());
            }
            case ConfigReader.Result.Loaded<GatewayConfig> loaded -> {
                GatewayGeneration next = build(paths, environment, catalog, shared, text, loaded);
                current.set(next);
                yield status(true, next.version(), next.notes());
            }
        };
    }

    /** New keys don't wait until somebody has mended the configuration. */
    private void rereadKeys() {
        GatewayGeneration serving = current.get();
        KeyPoolSettings settings = KeyPoolSettings.of(serving.config().keyManagementSettings());
        KeySources sources = keySources();
        serving.pools().stream()
                .filter(pool -> KeySources.fromFiles(pool.id()))
                .forEach(pool ->
                        pool.update(
                                sources.read(pool.id()).keys(),
                                settings,
                                sources.remedy(pool.id())));
    }

    KeySources keySources() {
        return new KeySources(keysDir(paths, current.get().config()), environment);
    }

    private static GatewayGeneration build(
            Paths paths,
            Environment environment,
            ProviderCatalog catalog,
            SharedResources shared,
            byte[] text,
            ConfigReader.Result.Loaded<GatewayConfig> loaded) {
        return new GenerationBuilder(
                        loaded.config(),
                        catalog,
                        shared,
                        keysDir(paths, loaded.config()),
                        environment)
                .build(version(text), loaded.problems());
    }

    /** The folder of the keys: relative to the configuration file. */
    public static Path keysDir(Paths paths, GatewayConfig config) {
        Path folder = paths.config().toAbsolutePath().getParent();
        String named = config.keyManagementSettings().keysDir();
        return paths.keysDir()
                .orElseGet(() -> folder == null ? Path.of(named) : folder.resolve(named));
    }

    private Status status(boolean applied, String version, List<ConfigProblem> problems) {
        return new Status(
                String.valueOf(paths.config().getFileName()),
                applied,
                shared.clock().instant(),
                version,
                problems);
    }

    private static String lines(Status status) {
        return String.join(
                "\n", status.problems().stream().map(p -> "  " + p.format(status.file())).toList());
    }

    static String version(byte[] text) {
        return WholeFile.version(text);
    }
}
