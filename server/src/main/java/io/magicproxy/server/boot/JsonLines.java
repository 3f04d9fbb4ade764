package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.telemetry.Trace;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** A JSON object a line, with all by which it can be found again. */
final class JsonLines extends Formatter {
    @Override
    public String format(LogRecord entry) {
        ObjectNode line = Json.object();
        line.put("ts", entry.getInstant().toString());
        line.put("level", entry.getLevel().getName());
        line.put("logger", entry.getLoggerName());
        line.put("message", formatMessage(entry));
        Trace here = Trace.here();
        here.traceId().ifPresent(id -> line.put("trace_id", id));
        here.spanId().ifPresent(id -> line.put("span_id", id));
        if (RequestInfo.CURRENT.isBound()) {
            line.put("request_id", RequestInfo.CURRENT.get().id());
        }
        here.session().ifPresent(id -> line.put("session_id", id));
        if (entry.getThrown() != null) {
            line.put("error", LogText.trace(entry.getThrown()));
        }
        return LogText.escaped(Json.text(line)) + "\n";
    }
}
