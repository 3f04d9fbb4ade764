package io.magicproxy.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/** The replies to a guest's calls, in the order in which they were made. */
final class Inbox {
    private final Deque<Entry> arrived = new ArrayDeque<>();
    private final Set<Long> open = new HashSet<>();
    private long last;
    private boolean closed;

    record Entry(long call, HostReply reply) {}

    /** Nobody waits any longer; thrown to those who do. */
    static final class ClosedException extends RuntimeException {
        ClosedException() {
            super("the run is over", null, false, false);
        }
    }

    /** Gives the number of a new call. */
    synchronized long open() {
        open.add(++last);
        return last;
    }

    /** Calls without a reply. */
    synchronized int waiting() {
        return open.size();
    }

    /** A second reply to the same call is dropped. */
    synchronized void put(long call, HostReply reply) {
        if (open.remove(call)) {
            arrived.add(new Entry(call, reply));
            notifyAll();
        }
    }

    /** Waits for this call's reply; those for others stay. */
    synchronized HostReply take(long call) throws InterruptedException {
        while (true) {
            if (closed) {
                throw new ClosedException();
            }
            Optional<HostReply> mine = find(call);
            if (mine.isPresent()) {
                return mine.get();
            }
            wait();
        }
    }

    /** Waits for the next reply. */
    synchronized Entry take() throws InterruptedException {
        while (true) {
            if (closed) {
                throw new ClosedException();
            }
            Entry next = arrived.poll();
            if (next != null) {
                return next;
            }
            wait();
        }
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    private Optional<HostReply> find(long call) {
        for (Iterator<Entry> entries = arrived.iterator(); entries.hasNext(); ) {
            Entry entry = entries.next();
            if (entry.call() == call) {
                entries.remove();
                return Optional.of(entry.reply());
            }
        }
        return Optional.empty();
    }
}
