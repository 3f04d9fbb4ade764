package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.mcp.client.ServerSettings.Endpoint;
import io.magicproxy.mcp.client.ServerSettings.Kind;
import io.magicproxy.mcp.client.ServerStatus.State;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolCall.Progress;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.upstream.Cancellation;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Remote servers as the gateway has them, with short times. */
final class Remotes implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final RemoteServers servers = new RemoteServers(InstantSource.system(), "test");
    private final ToolInvoker invoker =
            new ToolInvoker(
                    servers, new ToolInvoker.Settings(256 * 1024, UnaryOperator.identity()));

    static Remotes of(ServerSettings... settings) {
        var remotes = new Remotes();
        remotes.servers.use(List.of(settings));
        return remotes;
    }

    static ServerSettings http(String name, URI uri, Map<String, String> headers) {
        return settings(name, new Endpoint.Http(uri, headers), Duration.ofSeconds(20));
    }

    /** A Java program with the test's class path. */
    static ServerSettings program(
            String name, Path folder, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StdioPeer.class.getName()));
        command.addAll(List.of(arguments));
        return settings(
                name,
                new Endpoint.Program(command, environment, Set.of(), folder),
                Duration.ofSeconds(20));
    }

    static ServerSettings settings(String name, Endpoint endpoint, Duration call) {
        return new ServerSettings(
                name,
                endpoint,
                Kind.FOREIGN,
                Optional.empty(),
                new ServerSettings.Limits(
                        Duration.ofSeconds(20),
                        call,
                        Duration.ZERO,
                        Duration.ofMillis(200),
                        4,
                        100),
                Optional.empty());
    }

    RemoteServers servers() {
        return servers;
    }

    ServerStatus status(String name) {
        return servers.status().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void awaitConnected(String name) {
        until(name + " connected", () -> status(name).state() instanceof State.Connected);
    }

    String awaitDown(String name) {
        until(name + " down", () -> status(name).state() instanceof State.Down);
        return ((State.Down) status(name).state()).reason();
    }

    List<String> names() {
        return servers.tools().stream().map(tool -> tool.spec().name()).toList();
    }

    ToolResult call(String tool, String arguments) throws Exception {
        return call(tool, arguments, new Cancellation());
    }

    ToolResult call(String tool, String arguments, Cancellation cancellation) throws Exception {
        return call(tool, arguments, cancellation, _ -> {});
    }

    ToolResult call(
            String tool, String arguments, Cancellation cancellation, Consumer<Progress> progress)
            throws Exception {
        return invoker.call(
                tool,
                new ToolCall(
                        "key-1",
                        (ObjectNode) Json.read(arguments),
                        ToolCall.noAgents("none"),
                        progress,
                        cancellation));
    }

    interface Condition {
        boolean holds();
    }

    static void until(String what, Condition condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
        }
    }

    @Override
    public void close() {
        servers.close();
    }
}
