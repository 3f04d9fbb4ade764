package io.magicproxy.sandbox.host;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A host that a script has taken over. Its process, a shell, only passes on what it was told; a
 * thread of the test does the talking, which is quicker than another JVM.
 */
final class FakeHost {
    private static final String PASS_ON =
            "{ echo $$; head -n 2; } > part && mv part told; exec sleep 600";

    private FakeHost() {}

    /**
     * @param lie how it lies
     */
    static HostCommand command(String lie) {
        return work -> {
            Thread.ofPlatform().daemon().name("fake-host").start(() -> talk(work, lie));
            return List.of("/bin/sh", "-c", PASS_ON);
        };
    }

    private static void talk(Path work, String lie) {
        Path told = work.resolve("told");
        while (Files.exists(work) && !Files.exists(told)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        try {
            List<String> lines = Files.readAllLines(told);
            var address = UnixDomainSocketAddress.of(lines.get(1));
            try (var channel = SocketChannel.open(address)) {
                talk(channel, lie, Long.parseLong(lines.getFirst()), lines.get(2));
            }
        } catch (IOException e) {
            // The gateway has had enough.
        }
    }

    private static void talk(SocketChannel channel, String lie, long pid, String token)
            throws IOException {
        var in = new DataInputStream(Channels.newInputStream(channel));
        say(channel, new FromHost.Hello(lie.equals("token") ? "0".repeat(64) : token, pid));
        if (!lie.equals("silence")) {
            Thread.ofPlatform().daemon().start(() -> beat(channel));
        }
        if (!lie.equals("never ready")) {
            say(channel, new FromHost.Ready());
        }
        while (true) {
            if (Wire.readToHost(in).frame() instanceof ToHost.Run run) {
                lie(channel, lie, run.run());
            }
        }
    }

    private static void lie(SocketChannel channel, String lie, long run) throws IOException {
        switch (lie) {
            case "call of another's run" -> say(channel, new FromHost.Call(run + 1, 1, "echo"));
            case "result of another's run" -> say(channel, new FromHost.Result(run + 1));
            case "no result" ->
                    write(channel, Wire.fromHost(new Packet<>(new FromHost.Result(run), "}{")));
            case "two results" -> {
                say(channel, new FromHost.Call(run, 1, "hold"));
                say(channel, new FromHost.Result(run + 7));
            }
            case "call twice" -> {
                say(channel, new FromHost.Call(run, 1, "hold"));
                say(channel, new FromHost.Call(run, 1, "hold"));
            }
            case "second hello" -> say(channel, new FromHost.Hello("x", 1));
            case "unknown failure" ->
                    write(
                            channel,
                            Wire.fromHost(
                                    new Packet<>(
                                            new FromHost.Failed(run, false),
                                            "{\"kind\":\"lost\",\"message\":\"x\"}")));
            case "unknown type" -> raw(channel, "{\"type\":\"java.lang.Runtime\",\"run\":1}");
            case "no json" -> raw(channel, "\0\1\2");
            case "null fields" -> raw(channel, "{\"type\":\"call\",\"run\":1}");
            case "huge" -> write(channel, ByteBuffer.allocate(8).putInt(0x7fffffff).flip());
            case "negative" -> write(channel, ByteBuffer.allocate(8).putInt(-1).flip());
            case "flood" -> {
                for (int i = 0; i < 100_000; i++) {
                    write(
                            channel,
                            Wire.fromHost(
                                    new Packet<>(
                                            new FromHost.Tell(run, "slow"), "x".repeat(4096))));
                }
            }
            case "calls without end" -> {
                for (int i = 1; i <= 2000; i++) {
                    say(channel, new FromHost.Call(run, i, "hold"));
                }
            }
            case "deaf" -> {
                for (int i = 1; i <= 50; i++) {
                    say(channel, new FromHost.Call(run, i, "large"));
                }
                LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(1));
            }
            case "silence" -> {}
            default -> throw new IllegalArgumentException(lie);
        }
    }

    private static void beat(SocketChannel channel) {
        try {
            while (true) {
                say(channel, new FromHost.Heartbeat(0, List.of()));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        } catch (IOException e) {
            // The gateway has had enough.
        }
    }

    private static void raw(SocketChannel channel, String frame) throws IOException {
        byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
        write(
                channel,
                ByteBuffer.allocate(8 + bytes.length)
                        .putInt(4 + bytes.length)
                        .putInt(bytes.length)
                        .put(bytes)
                        .flip());
    }

    private static void say(SocketChannel channel, FromHost frame) throws IOException {
        write(channel, Wire.fromHost(Packet.of(frame)));
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        synchronized (channel) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
