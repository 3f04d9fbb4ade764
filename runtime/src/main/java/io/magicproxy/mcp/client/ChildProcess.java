package io.magicproxy.mcp.client;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A server's process and those that it has started. It has an environment of its own, and is
 * stopped with us: if we are killed its standard input ends, which tells it to go.
 */
final class ChildProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Without these many a program doesn't find itself; none of them is a secret. */
    private static final Set<String> NEEDED =
            Set.of(
                    "PATH",
                    "HOME",
                    "USER",
                    "LOGNAME",
                    "SHELL",
                    "TERM",
                    "LANG",
                    "LC_ALL",
                    "LC_CTYPE",
                    "TZ",
                    "TMPDIR",
                    "TEMP",
                    "TMP",
                    "SYSTEMROOT",
                    "SYSTEMDRIVE",
                    "COMSPEC",
                    "PATHEXT",
                    "WINDIR",
                    "USERPROFILE",
                    "APPDATA",
                    "LOCALAPPDATA");

    private final Process process;
    private final Set<ProcessHandle> family = new HashSet<>();

    private ChildProcess(Process process) {
        this.process = process;
    }

    static ChildProcess start(ServerSettings.Endpoint.Program program) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(program.command()).directory(program.folder().toFile());
        Map<String, String> environment = builder.environment();
        Map<String, String> kept = new HashMap<>(environment);
        kept.keySet().retainAll(NEEDED);
        environment.clear();
        environment.putAll(kept);
        environment.putAll(program.environment());
        return new ChildProcess(builder.start());
    }

    Process process() {
        return process;
    }

    /** Remembers whom it has started, to find them when it is gone. */
    synchronized void look() {
        process.descendants().forEach(family::add);
    }

    /** Asks it to end, and makes it. */
    @Override
    public void close() {
        look();
        // Whoever is blocked on writing to it would block this, too.
        Thread.ofPlatform().daemon().start(() -> closeInput(process.getOutputStream()));
        if (!ended()) {
            List<ProcessHandle> left = living();
            left.forEach(ProcessHandle::destroy);
            process.destroy();
            if (!ended()) {
                process.destroyForcibly();
            }
        }
        living().forEach(ProcessHandle::destroyForcibly);
    }

    private synchronized List<ProcessHandle> living() {
        return family.stream().filter(ProcessHandle::isAlive).toList();
    }

    private boolean ended() {
        try {
            return process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void closeInput(OutputStream input) {
        try {
            input.close();
        } catch (IOException e) {
            // It doesn't read any more.
        }
    }
}
