package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.magicproxy.config.Environment;
import io.magicproxy.config.SecretRef;
import io.magicproxy.gateway.Additions;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayConfig;
import io.magicproxy.gateway.GatewayReloader;
import io.magicproxy.gateway.KeyProber;
import io.magicproxy.gateway.MetricsListener;
import io.magicproxy.gateway.ProviderCatalog;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.gateway.SharedResources;
import io.magicproxy.gateway.StreamingConfig;
import io.magicproxy.quota.Quota;
import io.magicproxy.quota.VirtualKeys;
import io.magicproxy.server.admin.AdminRequests;
import io.magicproxy.server.admin.Audit;
import io.magicproxy.server.admin.ChangeFeed;
import io.magicproxy.server.admin.ChangeSources;
import io.magicproxy.server.admin.FiguresApi;
import io.magicproxy.server.admin.HealthApi;
import io.magicproxy.server.admin.LastFailures;
import io.magicproxy.server.admin.LoginApi;
import io.magicproxy.server.admin.RemoteToolsJson;
import io.magicproxy.server.admin.RoutingChanges;
import io.magicproxy.server.http.AccessRules;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.ClientWatch;
import io.magicproxy.server.http.EdgeFilter;
import io.magicproxy.server.http.ErrorAnswers;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.KeyLimits;
import io.magicproxy.server.http.Logins;
import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.server.mcp.McpApi;
import io.magicproxy.server.openai.Accounts;
import io.magicproxy.server.openai.Agents;
import io.magicproxy.server.openai.ModelsApi;
import io.magicproxy.server.openai.OpenAiApi;
import io.magicproxy.server.sessions.SessionsApi;
import io.magicproxy.server.tools.ToolsApi;
import io.magicproxy.server.ui.Page;
import io.magicproxy.store.AuditLog;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedAuditLog;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.store.embedded.EmbeddedUsageStore;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.telemetry.Spans;
import io.magicproxy.telemetry.Telemetry;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import io.magicproxy.usage.UsageBook;
import io.magicproxy.usage.UsageLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The whole gateway, started: owns all that is open, and closes it in reverse. */
public final class GatewayServer implements UntilStopped.Server {
    private final OpenThings open = new OpenThings();
    private final Gateway gateway;
    private final SessionService sessions;
    private final McpService mcp;
    private final ChangeFeed feed;
    private final Logins logins;
    private final AuditLog changes;
    private final LastFailures failures;
    private final Quota quota;
    private final Stores stores;
    private final FileSharing files;
    private final WebServer server;
    private volatile boolean draining;
    private volatile Optional<Runnable> restart = Optional.empty();

    private GatewayServer(
            NodeOptions options, Environment environment, InstantSource clock, Additions additions)
            throws StartFailedException, IOException, StoreException {
        try {
            GatewayConfig first =
                    StartFailedException.loaded(
                            options.config(), environment, ProviderCatalog.standard(clock));
            Logs.format(first.telemetrySettings().logFormat(), environment);
            Telemetry telemetry =
                    open.opened(
                            Telemetry.start(
                                    first.telemetrySettings(),
                                    environment,
                                    options.role() == NodeOptions.Role.WORKER ? "-worker" : ""));
            GatewayMetrics metrics = open.opened(new GatewayMetrics(clock, telemetry));
            UpstreamClient client = open.opened(UpstreamClient.create(UpstreamConfig.defaults()));
            ProviderCatalog catalog = ProviderCatalog.standard(clock);
            options.check(first.backendSettings().queue());
            DataFolder folder =
                    open.opened(DataFolder.open(options.dataDir(first.backendSettings())));
            EmbeddedDatabase database = open.opened(EmbeddedDatabase.open(folder));
            this.feed = open.opened(new ChangeFeed(clock));
            this.logins = new Logins(clock);
            this.failures = new LastFailures(clock);
            this.stores = Stores.open(first.backendSettings().redis(), database, clock, open);
            this.quota = new Quota(new VirtualKeys(stores.state(), clock), stores.counters());
            SharedResources shared =
                    new SharedResources(
                            client,
                            stores.state(),
                            stores.cache(),
                            clock,
                            new RoutingChanges(
                                    feed,
                                    failures,
                                    new MetricsListener(metrics, telemetry.spans())));
            ListenAddress address = new ListenAddress(options.host(), options.port());
            this.gateway = gateway(options, address, environment, catalog, shared);
            gateway.onRead(status -> metrics.reload(status.applied()));
            gateway.onRead(_ -> declareKeys());
            declareKeys();
            TelemetryChange.watch(gateway, first.telemetrySettings());
            SharedState own = new EmbeddedSharedState(database, clock);
            Duration kept = gateway.current().config().backendSettings().auditRetention();
            this.changes =
                    stores.audit(new EmbeddedAuditLog(database, kept, clock), own, kept, clock);
            address.tried();
            UsageLog usage =
                    open.opened(
                            new UsageLog(
                                    stores.usage(new EmbeddedUsageStore(database), own),
                                    gateway.current().config().backendSettings().usageRetention(),
                                    clock));
            UsageBook book = new UsageBook(metrics, usage);
            GatewayViews.register(metrics, gateway);
            open.opened(new GatewayReloader(gateway));
            open.opened(new KeyProber(gateway));
            stores.shared()
                    .ifPresent(redis -> open.opened(new SharedNews(redis, gateway, quota.keys())));
            this.sessions =
                    new SessionService(
                            gateway,
                            new SessionService.Files(options, folder),
                            SessionStores.open(
                                    first.backendSettings(),
                                    options.slots(first.backendSettings().queue()),
                                    database,
                                    stores.shared(),
                                    clock,
                                    open),
                            additions.tools(),
                            new SessionService.Told(metrics, book, quota, telemetry.spans()),
                            clock);
            open.opened(sessions);
            this.files =
                    FileSharing.start(
                            stores.shared(),
                            new FileSharing.Folders(gateway, sessions.scripts(), sessions.texts()),
                            own,
                            folder.path(),
                            open);
            ChangeSources.connect(feed, gateway, sessions.scripts(), sessions.texts());
            this.mcp = new McpService(gateway, sessions, additions, clock);
            open.opened(mcp);
            metrics.mcpSessions(mcp.endpoint()::sessions);
            GatewayViews.register(metrics, sessions.remote());
            var told = new FiguresApi.Counts(metrics, failures, usage);
            this.server =
                    listen(
                            options.role(),
                            address,
                            told,
                            new Accounts(metrics, book),
                            telemetry.spans(),
                            clock);
            // Only now: plain chat waits for no script.
            sessions.scripts().start();
        } catch (IOException | StoreException | StartFailedException | RuntimeException e) {
            open.close();
            throw e;
        }
    }

