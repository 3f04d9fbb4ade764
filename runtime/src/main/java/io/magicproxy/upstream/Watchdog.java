package io.magicproxy.upstream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that sweeps attempts and idle connections. A request costs it nothing: connections are
 * entered when they are opened, and their current attempt's deadline is a field. A platform thread,
 * so that busy carriers can't delay it.
 */
final class Watchdog implements AutoCloseable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    /** Attempts that have no connection yet. */
    private final Set<Attempt> connecting = ConcurrentHashMap.newKeySet();

    private final ConnectionPool pool;
    private final Thread thread;
    private volatile boolean closed;

    Watchdog(ConnectionPool pool) {
        this.pool = pool;
        this.thread = Thread.ofPlatform().daemon().name("upstream-watchdog").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void watch(Attempt attempt) {
        connecting.add(attempt);
        if (closed) {
            attempt.breakBy(UpstreamException.Kind.CANCELLED);
        }
    }

    void unwatch(Attempt attempt) {
        connecting.remove(attempt);
    }

    void watch(Connection connection) {
        connections.add(connection);
        if (closed) {
            connection.closeResource();
        }
    }

    void unwatch(Connection connection) {
        connections.remove(connection);
    }

    int connections() {
        return connections.size();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        connecting.forEach(attempt -> attempt.breakBy(UpstreamException.Kind.CANCELLED));
        for (Connection connection : connections) {
            connection
                    .user()
                    .ifPresent(attempt -> attempt.breakBy(UpstreamException.Kind.CANCELLED));
            connection.closeResource();
        }
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            sweep(System.nanoTime());
        }
    }

    private void sweep(long now) {
        connecting.forEach(attempt -> attempt.breakIfOverdue(now));
        connections.forEach(
                connection -> connection.user().ifPresent(attempt -> attempt.breakIfOverdue(now)));
        for (Connection connection : pool.expired(now)) {
            connections.remove(connection);
            connection.closeResource();
        }
    }
}
