package io.magicproxy.mcp.client;

import io.magicproxy.mcp.client.ServerSettings.Endpoint;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolSource;
import io.magicproxy.tool.secret.SecretMask;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** All remote servers' tools. The servers can be others at any time. */
public final class RemoteServers implements ToolSource, AutoCloseable {
    /** For what is asked right after the start: servers are being connected then. */
    private static final Duration AT_START = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final String version;
    // A connection that was used before may have been closed meanwhile, and then a request is sent
    // again: that must not happen to a tool's call.
    private final UpstreamClient client =
            UpstreamClient.create(UpstreamConfig.defaults().idleConnections(0));
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<String, RemoteServer> servers = Map.of();

    /**
     * @param version of the gateway, which servers are told
     */
    public RemoteServers(InstantSource clock, String version) {
        this.clock = clock;
        this.version = version;
    }

    /** Goes over to these: who is the same is not disturbed. Connects in the background. */
    public synchronized void use(List<ServerSettings> wanted) {
        Map<String, RemoteServer> now = new LinkedHashMap<>();
        Set<RemoteServer> over = new HashSet<>(servers.values());
        for (ServerSettings settings : wanted) {
            RemoteServer old = servers.get(settings.name());
            if (old != null && old.settings().equals(settings)) {
                over.remove(old);
                now.put(settings.name(), old);
            } else {
                now.put(settings.name(), new RemoteServer(settings, around(settings)));
            }
        }
        boolean same = List.copyOf(now.values()).equals(List.copyOf(servers.values()));
        servers = now;
        // Ending a child process may take a moment.
        over.forEach(server -> Thread.ofVirtual().name("mcp-close").start(server::close));
        if (!same) {
            changed();
        }
    }

    private RemoteServer.Around around(ServerSettings settings) {
        Set<String> secrets = Secrets.of(settings);
        return new RemoteServer.Around(
                () -> wire(settings), new SecretMask(() -> secrets), this::changed, clock, version);
    }

    private Wire wire(ServerSettings settings) {
        return switch (settings.endpoint()) {
            case Endpoint.Http http -> new HttpWire(client, http, settings.limits().connect());
            case Endpoint.Program program -> new StdioWire(program);
        };
    }

    /** Apart: who listens may look at all the servers, and wait for those. */
    private void changed() {
        var _ =
                Thread.ofVirtual()
                        .name("mcp-tools-changed")
                        .start(() -> listeners.forEach(Runnable::run));
    }

    /** Everything that is told to servers in confidence. */
    public Set<String> secrets() {
        Set<String> all = new HashSet<>();
        servers.values().forEach(server -> all.addAll(Secrets.told(server.settings())));
        return all;
    }

    public List<ServerStatus> status() {
        return servers.values().stream().map(RemoteServer::status).toList();
    }

    @Override
    public List<Tool> tools() {
        awaitFirst();
        return servers.values().stream().flatMap(server -> server.tools().stream()).toList();
    }

    @Override
    public Optional<Tool> find(String name) {
        awaitFirst();
        return servers.values().stream().flatMap(server -> server.find(name).stream()).findFirst();
    }

    @Override
    public Optional<String> absence(String name) {
        return servers.values().stream()
                .flatMap(server -> server.absence(name).stream())
                .findFirst();
    }

    /** Together, not one after the other. */
    private void awaitFirst() {
        long end = System.nanoTime() + AT_START.toNanos();
        for (RemoteServer server : servers.values()) {
            server.awaitFirst(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
    }

    @Override
    public void onChange(Runnable action) {
        listeners.add(action);
    }

    /** Ends all connections and child processes. */
    @Override
    public synchronized void close() {
        List<Thread> closing =
                servers.values().stream()
                        .map(server -> Thread.ofVirtual().start(server::close))
                        .toList();
        servers = Map.of();
        try {
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }
}
