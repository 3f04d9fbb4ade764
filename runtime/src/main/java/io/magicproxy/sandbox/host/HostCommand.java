package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.Language;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The command line of a host, apart from where it works. */
interface HostCommand {
    /** For a process that works in this folder. */
    List<String> in(Path work);

    /** A JVM like this one, with what this one runs, that holds nothing else of it. */
    static HostCommand java(HostSettings settings, Language language) {
        return work -> {
            List<String> command = new ArrayList<>(jvm(settings, work));
            command.add(ScriptHostMain.class.getName());
            command.add(Long.toString(settings.times().heartbeat().toMillis()));
            command.add(language.name());
            return command;
        };
    }

    /** Up to the main class. */
    static List<String> jvm(HostSettings settings, Path work) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options(settings, work));
        command.addAll(List.of("-cp", classPath()));
        return command;
    }

    /** It works in another folder than this process. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> options(HostSettings settings, Path work) {
        List<String> options = new ArrayList<>();
        options.add("-Xmx" + settings.heapMebibytes() + "m");
        options.addAll(
                List.of(
                        "-XX:MaxMetaspaceSize=256m",
                        "-XX:+UseSerialGC",
                        // Without these a long loop of a builtin could hold up the heartbeat.
                        "-XX:+UseCountedLoopSafepoints",
                        "-XX:LoopStripMiningIter=1000",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:-UsePerfData",
                        "-XX:+DisableAttachMechanism",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr",
                        "-Dpolyglot.engine.WarnInterpreterOnly=false",
                        "-Dpolyglot.engine.userResourceCache=" + settings.cache().toAbsolutePath(),
                        "-Djava.io.tmpdir=" + work,
                        // Python shows these to scripts.
                        "-Duser.name=script",
                        "-Duser.home=/script"));
        settings.aotCache()
                .filter(Files::isRegularFile)
                .ifPresent(file -> options.add("-XX:AOTCache=" + file.toAbsolutePath()));
        return options;
    }
}
