package io.magicproxy.server;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Other people's clients, installed from their lock files into {@code target/sdk}. CI has what they
 * need; elsewhere their tests are skipped without it.
 */
public final class SdkFolder {
    private static final Path SOURCES =
            Path.of(System.getProperty("project.root", "..")).resolve("server/src/test/sdk");
    private static final Path TOOLS = Path.of("target/sdk").toAbsolutePath();

    private SdkFolder() {}

    /** Skips the test if one of the programs is missing, except in CI. */
    public static void assumeThere(String... programs) {
        boolean there = Stream.of(programs).allMatch(program -> runs(program, "--version"));
        assumeTrue(
                there || System.getenv("CI") != null,
                String.join(" and ", programs) + " are needed");
    }

    public static Path of(String name) {
        return TOOLS.resolve(name);
    }

    /**
     * Copies the scripts, and installs what they need unless that was done for the same lock file.
     */
    public static Path install(String name, String lock, List<String> command) throws Exception {
        Path to = of(name);
        Files.createDirectories(to);
        // Test classes run in two JVMs.
        try (FileChannel turns = FileChannel.open(TOOLS.resolve(name + ".lock"), CREATE, WRITE);
                FileLock _ = turns.lock()) {
            Path from = SOURCES.resolve(name);
            try (var files = Files.list(from)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    copy(file, to.resolve(file.getFileName()));
                }
            }
            Path done = to.resolve("installed");
            String wanted = Files.readString(from.resolve(lock)) + command;
            if (!Files.exists(done) || !Files.readString(done).equals(wanted)) {
                run(to, command.toArray(String[]::new));
                Files.writeString(done, wanted);
            }
        }
        return to;
    }

    /** Leaves alone what is the same: it may be in use. */
    private static void copy(Path from, Path to) throws IOException {
        if (!Files.exists(to) || Files.mismatch(from, to) >= 0) {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    public static boolean runs(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    /** What the program said; it must end well. */
    public static String run(Path directory, String... command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(List.of(command) + "\n" + said).isZero();
        return said;
    }
}
