package io.magicproxy.sandbox.host;

import com.sun.management.ThreadMXBean;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.Language;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A script host's main: reads the socket's path and a token from its standard input, runs what the
 * gateway sends, and halts when the gateway is gone. Its arguments are the languages to warm up and
 * the milliseconds between heartbeats.
 */
public final class ScriptHostMain {
    private static final int BUFFER = 64 << 10;

    /** What {@code -XX:+ExitOnOutOfMemoryError} ends with. */
    static final int OUT_OF_MEMORY = 3;

    private ScriptHostMain() {}

    public static void main(String[] arguments) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String path = in.readLine();
        String token = in.readLine();
        if (path == null || token == null) {
            throw new IOException("The gateway starts this process; it isn't for use by hand");
        }
        Thread.ofPlatform().daemon().name("parent-watch").start(() -> haltAtEnd(in));
        var channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        try {
            serve(channel, token, arguments);
        } catch (IOException e) {
            // The gateway is gone, or doesn't want this process any more.
            Runtime.getRuntime().halt(0);
        }
    }

    /** Nothing here is worth an orderly end, and guests could keep one waiting. */
    private static void haltAtEnd(BufferedReader in) {
        try {
            while (in.read() >= 0) {
                // Nothing more is expected; the end is.
            }
        } catch (IOException e) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(0);
    }

    private static void serve(SocketChannel channel, String token, String[] arguments)
            throws IOException {
        var outbox = Outbox.start(channel, "outbox");
        outbox.put(packet(new FromHost.Hello(token, ProcessHandle.current().pid())));
        var runtime = new InProcessRuntime();
        var service = new HostService(runtime, packet -> outbox.put(Wire.fromHost(packet)));
        HeapGuard.watch(() -> Runtime.getRuntime().halt(OUT_OF_MEMORY));
        beat(outbox, service, Long.parseLong(arguments[0]));
        Thread.ofPlatform()
                .daemon()
                .name("warm-up")
                .start(() -> {
                    for (int i = 1; i < arguments.length; i++) {
                        WarmUp.run(runtime, Language.valueOf(arguments[i]));
                    }
                    outbox.put(packet(new FromHost.Ready()));
                });
        service.serve(
                new DataInputStream(
                        new BufferedInputStream(Channels.newInputStream(channel), BUFFER)));
    }

    private static void beat(Outbox outbox, HostService service, long millis) {
        var timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("heartbeat").factory());
        var _ =
                timer.scheduleAtFixedRate(
                        () -> outbox.put(packet(heartbeat(service))),
                        0,
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    private static FromHost heartbeat(HostService service) {
        return new FromHost.Heartbeat(HeapGuard.percent(), allocated(service.runs()));
    }

    private static List<FromHost.Allocated> allocated(Map<Long, HostedRun> runs) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<FromHost.Allocated> result = new ArrayList<>();
        runs.forEach((number, run) ->
                run.thread()
                        .ifPresent(thread -> {
                            long bytes = threads.getThreadAllocatedBytes(thread);
                            if (bytes >= 0) {
                                result.add(new FromHost.Allocated(number, bytes));
                            }
                        }));
        return result;
    }

    private static ByteBuffer packet(FromHost frame) {
        return Wire.fromHost(Packet.of(frame));
    }
}
