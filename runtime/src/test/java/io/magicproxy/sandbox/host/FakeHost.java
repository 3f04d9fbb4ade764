package io.magicproxy.sandbox.host;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A host that a script has taken over: its argument says how it lies. */
final class FakeHost {
    private FakeHost() {}

    public static void main(String[] arguments) throws IOException {
        var stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var address = UnixDomainSocketAddress.of(stdin.readLine());
        String token = stdin.readLine();
        String lie = arguments[0];
        try (var channel = SocketChannel.open(address)) {
            var in = new DataInputStream(Channels.newInputStream(channel));
            long pid = ProcessHandle.current().pid();
            say(channel, new FromHost.Hello(lie.equals("token") ? "0".repeat(64) : token, pid));
            say(channel, new FromHost.Ready());
            while (true) {
                if (Wire.readToHost(in).frame() instanceof ToHost.Run run) {
                    lie(channel, lie, run.run());
                }
            }
        }
    }

    private static void lie(SocketChannel channel, String lie, long run) throws IOException {
        switch (lie) {
            case "call of another's run" -> say(channel, new FromHost.Call(run + 1, 1, "echo"));
            case "result of another's run" -> say(channel, new FromHost.Result(run + 1));
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
                                            new FromHost.Failed(run),
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
            case "silence" -> {}
            default -> throw new IllegalArgumentException(lie);
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
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    static HostCommand command(String lie) {
        return work ->
                List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeHost.class.getName(),
                        lie);
    }
}
