package io.magicproxy.testing;

import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps a test run's output to warnings; named by the build as java.util.logging's configuration.
 */
public final class QuietLogging {
    public QuietLogging() {
        Logger root = Logger.getLogger("");
        ConsoleHandler console = new ConsoleHandler();
        console.setLevel(Level.WARNING);
        root.addHandler(console);
        root.setLevel(Level.INFO);
    }
}
