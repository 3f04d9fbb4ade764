package io.magicproxy.server.boot;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.magicproxy.config.Environment;
import io.magicproxy.config.SecretRef;
import io.magicproxy.gateway.Additions;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayReloader;
import io.magicproxy.gateway.KeyProber;
import io.magicproxy.gateway.MetricsListener;
import io.magicproxy.gateway.ProviderCatalog;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.gateway.SharedResources;
import io.magicproxy.gateway.StreamingConfig;
import io.magicproxy.server.admin.AdminRequests;
import io.magicproxy.server.admin.ChangeFeed;
import io.magicproxy.server.admin.ChangeSources;
import io.magicproxy.server.admin.FiguresApi;
import io.magicproxy.server.admin.HealthApi;
import io.magicproxy.server.admin.LastFailures;
import io.magicproxy.server.admin.LoginApi;
import io.magicproxy.server.admin.RoutingChanges;
import io.magicproxy.server.http.AccessRules;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.ClientWatch;
import io.magicproxy.server.http.EdgeFilter;
import io.magicproxy.server.http.ErrorAnswers;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.Logins;
import io.magicproxy.server.mcp.McpApi;
import io.magicproxy.server.openai.Agents;
import io.magicproxy.server.openai.ModelsApi;
import io.magicproxy.server.openai.OpenAiApi;
import io.magicproxy.server.sessions.SessionsApi;
import io.magicproxy.server.tools.ToolsApi;
import io.magicproxy.server.ui.Page;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The whole gateway, started: owns all that is open, and closes it in reverse. */
public final class GatewayServer implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Gateway gateway;
    private final SessionService sessions;
    private final McpService mcp;
    private final ChangeFeed feed;
    private final Logins logins;
    private final LastFailures failures;
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
            GatewayMetrics metrics = opened(new GatewayMetrics(clock));
            UpstreamClient client = opened(UpstreamClient.create(UpstreamConfig.defaults()));
            ProviderCatalog catalog = ProviderCatalog.standard(clock);
            DataFolder folder = opened(DataFolder.open(dataDir(options, environment, catalog)));
            EmbeddedDatabase database = opened(EmbeddedDatabase.open(folder));
            this.feed = opened(new ChangeFeed(clock));
            this.logins = new Logins(clock);
            this.failures = new LastFailures(clock);
            SharedResources shared =
                    new SharedResources(
                            client,
                            new EmbeddedSharedState(database, clock),
                            clock,
                            new RoutingChanges(feed, failures, new MetricsListener(metrics)));
            ListenAddress address = new ListenAddress(options.host(), options.port());
            this.gateway = gateway(options, address, environment, catalog, shared);
            gateway.onRead(status -> metrics.reload(status.applied()));
            address.tried();
            GatewayViews.register(metrics, gateway);
            opened(new GatewayReloader(gateway));
            opened(new KeyProber(gateway));
            this.sessions =
                    new SessionService(
                            gateway,
                            new SessionService.Files(options.config(), folder, database),
                            additions.tools(),
                            metrics,
                            clock);
            opened(sessions);
            ChangeSources.connect(feed, gateway, sessions.scripts(), sessions.texts());
            this.mcp = new McpService(gateway, sessions, additions, clock);
            opened(mcp);
            metrics.mcpSessions(mcp.endpoint()::sessions);
            this.server = listen(address, metrics, clock);
            // Only now: plain chat waits for no script.
            sessions.scripts().start();
        } catch (IOException | StoreException | StartFailedException | RuntimeException e) {
            closeAll();
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
                masterKey(security),
                security.allowedHosts(),
                security.corsAllowedOrigins(),
                logins);
    }

    private WebServer listen(ListenAddress address, GatewayMetrics metrics, InstantSource clock)
            throws StartFailedException {
        ClientWatch watch =
                opened(
                        ClientWatch.start(
                                () -> security().requestReadTimeout(),
                                () -> security().responseWriteTimeout()));
        BodyReader bodies = new BodyReader();
        Heartbeats heartbeats = opened(new Heartbeats(this::silence));
        PerGeneration<AccessRules> rules = new PerGeneration<>(gateway, this::rules);
        Page page = new Page(pagePlaces());
        HttpRouting.Builder routing =
                HttpRouting.builder()
                        .addFilter(new EdgeFilter(rules::get, page, metrics))
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
                        .register(
                                "/health", new HealthApi(gateway, () -> draining, sessions::health))
                        .get(
                                "/metrics",
                                (request, response) -> {
                                    response.headers().contentType(MediaTypes.TEXT_PLAIN);
                                    response.header(HeaderNames.CACHE_CONTROL, "no-store")
                                            .send(text(metrics));
                                });
        var requests = new AdminRequests(gateway, bodies);
        routing.register("/admin", new LoginApi(rules::get, logins, requests, Version.number()));
        var counts = new FiguresApi.Counts(metrics, failures);
        new AdminRoutes(gateway, sessions, feed, counts, requests).register(routing, heartbeats);
        routing.register("/", page);
        WebServer built =
                WebServer.builder()
                        .host(address.host())
                        .port(address.port())
                        .shutdownHook(false)
                        .shutdownGracePeriod(
                                gateway.current().config().backendSettings().drainSeconds())
                        .connectionOptions(c -> c.tcpNoDelay(true))
                        // Tells the handlers why; what the caller reads is theirs to say.
                        .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                        .directHandlers(ErrorAnswers.direct())
                        // Ours is the only one: it also speaks with those of whom nothing has come.
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(watch.selector(http()))
                        .routing(routing)
                        .build();
        built.start();
        if (!built.isRunning()) {
            throw address.unusable("the log says why");
        }
        return built;
    }

    /** Beside the configuration, as patterns are, or beside the program. */
    private List<Path> pagePlaces() {
        String dist = "sandbox-ui/dist";
        return List.of(
                gateway.paths().config().toAbsolutePath().resolveSibling(dist),
                AdminRoutes.home().resolve(dist));
    }

    private Http1Config http() {
        SecurityConfig security = security();
        return Http1Config.builder().maxHeadersSize(security.maxHeaderBytes().asInt()).build();
    }

    private static byte[] text(GatewayMetrics metrics) {
        var out = new ByteArrayOutputStream();
        try {
            metrics.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    /** Takes no new connections, lets requests under way end for a while, then closes all. */
    @Override
    public void close() {
        draining = true;
        mcp.endpoint().drain();
        feed.close();
        server.stop();
        closeAll();
    }

    private void closeAll() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.getLogger(GatewayServer.class.getName())
                        .log(System.Logger.Level.WARNING, "something did not close well", e);
            }
        }
    }
}
