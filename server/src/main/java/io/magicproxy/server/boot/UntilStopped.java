package io.magicproxy.server.boot;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;

/** Serves until the process is told to stop; starts the server again when that is asked for. */
final class UntilStopped {
    private final Object changing = new Object();
    private final ArrayBlockingQueue<Integer> restarts = new ArrayBlockingQueue<>(1);
    private Server server;

    /** Something whose closing lets requests under way end. */
    interface Server extends AutoCloseable {
        /** Whom it can ask for a start anew; that returns at once. */
        default void canRestart(Runnable restart) {}

        int port();

        @Override
        void close();
    }

    /** Starts a server that listens there. */
    interface Start<S extends Server> {
        S at(int port) throws Exception;
    }

    /** Says that it serves. */
    interface Welcome<S extends Server> {
        void to(S server, Duration readyAfter);
    }

    private UntilStopped(Server first) {
        this.server = first;
    }

    /**
     * @param welcome is said when a stop would be heard
     */
    static <S extends Server> int serve(int port, Start<S> start, Welcome<S> welcome)
            throws Exception {
        S first = start.at(port);
        UntilStopped serving = new UntilStopped(first);
        Runtime.getRuntime().addShutdownHook(new Thread(serving::stop, "shutdown"));
        serving.ready(
                first,
                welcome,
                Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()));
        while (true) {
            serving.again(serving.restarts.take(), start, welcome);
        }
    }

    private <S extends Server> void ready(S started, Welcome<S> welcome, Duration after) {
        started.canRestart(() -> restarts.offer(started.port()));
        welcome.to(started, after);
    }

    /** On the port that clients know, even if any free one was asked for. */
    private <S extends Server> void again(int port, Start<S> start, Welcome<S> welcome)
            throws Exception {
        synchronized (changing) {
            server.close();
            long begun = System.nanoTime();
            S next = start.at(port);
            server = next;
            ready(next, welcome, Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    private void stop() {
        synchronized (changing) {
            server.close();
        }
        // A stop that was asked for is a success; the JVM would say 143.
        Runtime.getRuntime().halt(0);
    }
}
