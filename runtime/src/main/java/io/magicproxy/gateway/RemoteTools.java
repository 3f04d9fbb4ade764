package io.magicproxy.gateway;

import io.magicproxy.config.SecretRef;
import io.magicproxy.mcp.client.McpServerConfig;
import io.magicproxy.mcp.client.RemoteServers;
import io.magicproxy.mcp.client.ServerSettings;
import io.magicproxy.mcp.client.ServerSettings.Endpoint;
import io.magicproxy.mcp.client.ServerSettings.Kind;
import io.magicproxy.mcp.client.ServerStatus;
import io.magicproxy.tool.ToolSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Tools that are not in this process: of remote MCP servers, and of our own tool server. */
public final class RemoteTools implements AutoCloseable {
    private static final Duration CALL = Duration.ofSeconds(60);
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** Our own tool server is restarted now and then, and is soon there again. */
    private static final Duration RESTART = Duration.ofSeconds(30);

    private final Gateway gateway;
    private final RemoteServers servers;
    private final Optional<RemoteServers> own;
    private final Optional<String> ownKey;

    /**
     * Connects in the background, and follows the configuration from then on.
     *
     * @param version of the gateway, which servers are told
     */
    public RemoteTools(Gateway gateway, InstantSource clock, String version) {
        this.gateway = gateway;
        AgentDefaults agents = gateway.current().config().agentSettings();
        this.ownKey = agents.mcpServerKey().flatMap(SecretRef::value);
        this.own = agents.mcpServerUrl().map(url -> connected(url, ownKey, clock, version));
        this.servers = new RemoteServers(clock, version);
        servers.use(wanted());
        gateway.onRead(status -> {
            if (status.applied()) {
                servers.use(wanted());
            }
        });
    }

    private static RemoteServers connected(
            String url, Optional<String> key, InstantSource clock, String version) {
        Map<String, String> headers = new HashMap<>();
        key.ifPresent(value -> headers.put("Authorization", "Bearer " + value));
        var server = new RemoteServers(clock, version);
        server.use(
                List.of(
                        new ServerSettings(
                                "tools",
                                new Endpoint.Http(URI.create(url), headers),
                                Kind.OWN,
                                Optional.empty(),
                                new ServerSettings.Limits(
                                        CONNECT,
                                        CALL,
                                        RESTART,
                                        Duration.ofSeconds(10),
                                        16,
                                        Integer.MAX_VALUE),
                                Optional.empty())));
        return server;
    }

    /** The tool server's tools, if tools run in a process of their own. */
    public Optional<ToolSource> toolServer() {
        return own.map(server -> server);
    }

    /** The tools of the remote servers that the configuration names. */
    public ToolSource servers() {
        return servers;
    }

    public List<ServerStatus> serverStatus() {
        return servers.status();
    }

    public Optional<ServerStatus> toolServerStatus() {
        return own.flatMap(server -> server.status().stream().findFirst());
    }

    /** What is told to servers in confidence. */
    public Set<String> secrets() {
        Set<String> all = new HashSet<>(servers.secrets());
        ownKey.ifPresent(all::add);
        return all;
    }

    private List<ServerSettings> wanted() {
        return gateway.current().config().mcpSettings().servers().stream()
                .map(this::settings)
                .toList();
    }

    private ServerSettings settings(McpServerConfig config) {
        List<String> missing = new ArrayList<>();
        Endpoint endpoint =
                config.url()
                        .<Endpoint>map(url ->
                                new Endpoint.Http(
                                        URI.create(url),
                                        values(config.headers(), "headers", missing)))
                        .orElseGet(() -> program(config, missing));
        return new ServerSettings(
                config.name(),
                endpoint,
                Kind.FOREIGN,
                config.allow(),
                new ServerSettings.Limits(
                        config.connectTimeout(),
                        config.timeout(),
                        Duration.ZERO,
                        config.pingEvery(),
                        config.concurrency(),
                        config.maxTools()),
                missing.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missing)));
    }

    private Endpoint program(McpServerConfig config, List<String> missing) {
        List<String> command = new ArrayList<>(config.args());
        command.addFirst(config.command().orElseThrow());
        Set<String> referenced = new HashSet<>();
        config.env()
                .forEach((name, secret) -> {
                    if (secret.variable().isPresent()) {
                        referenced.add(name);
                    }
                });
        return new Endpoint.Program(
                command, values(config.env(), "env", missing), referenced, folder());
    }

    private Path folder() {
        Path folder = gateway.paths().config().toAbsolutePath().getParent();
        return folder == null ? Path.of("").toAbsolutePath() : folder;
    }

    /** A server without its secret would only be refused there. */
    private static Map<String, String> values(
            Map<String, SecretRef> secrets, String key, List<String> missing) {
        Map<String, String> values = new TreeMap<>();
        secrets.forEach((name, secret) -> {
            if (secret.value().isPresent()) {
                values.put(name, secret.value().get());
            } else {
                missing.add(
                        key
                                + "."
                                + name
                                + " has no value; "
                                + secret.variable()
                                        .map(variable -> "set " + variable)
                                        .orElse("write one"));
            }
        });
        return values;
    }

    @Override
    public void close() {
        servers.close();
        own.ifPresent(RemoteServers::close);
    }
}
