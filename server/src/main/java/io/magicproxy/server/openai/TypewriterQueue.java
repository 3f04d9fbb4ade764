package io.magicproxy.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.provider.ProviderException;
import java.text.BreakIterator;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be typed: text is given out by graphemes at an even pace, all else when its turn
 * comes.
 */
final class TypewriterQueue {
    /**
     * Whatever waits is out within this time, which leaves room to the two seconds that are
     * promised.
     */
    private static final Duration AT_MOST = Duration.ofMillis(1_500);

    /**
     * A cluster such as an emoji with its skin tone may still grow; after this time it is given out
     * as it is.
     */
    private static final Duration MAY_GROW = Duration.ofMillis(300);

    /** Enough to see any cluster whole. */
    private static final int LOOK_AHEAD = 256;

    private static final int MAX_CHARS = 256 * 1024;

    private final long tickNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final BreakIterator graphemes = BreakIterator.getCharacterInstance(Locale.ROOT);
    private int chars;
    private int charsPerTick = 1;
    private long nextTick = System.nanoTime();
    private long lastPut = System.nanoTime();
    private boolean closed;

    sealed interface Item {}

    /** Text of one choice, and a chunk to send pieces of it in. */
    record Text(ObjectNode chunk, String text) implements Item {}

    /** Events as they are. */
    record Ready(byte[] events, boolean output) implements Item {}

    record End() implements Item {}

    record Broken(ProviderException why) implements Item {}

    record Stopped(RuntimeException why) implements Item {}

    private sealed interface Waiting {}

    private record Whole(Item item) implements Waiting {}

    /** Text that came in one stretch, possibly in several chunks. */
    private record Run(ObjectNode chunk, StringBuilder text) implements Waiting {
        boolean continues(ObjectNode other) {
            return chunk.at("/choices/0/index").equals(other.at("/choices/0/index"));
        }
    }

    TypewriterQueue(Duration tick) {
        this.tickNanos = Math.max(1, tick.toNanos());
    }

    /** Waits while too much text lies here already. */
    void put(Item item) {
        lock.lock();
        try {
            while (chars > MAX_CHARS && !closed) {
                changed.awaitUninterruptibly();
            }
            lastPut = System.nanoTime();
            if (item instanceof Text(ObjectNode chunk, String text)) {
                append(chunk, text);
            } else {
                waiting.addLast(new Whole(item));
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void append(ObjectNode chunk, String text) {
        if (waiting.peekLast() instanceof Run run && run.continues(chunk)) {
            run.text().append(text);
        } else {
            waiting.addLast(new Run(chunk, new StringBuilder(text)));
        }
        chars += text.length();
        long ticks = Math.max(1, AT_MOST.toNanos() / tickNanos);
        charsPerTick = Math.max(charsPerTick, (int) Math.ceilDiv((long) chars, ticks));
    }

    /** Waits for what is next to be sent. */
    Item take() {
        lock.lock();
        try {
            while (true) {
                switch (waiting.peekFirst()) {
                    case null -> changed.awaitUninterruptibly();
                    case Whole(Item item) -> {
                        waiting.removeFirst();
                        return item;
                    }
                    case Run run -> {
                        long wait = nextTick - System.nanoTime();
                        int n = wait > 0 ? 0 : ripe(run);
                        if (n > 0) {
                            return piece(run, n);
                        }
                        long left = changed.awaitNanos(wait > 0 ? wait : MAY_GROW.toNanos());
                        assert left <= MAY_GROW.toNanos() || wait > 0;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while typing");
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Text piece(Run run, int length) {
        String text = run.text().substring(0, length);
        run.text().delete(0, length);
        if (run.text().isEmpty()) {
            waiting.removeFirst();
        }
        chars -= length;
        if (chars == 0) {
            charsPerTick = 1;
        }
        nextTick = System.nanoTime() + tickNanos;
        changed.signalAll();
        return new Text(run.chunk(), text);
    }

    /**
     * How many characters can be given out now without cutting a cluster: 0 if the only one may
     * still grow.
     */
    private int ripe(Run run) {
        String seen =
                run.text().substring(0, Math.min(run.text().length(), charsPerTick + LOOK_AHEAD));
        graphemes.setText(seen);
        int cut =
                charsPerTick >= seen.length()
                        ? seen.length()
                        : graphemes.following(charsPerTick - 1);
        boolean mayGrow =
                cut == run.text().length()
                        && waiting.size() == 1
                        && System.nanoTime() - lastPut < MAY_GROW.toNanos();
        return mayGrow ? Math.max(0, graphemes.preceding(cut)) : cut;
    }
}
