package io.magicproxy.sandbox.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes packets in the order in which they were put in. Only its own thread touches the channel:
 * an interrupt of a thread that writes would close it.
 */
final class Outbox implements AutoCloseable {
    private static final int TOGETHER = 64;

    private final SocketChannel channel;
    private final BlockingQueue<ByteBuffer> waiting = new LinkedBlockingQueue<>();
    private final Thread writer;

    /** Since when a packet waits without a byte of it being taken; 0: none waits. */
    private final AtomicLong stuckSince = new AtomicLong();

    private Outbox(SocketChannel channel, String name) {
        this.channel = channel;
        writer = Thread.ofPlatform().daemon().name(name).unstarted(this::write);
    }

    static Outbox start(SocketChannel channel, String name) {
        var outbox = new Outbox(channel, name);
        outbox.writer.start();
        return outbox;
    }

    void put(ByteBuffer packet) {
        waiting.add(packet);
    }

    private void write() {
        try {
            List<ByteBuffer> next = new ArrayList<>(TOGETHER);
            while (true) {
                next.add(waiting.take());
                waiting.drainTo(next, TOGETHER - 1);
                write(next.toArray(ByteBuffer[]::new));
                next.clear();
            }
        } catch (IOException e) {
            // Who reads the same channel sees its end, too, and does what is to be done.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(ByteBuffer[] packets) throws IOException {
        while (packets[packets.length - 1].hasRemaining()) {
            stuckSince.set(System.nanoTime() | 1);
            channel.write(packets);
        }
        stuckSince.set(0);
    }

    /** Counts anew how long it waits. */
    void forgive() {
        long since = stuckSince.get();
        if (since != 0) {
            stuckSince.compareAndSet(since, System.nanoTime() | 1);
        }
    }

    /** Who should read hasn't taken a byte for so long. */
    boolean isStuck(long now, Duration patience) {
        long since = stuckSince.get();
        return since != 0 && now - since > patience.toNanos();
    }

    /** Closes the channel's writing side with it. */
    @Override
    public void close() {
        writer.interrupt();
    }
}
