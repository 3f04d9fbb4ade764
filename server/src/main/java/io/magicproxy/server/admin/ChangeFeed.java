package io.magicproxy.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What has changed in the gateway, whoever changed it, for those who watch. Keeps the newest
 * changes, so that a watcher who was away can catch up; nothing piles up for one who is slow.
 */
public final class ChangeFeed implements AutoCloseable {
    private static final int KEPT = 1_000;
    private static final int MAX_READERS = 50;
    private static final int PROCESS_BYTES = 4;

    private final InstantSource clock;

    /** Numbers begin anew with each process, which must not be taken for the last one's. */
    private final String process;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<byte[]> kept = new ArrayDeque<>();
    private long last;
    private int readers;
    private boolean closed;

    public ChangeFeed(InstantSource clock) {
        this.clock = clock;
        byte[] random = new byte[PROCESS_BYTES];
        new SecureRandom().nextBytes(random);
        this.process = HexFormat.of().formatHex(random);
    }

    /** What comes next for a reader. */
    sealed interface Next {
        /** Whole server-sent events, in order. */
        record Events(List<byte[]> events) implements Next {}

        /** Nothing has changed for as long as it was to wait. */
        record Silence() implements Next {}

        /** What came next is not kept any more. */
        record Lost() implements Next {}

        /** Nothing will come. */
        record End() implements Next {}
    }

    /**
     * Tells a change.
     *
     * @param kind such as {@code pattern.loaded}
     * @param version that there is now
     * @param more fields that only this kind has
     */
    public void tell(String kind, String name, Optional<String> version, ObjectNode more) {
        lock.lock();
        try {
            last++;
            kept.addLast(event(last, kind, name, version, more));
            if (kept.size() > KEPT) {
                kept.removeFirst();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private byte[] event(
            long number, String kind, String name, Optional<String> version, ObjectNode more) {
        String id = process + "-" + number;
        ObjectNode json = Json.object().put("id", id).put("kind", kind).put("name", name);
        json.put("version", version.orElse(null)).put("at", clock.instant().toString());
        json.setAll(more);
        return ("id: " + id + "\ndata: " + Json.text(json) + "\n\n").getBytes(UTF_8);
    }

    /**
     * A place among the readers, or none if there are too many.
     *
     * @param after the id of the last event that it has seen; absent: from now on
     */
    Optional<Reader> open(Optional<String> after) {
        lock.lock();
        try {
            if (readers >= MAX_READERS) {
                return Optional.empty();
            }
            readers++;
            return Optional.of(new Reader(after.map(this::number).orElse(last)));
        } finally {
            lock.unlock();
        }
    }

    /** Before everything that is kept, if the id isn't one of this process. */
    private long number(String id) {
        int dash = id.indexOf('-');
        if (dash < 0 || !id.substring(0, dash).equals(process)) {
            return -1;
        }
        try {
            long number = Long.parseLong(id.substring(dash + 1));
            return number <= last ? number : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Ends all streams. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** One who reads along, at its own pace. */
    final class Reader implements AutoCloseable {
        private long position;
        private boolean left;
        private boolean ended;

        private Reader(long position) {
            this.position = position;
        }

        /** The event that every stream begins with: from where on it tells. */
        byte[] hello(String version) {
            lock.lock();
            try {
                return event(
                        Math.max(0, position), "hello", "", Optional.of(version), Json.object());
            } finally {
                lock.unlock();
            }
        }

        /** The event for who has missed something; what comes next is told from here on. */
        byte[] reset() {
            lock.lock();
            try {
                position = last;
                return event(last, "reset", "", Optional.empty(), Json.object());
            } finally {
                lock.unlock();
            }
        }

        Next next(Duration wait) throws InterruptedException {
            lock.lock();
            try {
                long nanos = wait.toNanos();
                while (position == last && !over() && nanos > 0) {
                    nanos = changed.awaitNanos(nanos);
                }
                return found();
            } finally {
                lock.unlock();
            }
        }

        private boolean over() {
            return closed || left;
        }

        private Next found() {
            if (over()) {
                return new Next.End();
            }
            if (position == last) {
                return new Next.Silence();
            }
            long first = last - kept.size() + 1;
            if (position < first - 1) {
                return new Next.Lost();
            }
            List<byte[]> events =
                    new ArrayList<>(kept).subList((int) (position - first + 1), kept.size());
            position = last;
            return new Next.Events(events);
        }

        /** Wakes it: its client has gone. */
        void leave() {
            lock.lock();
            try {
                left = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!ended) {
                    ended = true;
                    readers--;
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
