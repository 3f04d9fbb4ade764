package io.magicproxy.testing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** A real Redis as a child process, with nothing to install; can be killed and started again. */
public final class RealRedis implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String CLUSTER = "--cluster-enabled";
    private static final int BUS = 10_000;
    private static final int TRIES = 100;

    private final Path program;
    private final Path folder;
    private final int port;
    private final List<String> settings;
    private final List<String> role;
    private @Nullable Process process;

    private RealRedis(Path folder, List<String> role, List<String> settings) throws IOException {
        this.program =
                ExecutableProvider.newJarResourceProvider(
                                () -> Files.createDirectories(folder.resolve("program")).toFile())
                        .get()
                        .toPath();
        this.folder = Files.createDirectories(folder.resolve("data"));
        this.settings = settings;
        this.role = role;
        this.port = settings.contains(CLUSTER) ? freePair() : freePort(0);
    }

    private static int freePort(int wanted) throws IOException {
        try (ServerSocket free = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** One of a cluster needs another port, which is this much higher. */
    private static int freePair() throws IOException {
        for (int tries = 0; tries < TRIES; tries++) {
            // Below those that the system gives out by itself.
            int port = ThreadLocalRandom.current().nextInt(12_000, 22_000);
            try {
                return freePort(freePort(port + BUS) - BUS);
            } catch (BindException e) {
                // Another one, then.
            }
        }
        throw new BindException("no port is free");
    }

    /** Keeps what it holds, as it must. */
    public static RealRedis start(Path folder) {
        return start(folder, "--appendonly", "yes", "--maxmemory-policy", "noeviction");
    }

    public static RealRedis start(Path folder, String... settings) {
        try {
            RealRedis redis = new RealRedis(folder, List.of(), List.of(settings));
            redis.begin();
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sentinel that has a replica take the place of a master which has been away for long. */
    public static RealRedis sentinelOf(RealRedis master, Path folder) {
        try {
            Path file = Files.createDirectories(folder).resolve("sentinel.conf");
            Files.writeString(
                    file,
                    """
                    sentinel monitor mymaster 127.0.0.1 %d 1
                    sentinel down-after-milliseconds mymaster 500
                    sentinel failover-timeout mymaster 3000
                    """
                            .formatted(master.port));
            List<String> role = List.of(file.toString(), "--sentinel");
            RealRedis sentinel = new RealRedis(folder, role, List.of());
            sentinel.begin();
            return sentinel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, or starts it again where it was. */
    public void begin() {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(role);
        command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
        command.addAll(List.of("--dir", folder.toString(), "--daemonize", "no"));
        if (role.isEmpty()) {
            command.addAll(List.of("--save", "", "--appendfsync", "always"));
        }
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

    /**
     * Asks it without a client library.
     *
     * @return the answer as it came, without what stands before a text or number; lists by lines
     */
    public String command(String... parts) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
            socket.setSoTimeout((int) LONG.toMillis());
            var asked = new StringBuilder("*" + parts.length + "\r\n");
            for (String part : parts) {
                int bytes = part.getBytes(StandardCharsets.UTF_8).length;
                asked.append('$').append(bytes).append("\r\n").append(part).append("\r\n");
            }
            socket.getOutputStream().write(asked.toString().getBytes(StandardCharsets.UTF_8));
            return answer(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String answer(InputStream in) throws IOException {
        String line = line(in);
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '-' -> throw new IOException(rest);
            case '$' -> {
                int bytes = Integer.parseInt(rest);
                yield bytes < 0 ? "" : text(in, bytes);
            }
            case '*' -> {
                var all = new StringBuilder();
                for (int i = Integer.parseInt(rest); i > 0; i--) {
                    all.append(answer(in)).append('\n');
                }
                yield all.toString();
            }
            default -> rest;
        };
    }

    private static String text(InputStream in, int bytes) throws IOException {
        String text = new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
        line(in);
        return text;
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("Redis has hung up");
            }
            line.append((char) next);
        }
        return line.substring(0, line.length() - 1);
    }

    public int port() {
        return port;
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

    public boolean isAlive() {
        Process now = process;
        return now != null && now.isAlive();
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
