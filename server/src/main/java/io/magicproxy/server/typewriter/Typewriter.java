package io.magicproxy.server.typewriter;

import io.magicproxy.chat.Usage;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.RateLimits;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.SseEvent;
import io.magicproxy.upstream.SseReader;
import io.magicproxy.upstream.UpstreamException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An answer that flows evenly, character by character, whatever rhythm it comes in.
 *
 * <p>A thread of its own reads the source, which belongs to it alone, as far ahead as {@link
 * Typing} has room; a reader who is slow holds it up.
 */
public final class Typewriter implements ChatStream {
    private final ChatStream source;
    private final Runnable abandon;
    private final Typing typing;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread puller;
    private boolean ended;
    private boolean closed;

    /**
     * Begins to read.
     *
     * @param source closed when it is at its end, or when this is closed
     * @param step the time between two characters while they come slowly enough
     * @param abandon makes the source's read end if it is waiting; called on an early close
     */
    public Typewriter(ChatStream source, Duration step, Runnable abandon) {
        this.source = source;
        this.abandon = abandon;
        this.typing = new Typing(step);
        this.puller = Thread.ofVirtual().name("typewriter").start(this::pull);
    }

    @Override
    public Optional<Frames> next() throws ProviderException {
        lock.lock();
        try {
            while (true) {
                switch (typing.poll(System.nanoTime())) {
                    case Typing.Send(byte[] events, boolean output) -> {
                        changed.signalAll();
                        return Optional.of(new Frames(events, 0, events.length, output));
                    }
                    case Typing.Wait(long nanos) -> {
                        long _ = changed.awaitNanos(nanos);
                    }
                    case Typing.Idle _ -> changed.await();
                    case Typing.End(Item.Over _) -> {
                        return Optional.empty();
                    }
                    case Typing.End(Item.Failed(ProviderException why)) -> throw why;
                    case Typing.End(Item.Stopped(RuntimeException why)) -> throw why;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelledException(Cancellation.Reason.SHUTDOWN);
        } finally {
            lock.unlock();
        }
    }

    private void pull() {
        Item.Ending ending;
        try (source) {
            ending = drained();
        } catch (ProviderException e) {
            ending = new Item.Failed(e);
        } catch (RuntimeException e) {
            ending = new Item.Stopped(e);
        } catch (Error e) {
            put(new Item.Stopped(new IllegalStateException("the stream's reader failed", e)));
            throw e;
        }
        put(ending);
    }

    private Item.Ending drained() throws ProviderException {
        for (Optional<Frames> next = source.next(); next.isPresent(); next = source.next()) {
            if (!take(next.get())) {
                break;
            }
        }
        return new Item.Over();
    }

    /** False if nobody wants any more. */
    private boolean take(Frames frames) {
        SseReader events = SseReader.of(frames.buffer(), frames.offset(), frames.length());
        try {
            while (events.await()) {
                for (Optional<SseEvent> e = events.poll(); e.isPresent(); e = events.poll()) {
                    if (!put(item(e.get(), frames.output()))) {
                        return false;
                    }
                }
            }
            return true;
        } catch (UpstreamException e) {
            throw new IllegalStateException("reading from memory cannot fail", e);
        }
    }

    private static Item item(SseEvent event, boolean output) {
        if (event.name().isEmpty()) {
            Optional<Chunk> chunk = ChunkReader.read(event.data().toBytes());
            if (chunk.isPresent()) {
                return chunk.get();
            }
        }
        return new Item.Whole(event.raw().toBytes(), output);
    }

    /** Waits for room; false if this was closed. */
    private boolean put(Item item) {
        lock.lock();
        try {
            while (typing.full() && !closed) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                return false;
            }
            ended = item instanceof Item.Ending;
            typing.offer(item, System.nanoTime());
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Usage> usage() {
        return source.usage();
    }

    @Override
    public long tokensSeen() {
        return source.tokensSeen();
    }

    @Override
    public RateLimits limits() {
        return source.limits();
    }

    @Override
    public List<String> notes() {
        return source.notes();
    }

    /** Returns when the source is closed. */
    @Override
    public void close() {
        if (closedEarly()) {
            abandon.run();
        }
        try {
            puller.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            puller.interrupt();
        }
    }

    private boolean closedEarly() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            return !ended;
        } finally {
            lock.unlock();
        }
    }
}
