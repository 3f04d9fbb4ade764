package io.magicproxy.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A JVM of its own with the test's class path, to be killed or asked to end. It inherits no
 * environment but what it is given.
 */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final List<Thread> readers;

    private ChildJvm(Process process) {
        this.process = process;
        this.readers =
                List.of(
                        reading(process.getInputStream(), out),
                        reading(process.getErrorStream(), err));
    }

    /** Starts a class's {@code main} in that folder. */
    public static ChildJvm start(
            Class<?> main, Path folder, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new ChildJvm(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread reading(InputStream from, List<String> into) {
        return Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try (var lines =
                            new BufferedReader(
                                    new InputStreamReader(from, StandardCharsets.UTF_8))) {
                        lines.lines().forEach(into::add);
                    } catch (IOException | UncheckedIOException e) {
                        // The process is gone.
                    }
                });
    }

    /** The whole lines that it has written to its standard output so far. */
    public List<String> out() {
        return List.copyOf(out);
    }

    /** The same of its standard error. */
    public List<String> err() {
        return List.copyOf(err);
    }

    /** Waits for the first line of the standard output with that text. */
    public String awaitOut(String text, Duration limit) {
        await(() -> out.stream().anyMatch(line -> line.contains(text)), "\"" + text + "\"", limit);
        return out.stream().filter(line -> line.contains(text)).findFirst().orElseThrow();
    }

    /** Waits for so many lines of the standard output. */
    public void awaitOut(int lines, Duration limit) {
        await(() -> out.size() >= lines, lines + " lines", limit);
    }

    private void await(BooleanSupplier there, String what, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!there.getAsBoolean()) {
            if (System.nanoTime() > end || (!process.isAlive() && ended(there))) {
                throw new AssertionError("the child never said " + what + ": " + out + err);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** True if all was read and it still isn't there. */
    private boolean ended(BooleanSupplier there) {
        readAll();
        return !there.getAsBoolean();
    }

    /** Waits for its end; all that it said is there then. */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the child still runs after " + limit + ": " + out + err);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for the child's end", e);
        }
        readAll();
        return process.exitValue();
    }

    private void readAll() {
        try {
            for (Thread reader : readers) {
                reader.join(Duration.ofSeconds(10));
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while reading the child's output", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM: asks it to end. */
    public void terminate() {
        process.destroy();
    }

    /** SIGKILL: it is gone when this returns. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(30));
    }

    @Override
    public void close() {
        kill();
    }
}
