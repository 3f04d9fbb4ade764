package io.magicproxy.server.boot;

import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.telemetry.Trace;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * For a person's eyes. What others wrote can't begin a line: its line ends are shown as {@code \n},
 * and an exception's own lines stand apart from the margin.
 */
final class PlainLines extends Formatter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final String MARGIN = "\n    ";

    @Override
    public String format(LogRecord entry) {
        var line = new StringBuilder();
        line.append(TIME.format(entry.getInstant())).append(' ').append(entry.getLevel().getName());
        if (RequestInfo.CURRENT.isBound()) {
            line.append(" [").append(RequestInfo.CURRENT.get().id()).append(']');
        }
        Trace.here().session().ifPresent(id -> line.append(" [").append(id).append(']'));
        line.append(' ').append(LogText.escaped(formatMessage(entry)));
        if (entry.getThrown() != null) {
            LogText.trace(entry.getThrown())
                    .lines()
                    .forEach(each -> line.append(MARGIN).append(LogText.escaped(each)));
        }
        return line.append('\n').toString();
    }
}
