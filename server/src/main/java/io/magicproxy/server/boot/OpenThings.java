package io.magicproxy.server.boot;

import java.util.ArrayDeque;
import java.util.Deque;

/** All that was opened, to be closed in reverse. */
final class OpenThings implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.getLogger(OpenThings.class.getName())
                        .log(System.Logger.Level.WARNING, "something did not close well", e);
            }
        }
    }
}
