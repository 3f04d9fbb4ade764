package io.magicproxy.server.http;

import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Sees clients leave, and ends the connections of those that send or read too slowly. Helidon reads
 * from a connection only between requests, so while a handler waits for its upstream nobody would
 * notice the client's end of stream. A handler that says it cares gets a reader of its own, but
 * only once it has waited for a tick or two: a quick request costs nothing. Why it is done so:
 * {@code docs/adr/0001-seeing-a-client-leave.md}.
 */
public final class ClientWatch implements AutoCloseable {
    static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

    private static final Duration TICK = Duration.ofMillis(100);

    private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();
    private final Thread sweeper =
            Thread.ofPlatform().daemon().name("client-watch").unstarted(this::sweep);
    private volatile boolean closed;

    private final Supplier<ClientConnection.Limits> limits;

    /**
     * Starts the watch.
     *
     * @param requestRead how long a request's head may take to arrive
     * @param responseWrite how long a client may leave an answer unread
     */
    public static ClientWatch start(
            Supplier<Duration> requestRead, Supplier<Duration> responseWrite) {
        var watch =
                new ClientWatch(
                        () -> new ClientConnection.Limits(requestRead.get(), responseWrite.get()));
        watch.sweeper.start();
        return watch;
    }

    private ClientWatch(Supplier<ClientConnection.Limits> limits) {
        this.limits = limits;
    }

    /** For {@code WebServer.builder().addConnectionSelector(…)}: HTTP/1.1, with clients watched. */
    public ServerConnectionSelector selector(Http1Config config) {
        return new WatchedSelector(Http1ConnectionSelector.builder().config(config).build(), this);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(sweeper);
    }

    Supplier<ClientConnection.Limits> limits() {
        return limits;
    }

    void add(ClientConnection connection) {
        connections.add(connection);
    }

    void remove(ClientConnection connection) {
        connections.remove(connection);
    }

    /** How many connections have a watcher in their read. */
    long watchers() {
        return connections.stream().filter(ClientConnection::watched).count();
    }

    private void sweep() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK.toNanos());
            long now = System.nanoTime();
            ClientConnection.Limits current = limits.get();
            for (ClientConnection connection : connections) {
                connection.sweep(now, current);
            }
        }
    }
}
