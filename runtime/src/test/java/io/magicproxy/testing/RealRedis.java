package io.magicproxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** A real Redis as a child process, with nothing to install; can be killed and started again. */
public final class RealRedis implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Path program;
    private final Path folder;
    private final int port;
    private final List<String> settings;
    private @Nullable Process process;

    private RealRedis(Path folder, List<String> settings) throws IOException {
        this.program =
                ExecutableProvider.newJarResourceProvider(
                                () -> Files.createDirectories(folder.resolve("program")).toFile())
                        .get()
                        .toPath();
        this.folder = Files.createDirectories(folder.resolve("data"));
        this.settings = settings;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = free.getLocalPort();
        }
    }

    /** Keeps what it holds, as it must. */
    public static RealRedis start(Path folder) {
        return start(folder, "--appendonly", "yes", "--maxmemory-policy", "noeviction");
    }

    public static RealRedis start(Path folder, String... settings) {
        try {
            RealRedis redis = new RealRedis(folder, List.of(settings));
            redis.begin();
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, or starts it again where it was. */
    public void begin() {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(program.toString(), "--port", Integer.toString(port)));
        command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendfsync", "always"));
        command.addAll(List.of("--dir", folder.toString(), "--daemonize", "no"));
        command.addAll(settings);
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("redis.log").toFile())
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long end = System.nanoTime() + LONG.toNanos();
        while (!answers()) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new AssertionError("Redis doesn't start: " + log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            socket.setSoTimeout(200);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("redis.log"));
        } catch (IOException e) {
            return String.valueOf(e);
        }
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** As by a power cut. */
    public void kill() {
        Process killed = process;
        if (killed != null) {
            killed.destroyForcibly();
            killed.onExit().orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
