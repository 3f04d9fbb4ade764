package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpService;
import io.magicproxy.config.Environment;
import io.magicproxy.config.SecretRef;
import io.magicproxy.gateway.Additions;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayReloader;
import io.magicproxy.gateway.KeyProber;
import io.magicproxy.gateway.MetricsListener;
import io.magicproxy.gateway.ProviderCatalog;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.gateway.SharedResources;
import io.magicproxy.gateway.StreamingConfig;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.server.admin.ConfigApi;
import io.magicproxy.server.admin.HealthApi;
import io.magicproxy.server.admin.KeysApi;
import io.magicproxy.server.admin.ReactPatternsApi;
import io.magicproxy.server.admin.RemoteToolsJson;
import io.magicproxy.server.admin.ScriptJson;
import io.magicproxy.server.admin.ScriptsApi;
import io.magicproxy.server.admin.SimulatorApi;
import io.magicproxy.server.admin.ToolServerApi;
import io.magicproxy.server.http.AccessRules;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.ClientWatch;
import io.magicproxy.server.http.EdgeFilter;
import io.magicproxy.server.http.ErrorAnswers;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.mcp.McpApi;
import io.magicproxy.server.openai.Agents;
import io.magicproxy.server.openai.ModelsApi;
import io.magicproxy.server.openai.OpenAiApi;
import io.magicproxy.server.sessions.SessionsApi;
import io.magicproxy.server.tools.ToolsApi;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/** The whole gateway, started: owns all that is open, and closes it in reverse. */
public final class GatewayServer implements UntilStopped.Server {
    private final OpenThings open = new OpenThings();
    private final Gateway gateway;
    private final SessionService sessions;
    private final McpService mcp;
    private final WebServer server;
    private volatile boolean draining;

    /**
     * How to start.
     *
     * @param keysDir in place of the configuration's
     * @param dataDir in place of the configuration's
     * @param port 0: any free one
     */
    public record Options(
            Path config, Optional<Path> keysDir, Optional<Path> dataDir, String host, int port) {}

    private GatewayServer(
            Options options, Environment environment, InstantSource clock, Additions additions)
            throws StartFailedException, IOException, StoreException {
        try {
            GatewayMetrics metrics = open.opened(new GatewayMetrics());
            UpstreamClient client = open.opened(UpstreamClient.create(UpstreamConfig.defaults()));
            ProviderCatalog catalog = ProviderCatalog.standard(clock);
            DataFolder folder =
                    open.opened(DataFolder.open(dataDir(options, environment, catalog)));
            EmbeddedDatabase database = open.opened(EmbeddedDatabase.open(folder));
            SharedResources shared =
                    new SharedResources(
                            client,
                            new EmbeddedSharedState(database, clock),
                            clock,
                            new MetricsListener(metrics));
            ListenAddress address = new ListenAddress(options.host(), options.port());
            this.gateway = gateway(options, address, environment, catalog, shared);
            gateway.onRead(status -> metrics.reload(status.applied()));
            address.tried();
            GatewayViews.register(metrics, gateway);
            open.opened(new GatewayReloader(gateway));
            open.opened(new KeyProber(gateway));
            this.sessions =
                    new SessionService(
                            gateway,
                            new SessionService.Files(options.config(), folder, database),
                            additions.tools(),
                            metrics,
                            clock);
            open.opened(sessions);
            this.mcp = new McpService(gateway, sessions, additions, clock);
            open.opened(mcp);
            metrics.mcpSessions(mcp.endpoint()::sessions);
            GatewayViews.register(metrics, sessions.remote());
            this.server = listen(address, metrics, clock);
            // Only now: plain chat waits for no script.
            sessions.scripts().start();
        } catch (IOException | StoreException | StartFailedException | RuntimeException e) {
            open.close();
            throw e;
        }
    }

    /** Returns when requests are served. */
    public static GatewayServer start(Options options, Environment environment, InstantSource clock)
            throws StartFailedException, IOException, StoreException {
        return start(options, environment, clock, Additions.none());
    }

    /** For a program that embeds the gateway and has more to offer. */
    public static GatewayServer start(
            Options options, Environment environment, InstantSource clock, Additions additions)
            throws StartFailedException, IOException, StoreException {
        return new GatewayServer(options, environment, clock, additions);
    }

    public int port() {
        return server.port();
    }

    public Gateway gateway() {
        return gateway;
    }

    private static Path dataDir(Options options, Environment environment, ProviderCatalog catalog)
            throws StartFailedException, IOException {
        if (options.dataDir().isPresent()) {
            return options.dataDir().get();
        }
        String named =
                StartFailedException.loaded(options.config(), environment, catalog)
                        .backendSettings()
                        .dataDir();
        return options.config().toAbsolutePath().resolveSibling(named);
    }

