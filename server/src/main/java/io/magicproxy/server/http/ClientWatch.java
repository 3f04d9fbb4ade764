package io.magicproxy.server.http;

import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees clients leave. Helidon reads from a connection only between requests, so while a handler
 * waits for its upstream nobody would notice the client's end of stream. A handler that says it
 * cares gets a reader of its own, but only once it has waited for a tick or two: a quick request
 * costs nothing. Why it is done so: {@code docs/adr/0001-seeing-a-client-leave.md}.
 */
public final class ClientWatch implements AutoCloseable {
    static final ScopedValue<ClientPresence> CURRENT = ScopedValue.newInstance();

    private static final Duration TICK = Duration.ofMillis(100);

    private final Set<ConnectionInput> inputs = ConcurrentHashMap.newKeySet();
    private final Thread sweeper =
            Thread.ofPlatform().daemon().name("client-watch").unstarted(this::sweep);
    private volatile boolean closed;

    /** Starts the watch. */
    public static ClientWatch start() {
        var watch = new ClientWatch();
        watch.sweeper.start();
        return watch;
    }

    private ClientWatch() {}

    /** For {@code WebServer.builder().addConnectionSelector(…)}: HTTP/1.1, with clients watched. */
    public ServerConnectionSelector selector(Http1Config config) {
        return new WatchedSelector(Http1ConnectionSelector.builder().config(config).build(), this);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(sweeper);
    }

    void add(ConnectionInput input) {
        inputs.add(input);
    }

    void remove(ConnectionInput input) {
        inputs.remove(input);
    }

    /** How many connections have a watcher in their read. */
    long watchers() {
        return inputs.stream().filter(ConnectionInput::watched).count();
    }

    private void sweep() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK.toNanos());
            for (ConnectionInput input : inputs) {
                input.watchIfWaitedFor();
            }
        }
    }
}
