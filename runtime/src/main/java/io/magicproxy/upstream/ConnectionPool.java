package io.magicproxy.upstream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Idle connections by origin: the latest used goes out first, so that the surplus ages and is
 * closed.
 */
final class ConnectionPool {
    private final UpstreamConfig config;
    private final long idleNanos;
    private final Map<Origin, Deque<Connection>> idle = new ConcurrentHashMap<>();

    ConnectionPool(UpstreamConfig config) {
        this.config = config;
        this.idleNanos = Attempt.nanos(config.idleFor());
    }

    Optional<Connection> take(Origin origin) {
        Deque<Connection> stack = idle.get(origin);
        if (stack == null) {
            return Optional.empty();
        }
        synchronized (stack) {
            Connection latest = stack.peekLast();
            if (latest == null || latest.idleNanos(System.nanoTime()) > idleNanos) {
                return Optional.empty();
            }
            return Optional.of(stack.removeLast());
        }
    }

    /** False if there are enough; the connection is then the caller's to close. */
    boolean give(Connection connection) {
        if (config.idleConnections() == 0) {
            // Nor is the origin remembered: of those that scripts call there is no end.
            return false;
        }
        Deque<Connection> stack =
                idle.computeIfAbsent(connection.origin(), origin -> new ArrayDeque<>());
        synchronized (stack) {
            if (stack.size() >= config.idleConnections()) {
                return false;
            }
            stack.addLast(connection);
            return true;
        }
    }

    /** Takes out what nobody has used for long. */
    List<Connection> expired(long now) {
        var old = new ArrayList<Connection>();
        for (Deque<Connection> stack : idle.values()) {
            synchronized (stack) {
                while (!stack.isEmpty() && stack.getFirst().idleNanos(now) > idleNanos) {
                    old.add(stack.removeFirst());
                }
            }
        }
        return old;
    }
}
