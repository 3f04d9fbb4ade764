package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.http.RequestInfo;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Logs go to standard error: a JSON object a line, or a readable line when a person looks on. */
final class Logs {
    /** Held, since java.util.logging forgets the settings of loggers that nobody holds. */
    private static final Logger HELIDON = Logger.getLogger("io.helidon");

    private static final Logger MCP = Logger.getLogger("io.modelcontextprotocol");

    private Logs() {}

    static void setUp() {
        LogManager.getLogManager().reset();
        Handler handler = new ConsoleHandler();
        handler.setFormatter(Terminals.interactive() ? new PlainLines() : new JsonLines());
        handler.setLevel(Level.ALL);
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        root.setLevel(Level.INFO);
        // It says in a dozen lines that it has started; the gateway says so itself.
        HELIDON.setLevel(Level.WARNING);
        // What servers and clients of others answer is told where it is asked.
        MCP.setLevel(Level.WARNING);
    }

    /** For commands whose own output says most of it. */
    static void atLeast(Level level) {
        Logger.getLogger("").setLevel(level);
    }

    private static final class JsonLines extends Formatter {
        @Override
        public String format(LogRecord entry) {
            ObjectNode line = Json.object();
            line.put("time", entry.getInstant().toString());
            line.put("level", entry.getLevel().getName());
            line.put("logger", entry.getLoggerName());
            line.put("message", formatMessage(entry));
            if (RequestInfo.CURRENT.isBound()) {
                line.put("request_id", RequestInfo.CURRENT.get().id());
            }
            if (entry.getThrown() != null) {
                line.put("error", trace(entry.getThrown()));
            }
            return Json.text(line) + "\n";
        }
    }

    private static final class PlainLines extends Formatter {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

        @Override
        public String format(LogRecord entry) {
            String id =
                    RequestInfo.CURRENT.isBound()
                            ? " [" + RequestInfo.CURRENT.get().id() + "]"
                            : "";
            String error = entry.getThrown() == null ? "" : "\n" + trace(entry.getThrown());
            return TIME.format(entry.getInstant())
                    + " "
                    + entry.getLevel().getName()
                    + id
                    + " "
                    + formatMessage(entry)
                    + error
                    + "\n";
        }
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString().strip();
    }
}
