package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.Language;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Script hosts for tests. */
public final class TestHosts {
    private TestHosts() {}

    /** All tests share the unpacked Python library. */
    public static Path library() {
        return Path.of("target", "script-library").toAbsolutePath();
    }

    public static HostSettings settings(
            Set<Language> warm, int maxHosts, int heapMebibytes, HostSettings.Times times) {
        return new HostSettings(
                warm, 1, maxHosts, heapMebibytes, library(), Optional.empty(), times);
    }

    /** They don't live long enough for the JVM's second compiler to be of use. */
    public static ScriptHosts start(HostSettings settings) {
        return new ScriptHosts(settings, language -> quick(HostCommand.java(settings, language)));
    }

    private static HostCommand quick(HostCommand command) {
        return work -> {
            List<String> line = new ArrayList<>(command.in(work));
            line.add(1, "-XX:TieredStopAtLevel=1");
            return line;
        };
    }
}