    /** Returns when requests are served. */
    public static GatewayServer start(
            NodeOptions options, Environment environment, InstantSource clock)
            throws StartFailedException, IOException, StoreException {
        return start(options, environment, clock, Additions.none());
    }

    /** For a program that embeds the gateway and has more to offer. */
    public static GatewayServer start(
            NodeOptions options, Environment environment, InstantSource clock, Additions additions)
            throws StartFailedException, IOException, StoreException {
        return new GatewayServer(options, environment, clock, additions);
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public void canRestart(Runnable asked) {
        restart = Optional.of(asked);
    }

    public Gateway gateway() {
        return gateway;
    }

    private static Gateway gateway(
            NodeOptions options,
            ListenAddress address,
            Environment environment,
            ProviderCatalog catalog,
            SharedResources shared)
            throws StartFailedException, IOException {
        Gateway.Paths paths =
                new Gateway.Paths(options.config(), options.folders().keys(), address.exposed());
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
                logins,
                quota.keys()::find);
    }

    private void declareKeys() {
        quota.keys().declare(security().virtualKeys(), security().teams());
    }

    private WebServer listen(
            NodeOptions.Role role,
            ListenAddress address,
            FiguresApi.Counts counts,
            Accounts accounts,
            Spans spans,
            InstantSource clock)
            throws StartFailedException {
        GatewayMetrics metrics = counts.metrics();
        ClientWatch watch =
                open.opened(
                        ClientWatch.start(
                                () -> security().requestReadTimeout(),
                                () -> security().responseWriteTimeout()));
        BodyReader bodies = new BodyReader();
        Heartbeats heartbeats = open.opened(new Heartbeats(this::silence));
        PerGeneration<AccessRules> rules = new PerGeneration<>(gateway, this::rules);
        Page page = new Page(pagePlaces());
        HttpRouting.Builder routing =
                HttpRouting.builder()
                        .addFilter(new EdgeFilter(rules::get, page, metrics, spans))
                        .error(Throwable.class, new ErrorAnswers())
                        .register("/health", new HealthApi(gateway, () -> draining, this::health))
                        .get("/metrics", MetricsText.of(metrics));
        if (role == NodeOptions.Role.WORKER) {
            return Listening.at(address, gateway, watch, routing);
        }
        KeyLimits limits = new KeyLimits(quota);
        routing.register(
                        "/v1/react/sessions",
                        new SessionsApi(gateway, sessions.sessions(), bodies, heartbeats, limits))
                .register(
                        "/v1",
                        new OpenAiApi(
                                gateway,
                                bodies,
                                heartbeats,
                                accounts,
                                Agents.of(sessions.world(), sessions.sessions(), heartbeats, clock),
                                limits))
                .register("/mcp", new McpApi(mcp.endpoint(), gateway, bodies, heartbeats))
                .register(
                        "/tools",
                        new ToolsApi(
                                sessions.scripts()::invoker,
                                gateway,
                                bodies,
                                () ->
                                        sessions.agents(
                                                RequestInfo.current().caller().payer().key())))
                .register(
                        "/v1",
                        new ModelsApi(
                                gateway,
                                sessions.world()::agentPattern,
                                limits,
                                clock.instant().getEpochSecond()));
        var requests = new AdminRequests(gateway, bodies);
        var audit = new Audit(changes, sessions.mask(), clock);
        routing.register(
                "/admin", new LoginApi(rules::get, logins, requests, Version.number(), audit));
        new AdminRoutes(
                        gateway,
                        sessions,
                        feed,
                        counts,
                        requests,
                        quota,
                        () -> restart,
                        audit,
                        changes,
                        files::of)
                .register(routing, heartbeats);
        routing.register("/", page);
        return Listening.at(address, gateway, watch, routing);
    }

    private void health(ObjectNode health) {
        health.set("sessions", sessions.health());
        stores.shared().ifPresent(redis -> health.putObject("redis").put("up", redis.isUp()));
        files.health(health);
        RemoteToolsJson.add(health, sessions.remote());
    }

    /** Beside the configuration, as patterns are, or beside the program. */
    private List<Path> pagePlaces() {
        String dist = "sandbox-ui/dist";
        return List.of(
                gateway.paths().config().toAbsolutePath().resolveSibling(dist),
                AdminRoutes.home().resolve(dist));
    }

    /** Takes no new connections, lets requests under way end for a while, then closes all. */
    @Override
    public void close() {
        draining = true;
        mcp.endpoint().drain();
        feed.close();
        server.stop();
        open.close();
    }
}
