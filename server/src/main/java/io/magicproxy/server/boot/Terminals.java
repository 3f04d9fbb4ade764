package io.magicproxy.server.boot;

import java.io.Console;
import java.util.Optional;

/** Whether a person looks on. */
final class Terminals {
    private Terminals() {}

    static boolean interactive() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }
}
