package io.magicproxy.sandbox.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Writes packets in the order in which they were put in. Only its own thread touches the channel:
 * an interrupt of a thread that writes would close it.
 */
final class Outbox implements AutoCloseable {
    private static final int TOGETHER = 64;

    private final SocketChannel channel;
    private final BlockingQueue<ByteBuffer> waiting = new LinkedBlockingQueue<>();
    private final Thread writer;

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
                ByteBuffer[] packets = next.toArray(ByteBuffer[]::new);
                while (packets[packets.length - 1].hasRemaining()) {
                    channel.write(packets);
                }
                next.clear();
            }
        } catch (IOException e) {
            // Who reads the same channel sees its end, too, and does what is to be done.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the channel's writing side with it. */
    @Override
    public void close() {
        writer.interrupt();
    }
}