    private static Gateway gateway(
            Options options,
            ListenAddress address,
            Environment environment,
            ProviderCatalog catalog,
            SharedResources shared)
            throws StartFailedException, IOException {
        Gateway.Paths paths =
                new Gateway.Paths(options.config(), options.keysDir(), address.exposed());
        return switch (Gateway.start(paths, environment, catalog, shared)) {
            case Gateway.Outcome.Ready(Gateway ready) -> ready;
            case Gateway.Outcome.Invalid(String file, var problems) ->
                    throw StartFailedException.invalid(file, problems);
        };
    }

    private static Optional<String> masterKey(SecurityConfig security) {
        return security.masterKey().flatMap(SecretRef::value);
    }

    private SecurityConfig security() {
        return gateway.current().config().securitySettings();
    }

    private Heartbeats.Silence silence() {
        StreamingConfig streaming = gateway.current().config().streamingSettings();
        return new Heartbeats.Silence(
                Optional.of(streaming.untilFirstHeartbeat()).filter(Duration::isPositive),
                Optional.of(streaming.heartbeat()).filter(Duration::isPositive));
    }

    private AccessRules rules() {
        SecurityConfig security = security();
        return new AccessRules(
                masterKey(security), security.allowedHosts(), security.corsAllowedOrigins());
    }

    private WebServer listen(ListenAddress address, GatewayMetrics metrics, InstantSource clock)
            throws StartFailedException {
        ClientWatch watch =
                open.opened(
                        ClientWatch.start(
                                () -> security().requestReadTimeout(),
                                () -> security().responseWriteTimeout()));
        BodyReader bodies = new BodyReader();
        Heartbeats heartbeats = open.opened(new Heartbeats(this::silence));
        PerGeneration<AccessRules> rules = new PerGeneration<>(gateway, this::rules);
        HttpRouting.Builder routing =
                HttpRouting.builder()
                        .addFilter(new EdgeFilter(rules::get, metrics))
                        .error(Throwable.class, new ErrorAnswers())
                        .register(
                                "/v1/react/sessions",
                                new SessionsApi(gateway, sessions.sessions(), bodies, heartbeats))
                        .register(
                                "/v1",
                                new OpenAiApi(
                                        gateway,
                                        bodies,
                                        heartbeats,
                                        metrics,
                                        Agents.of(
                                                sessions.world(),
                                                sessions.sessions(),
                                                heartbeats,
                                                clock)))
                        .register("/mcp", new McpApi(mcp.endpoint(), gateway, bodies, heartbeats))
                        .register(
                                "/admin/patterns",
                                scripts(ScriptFolders::patterns, ScriptJson.patterns(), bodies))
                        .register("/admin/tools", tools(bodies))
                        .register("/admin/react_patterns", new ReactPatternsApi(sessions.scripts()))
                        .register(
                                "/tools",
                                new ToolsApi(
                                        sessions.scripts()::invoker,
                                        gateway,
                                        bodies,
                                        sessions.agents()))
                        .register(
                                "/v1",
                                new ModelsApi(
                                        gateway,
                                        sessions.world()::agentPattern,
                                        clock.instant().getEpochSecond()))
                        .register("/health", new HealthApi(gateway, () -> draining, this::health))
                        .register("/admin/config", new ConfigApi(gateway))
                        .register("/admin/keys", new KeysApi(gateway, bodies))
                        .register("/admin/simulator", new SimulatorApi(gateway, bodies))
                        .get("/metrics", MetricsText.of(metrics));
        return Listening.at(address, gateway, watch, routing);
    }

    private HttpService tools(BodyReader bodies) {
        return sessions.remote().toolServer().isPresent()
                ? new ToolServerApi(sessions.remote())
                : scripts(
                        ScriptFolders::tools,
                        ScriptJson.tools(json -> RemoteToolsJson.add(json, sessions.remote())),
                        bodies);
    }

    private void health(ObjectNode health) {
        health.set("sessions", sessions.health());
        RemoteToolsJson.add(health, sessions.remote());
    }

    private <T> ScriptsApi<T> scripts(
            Function<ScriptFolders, PluginRegistry<T>> registry,
            ScriptJson<T> json,
            BodyReader bodies) {
        return new ScriptsApi<>(() -> registry.apply(sessions.scripts()), json, gateway, bodies);
    }

    /** Takes no new connections, lets requests under way end for a while, then closes all. */
    @Override
    public void close() {
        draining = true;
        mcp.endpoint().drain();
        server.stop();
        open.close();
    }
}
