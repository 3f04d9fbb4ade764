package io.magicproxy.server.boot;

import io.magicproxy.config.Environment;
import io.magicproxy.gateway.AgentDefaults;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayConfig;
import io.magicproxy.gateway.GatewayPowers;
import io.magicproxy.gateway.MetricsListener;
import io.magicproxy.gateway.ProviderCatalog;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.gateway.SharedResources;
import io.magicproxy.plugin.Failures;
import io.magicproxy.plugin.LoadReport;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.telemetry.Spans;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Loads every pattern and tool once, behind the same walls, with data that is thrown away. */
record ScriptCheck(
        NodeOptions options,
        Environment environment,
        ProviderCatalog catalog,
        InstantSource clock) {

    /** Tells how many were loaded; a line for each that wasn't. */
    List<String> problems(Consumer<String> told)
            throws IOException, StoreException, StartFailedException {
        Path data = Files.createTempDirectory("magic-proxy-check");
        try (var open = new OpenThings()) {
            return problems(open, data, told);
        } finally {
            delete(data);
        }
    }

    private List<String> problems(OpenThings open, Path data, Consumer<String> told)
            throws IOException, StoreException, StartFailedException {
        DataFolder folder = open.opened(DataFolder.open(data));
        EmbeddedDatabase database = open.opened(EmbeddedDatabase.open(folder));
        Gateway gateway = gateway(open, database);
        GatewayConfig config = gateway.current().config();
        AgentDefaults agents = config.agentSettings();
        GatewayPowers powers =
                open.opened(new GatewayPowers(gateway, data, GatewayPowers.Place.HERE, Set::of));
        var files = new SessionService.Files(options, folder);
        var folders =
                new ScriptFolders.Folders(
                        Optional.of(files.patterns(agents)),
                        Optional.of(files.tools(agents))
                                .filter(_ -> agents.mcpServerUrl().isEmpty()),
                        data);
        ScriptFolders scripts =
                open.opened(
                        new ScriptFolders(
                                config.sandboxSettings(),
                                folders,
                                new ScriptFolders.Surroundings(
                                        powers.powers(),
                                        List.of(),
                                        _ -> {},
                                        new ToolInvoker.Witness(Spans.off(), (_, _, _) -> {})),
                                clock));
        scripts.start();
        PluginRegistry<?> patterns = scripts.patterns();
        PluginRegistry<?> tools = scripts.tools();
        told.accept(loaded("patterns", patterns) + "; " + loaded("tools", tools));
        return Stream.of(patterns, tools)
                .flatMap(registry -> registry.reports().values().stream())
                .flatMap(ScriptCheck::line)
                .toList();
    }

    private Gateway gateway(OpenThings open, EmbeddedDatabase database)
            throws IOException, StartFailedException {
        var shared =
                new SharedResources(
                        open.opened(UpstreamClient.create(UpstreamConfig.defaults())),
                        new EmbeddedSharedState(database, clock),
                        clock,
                        new MetricsListener(open.opened(new GatewayMetrics(clock))));
        var paths = new Gateway.Paths(options.config(), options.folders().keys(), Optional.empty());
        return switch (Gateway.start(paths, environment, catalog, shared)) {
            case Gateway.Outcome.Ready(Gateway ready) -> ready;
            case Gateway.Outcome.Invalid(String file, var problems) ->
                    throw StartFailedException.invalid(file, problems);
        };
    }

    private static String loaded(String kind, PluginRegistry<?> registry) {
        return "%s: %d of %d load"
                .formatted(kind, registry.all().size(), registry.reports().size());
    }

    private static Stream<String> line(LoadReport report) {
        return report.failure().stream()
                .map(failure -> report.file() + " does not load: " + Failures.text(failure));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
