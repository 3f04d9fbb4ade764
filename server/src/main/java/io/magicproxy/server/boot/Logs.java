package io.magicproxy.server.boot;

import io.magicproxy.config.Environment;
import io.magicproxy.telemetry.LogFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Logs go to standard error: a JSON object a line, or a readable line when a person looks on. */
final class Logs {
    private static final String FORMAT = "MAGIC_PROXY_LOG_FORMAT";

    /** Held, since java.util.logging forgets the settings of loggers that nobody holds. */
    private static final Logger HELIDON = Logger.getLogger("io.helidon");

    private static final Logger MCP = Logger.getLogger("io.modelcontextprotocol");

    /** What they say of servers that are away is said by the gateway, once. */
    private static final List<Logger> BACKENDS =
            List.of(Logger.getLogger("org.apache.kafka"), Logger.getLogger("org.redisson"));

    private Logs() {}

    static void setUp(Environment environment) {
        LogManager.getLogManager().reset();
        Handler handler = new ConsoleHandler();
        handler.setFormatter(formatter(given(environment).orElse(LogFormat.AUTO)));
        handler.setLevel(Level.ALL);
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        root.setLevel(Level.INFO);
        // It says in a dozen lines that it has started; the gateway says so itself.
        HELIDON.setLevel(Level.WARNING);
        // What servers and clients of others answer is told where it is asked.
        MCP.setLevel(Level.WARNING);
        BACKENDS.forEach(logger -> logger.setLevel(Level.SEVERE));
    }

    /** As the configuration has it, unless the environment has said how. */
    static void format(LogFormat configured, Environment environment) {
        LogFormat format = given(environment).orElse(configured);
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            boolean ours =
                    handler.getFormatter() instanceof JsonLines
                            || handler.getFormatter() instanceof PlainLines;
            if (ours) {
                handler.setFormatter(formatter(format));
            }
        }
    }

    private static Optional<LogFormat> given(Environment environment) {
        return environment
                .get(FORMAT)
                .flatMap(name ->
                        Arrays.stream(LogFormat.values())
                                .filter(format ->
                                        format.name().equals(name.toUpperCase(Locale.ROOT)))
                                .findFirst());
    }

    private static Formatter formatter(LogFormat format) {
        return switch (format) {
            case JSON -> new JsonLines();
            case TEXT -> new PlainLines();
            case AUTO -> Terminals.showsErrors() ? new PlainLines() : new JsonLines();
        };
    }

    /** For commands whose own output says most of it. */
    static void atLeast(Level level) {
        Logger.getLogger("").setLevel(level);
    }
}
