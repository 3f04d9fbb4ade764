package io.magicproxy.pattern.scenario;

import io.magicproxy.pattern.CallPath;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets the calls of a plain pattern's {@code ctx.parallel} go one after the other, by their number:
 * recorded results stand in one order.
 */
final class Turns {
    private final Map<String, Integer> next = new HashMap<>();

    synchronized void begin(CallPath parallel) {
        next.put(parallel.text(), 1);
    }

    /** Waits until the calls before it are done. */
    synchronized void await(CallPath path) {
        boolean interrupted = false;
        while (next.getOrDefault(parent(path), number(path)) < number(path)) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void done(CallPath path) {
        next.computeIfPresent(parent(path), (_, _) -> number(path) + 1);
        notifyAll();
    }

    private static String parent(CallPath path) {
        return path.text().substring(0, Math.max(0, path.text().lastIndexOf('/')));
    }

    private static int number(CallPath path) {
        String last = path.text().substring(path.text().lastIndexOf('/') + 1);
        return last.matches("[0-9]{1,9}") ? Integer.parseInt(last) : 0;
    }
}
