package io.magicproxy.server.boot;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether a person looks on. */
final class Terminals {
    /** Where Linux tells what standard error is; Java has no word for it. */
    private static final Path ERRORS = Path.of("/proc/self/fd/2");

    private Terminals() {}

    static boolean interactive() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    /** Whether standard error is a terminal; where that can't be told, whether the rest is one. */
    static boolean showsErrors() {
        try {
            String target = Files.readSymbolicLink(ERRORS).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return interactive();
        }
    }
}
