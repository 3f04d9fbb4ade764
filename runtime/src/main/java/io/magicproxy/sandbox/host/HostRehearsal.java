package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.PythonLibrary;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes {@link HostFiles}: a JVM like a host's runs both languages once and leaves to later ones
 * what it has loaded. The build ends with it, as the files fit only the jars and the JDK that they
 * were made with; a JVM that finds them unfit does without.
 */
public final class HostRehearsal {
    private static final int ROUNDS = 3;
    private static final int FRAMES = 100;

    private HostRehearsal() {}

    /** The argument is the folder to make. Without one, this is the process that rehearses. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0) {
            rehearse();
        } else if (!make(new HostFiles(Path.of(arguments[0]).toAbsolutePath()))) {
            System.exit(1);
        }
    }

    private static void rehearse() throws IOException {
        PythonLibrary.compile();
        var runtime = new InProcessRuntime();
        for (int round = 0; round < ROUNDS; round++) {
            for (Language language : Language.values()) {
                WarmUp.run(runtime, language);
            }
        }
        frames();
        runtime.close();
        System.exit(0); // Guests' threads may linger; the files are written on the way out.
    }

    private static void frames() throws IOException {
        var call = new Packet<FromHost>(new FromHost.Call(1, 1, "echo"), "1");
        var answer =
                new Packet<ToHost>(new ToHost.Answer(1, 1, ToHost.Time.of(Instant.EPOCH)), "1");
        for (int i = 0; i < FRAMES; i++) {
            Wire.readFromHost(in(Wire.fromHost(call)));
            Wire.readToHost(in(Wire.toHost(answer)));
        }
    }

    private static DataInputStream in(ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(bytes);
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    /** True if it worked. */
    static boolean make(HostFiles files) throws IOException, InterruptedException {
        Path folder = files.folder();
        if (Files.exists(folder)) {
            HostProcess.delete(folder);
        }
        Files.createDirectories(folder);
        Path work = Files.createDirectory(folder.resolve("work"));
        Path made = work.resolve("made.aot");
        var builder = new ProcessBuilder(command(files, work, made));
        builder.environment().clear();
        boolean worked =
                builder.directory(work.toFile()).inheritIO().start().waitFor() == 0
                        && Files.exists(made);
        if (worked) {
            Files.move(made, files.aotCache(), StandardCopyOption.ATOMIC_MOVE);
        }
        HostProcess.delete(work);
        return worked;
    }

    private static List<String> command(HostFiles files, Path work, Path made) {
        var settings =
                new HostSettings(
                        Set.of(),
                        1,
                        1,
                        HostSettings.defaults(work).heapMebibytes(),
                        files.library(),
                        Optional.empty(),
                        HostSettings.Times.defaults());
        List<String> command = new ArrayList<>(HostCommand.jvm(settings, work));
        command.add(1, "-XX:AOTCacheOutput=" + made);
        command.add(HostRehearsal.class.getName());
        return command;
    }
}
