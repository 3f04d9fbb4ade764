package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.config.Environment;
import io.magicproxy.config.SecretRef;
import io.magicproxy.gateway.AgentDefaults;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayConfig;
import io.magicproxy.gateway.GatewayPowers;
import io.magicproxy.gateway.GatewayReloader;
import io.magicproxy.gateway.MetricsListener;
import io.magicproxy.gateway.ProviderCatalog;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.gateway.SharedResources;
import io.magicproxy.gateway.StreamingConfig;
import io.magicproxy.mcp.McpEndpoint;
import io.magicproxy.mcp.McpOffer;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.server.admin.AdminRequests;
import io.magicproxy.server.admin.Audit;
import io.magicproxy.server.admin.AuditApi;
import io.magicproxy.server.admin.HealthApi;
import io.magicproxy.server.admin.ScenarioApi;
import io.magicproxy.server.admin.ScriptJson;
import io.magicproxy.server.admin.ScriptsApi;
import io.magicproxy.server.http.AccessRules;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.ClientWatch;
import io.magicproxy.server.http.EdgeFilter;
import io.magicproxy.server.http.ErrorAnswers;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.Logins;
import io.magicproxy.server.mcp.McpApi;
import io.magicproxy.server.tools.ToolsApi;
import io.magicproxy.store.AuditLog;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedAuditLog;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.telemetry.Spans;
import io.magicproxy.telemetry.Telemetry;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tools in a process of their own, for gateways whose {@code mcp_server_url} it is: alone it
 * reads the tools' secrets, and it reads no provider's key.
 */
final class ToolServer implements UntilStopped.Server {
    private static final String OWN_DATA = "tool-server";

    private final OpenThings open = new OpenThings();
    private final Gateway gateway;
    private final Optional<String> key;
    private final ScriptFolders scripts;
    private final McpEndpoint endpoint;
    private final AuditLog changes;
    private final WebServer server;
    private volatile boolean draining;

    /**
     * How to start.
     *
     * @param tools in place of the configuration's
     * @param dataDir in place of a folder in the configuration's
     * @param port 0: any free one
     */
    record Options(
            Path config, Optional<Path> tools, Optional<Path> dataDir, String host, int port) {
        Path beside(String folder) {
            return config.toAbsolutePath().resolveSibling(folder);
        }
    }

    ToolServer(Options options, Environment environment, InstantSource clock)
            throws StartFailedException, IOException, StoreException {
        try {
            ProviderCatalog catalog = ProviderCatalog.standard(clock);
            GatewayConfig config =
                    StartFailedException.loaded(options.config(), environment, catalog);
            Logs.format(config.telemetrySettings().logFormat(), environment);
            Telemetry telemetry =
                    open.opened(Telemetry.start(config.telemetrySettings(), environment, "-tools"));
            GatewayMetrics metrics = open.opened(new GatewayMetrics(clock, telemetry));
            this.key = config.agentSettings().mcpServerKey().flatMap(SecretRef::value);
            DataFolder data = open.opened(DataFolder.open(dataDir(options, config)));
            EmbeddedDatabase database = open.opened(EmbeddedDatabase.open(data));
            this.changes =
                    new EmbeddedAuditLog(
                            database, config.backendSettings().auditRetention(), clock);
            ListenAddress address = new ListenAddress(options.host(), options.port());
            this.gateway =
                    gateway(
                            options,
                            address,
                            environment,
                            catalog,
                            shared(metrics, database, clock),
                            data);
            gateway.onRead(status -> metrics.reload(status.applied()));
            address.tried();
            open.opened(new GatewayReloader(gateway));
            GatewayPowers powers =
                    open.opened(
                            new GatewayPowers(
                                    gateway,
                                    data.path(),
                                    GatewayPowers.Place.HERE,
                                    () -> key.map(Set::of).orElse(Set.of())));
            this.scripts =
                    open.opened(
                            scripts(
                                    options,
                                    config,
                                    data,
                                    new ScriptFolders.Surroundings(
                                            powers.powers(),
                                            List.of(),
                                            _ -> {},
                                            new ToolInvoker.Witness(
                                                    telemetry.spans(), metrics::toolCalled)),
                                    clock));
            powers.watch(scripts);
            metrics.scriptHosts(() -> (long) scripts.hosts().size());
            this.endpoint =
                    open.opened(
                            new McpEndpoint(
                                    () -> McpOffer.toGateways(scripts.invoker()),
                                    Version.number(),
                                    () -> gateway.current().config().mcpSettings(),
                                    clock));
            metrics.mcpSessions(endpoint::sessions);
            var audit = new Audit(changes, powers.powers().mask(), clock);
            this.server = listen(address, metrics, telemetry.spans(), new Logins(clock), audit);
            scripts.start();
        } catch (IOException | StoreException | StartFailedException | RuntimeException e) {
            open.close();
            throw e;
        }
    }

    @Override
    public int port() {
        return server.port();
    }

