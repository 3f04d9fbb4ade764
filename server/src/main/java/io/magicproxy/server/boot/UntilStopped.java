package io.magicproxy.server.boot;

import java.util.concurrent.CountDownLatch;

/** Serves until the process is told to stop. */
final class UntilStopped {
    private UntilStopped() {}

    /** Something whose closing lets requests under way end. */
    interface Server extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param welcome is said when a stop would be heard
     */
    static int serve(Server server, Runnable welcome) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    server.close();
                                    stopped.countDown();
                                    // A stop that was asked for is a success; the JVM would say
                                    // 143.
                                    Runtime.getRuntime().halt(0);
                                },
                                "shutdown"));
        welcome.run();
        stopped.await();
        return 0;
    }
}