    private static Path dataDir(Options options, GatewayConfig config) {
        // A folder is one process's own, and the gateway's is beside it.
        return options.dataDir()
                .orElseGet(
                        () -> options.beside(config.backendSettings().dataDir()).resolve(OWN_DATA));
    }

    private SharedResources shared(
            GatewayMetrics metrics, EmbeddedDatabase database, InstantSource clock) {
        UpstreamClient client = open.opened(UpstreamClient.create(UpstreamConfig.defaults()));
        return new SharedResources(
                client,
                new EmbeddedSharedState(database, clock),
                clock,
                new MetricsListener(metrics));
    }

    private Gateway gateway(
            Options options,
            ListenAddress address,
            Environment environment,
            ProviderCatalog catalog,
            SharedResources shared,
            DataFolder data)
            throws StartFailedException, IOException {
        var paths =
                new Gateway.Paths(
                        options.config(),
                        // No provider is called from here.
                        Optional.of(data.path().resolve("no-keys")),
                        key.isPresent() ? Optional.empty() : address.exposed());
        return switch (Gateway.start(paths, environment, catalog, shared)) {
            case Gateway.Outcome.Ready(Gateway ready) -> ready;
            case Gateway.Outcome.Invalid(String file, var problems) ->
                    throw StartFailedException.invalid(file, problems);
        };
    }

    private static ScriptFolders scripts(
            Options options,
            GatewayConfig config,
            DataFolder data,
            ScriptFolders.Surroundings around,
            InstantSource clock) {
        AgentDefaults agents = config.agentSettings();
        Path tools = options.tools().orElseGet(() -> options.beside(agents.toolsDir()));
        return new ScriptFolders(
                config.sandboxSettings(),
                new ScriptFolders.Folders(Optional.empty(), Optional.of(tools), data.path()),
                around,
                clock);
    }

    private SecurityConfig security() {
        return gateway.current().config().securitySettings();
    }

    /** A key for this alone comes before the one for everything. */
    private AccessRules rules(Logins logins) {
        SecurityConfig security = security();
        return new AccessRules(
                key.or(() -> security.masterKey().flatMap(SecretRef::value)),
                security.allowedHosts(),
                security.corsAllowedOrigins(),
                logins);
    }

    private Heartbeats.Silence silence() {
        StreamingConfig streaming = gateway.current().config().streamingSettings();
        return new Heartbeats.Silence(
                Optional.of(streaming.untilFirstHeartbeat()).filter(Duration::isPositive),
                Optional.of(streaming.heartbeat()).filter(Duration::isPositive));
    }

    private WebServer listen(
            ListenAddress address, GatewayMetrics metrics, Spans spans, Logins logins, Audit audit)
            throws StartFailedException {
        ClientWatch watch =
                open.opened(
                        ClientWatch.start(
                                () -> security().requestReadTimeout(),
                                () -> security().responseWriteTimeout()));
        BodyReader bodies = new BodyReader();
        Heartbeats heartbeats = open.opened(new Heartbeats(this::silence));
        PerGeneration<AccessRules> rules = new PerGeneration<>(gateway, () -> rules(logins));
        var requests = new AdminRequests(gateway, bodies);
        HttpRouting.Builder routing =
                HttpRouting.builder()
                        .addFilter(new EdgeFilter(rules::get, ToolServer::noPage, metrics, spans))
                        .error(Throwable.class, new ErrorAnswers())
                        .register("/mcp", new McpApi(endpoint, gateway, bodies, heartbeats))
                        .register("/admin/tools", ScenarioApi.tools(scripts, requests))
                        .register(
                                "/admin/tools",
                                new ScriptsApi<>(
                                        scripts::tools,
                                        ScriptJson.tools(_ -> {}),
                                        requests,
                                        audit,
                                        Sharing.none()))
                        .register("/admin/audit", new AuditApi(changes))
                        .register(
                                "/tools",
                                new ToolsApi(
                                        scripts::invoker,
                                        gateway,
                                        bodies,
                                        () ->
                                                ToolCall.noAgents(
                                                        "agents are the gateway's; call this tool there")))
                        .register("/health", new HealthApi(gateway, () -> draining, this::health))
                        .get("/metrics", MetricsText.of(metrics));
        return Listening.at(address, gateway, watch, routing);
    }

    private static void noPage(ServerRequest request, ServerResponse response) {
        throw new ApiException(
                ApiError.of(
                        404,
                        "invalid_request_error",
                        "not_found",
                        "the tool server has /mcp, /tools, /admin/tools, /admin/audit, /health and /metrics"));
    }

    private void health(ObjectNode health) {
        // Nothing is routed from here.
        health.remove(List.of("profiles", "pools"));
        health.put("tools", scripts.invoker().tools().tools().size());
        health.put("script_hosts", scripts.hosts().size());
        health.put("gateways", endpoint.sessions()).put("calls", endpoint.calls());
    }

    @Override
    public void close() {
        draining = true;
        endpoint.drain();
        server.stop();
        open.close();
    }
}
