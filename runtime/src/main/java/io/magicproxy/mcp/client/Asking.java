package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.telemetry.Trace;
import io.magicproxy.tool.ToolCall;
import java.util.Optional;

/** Parameters of requests. */
final class Asking {
    /** Of one server, whatever is taken of them. */
    static final int MAX_LISTED = 2000;

    private Asking() {}

    static ObjectNode nothing() {
        return Json.object();
    }

    static ObjectNode page(Optional<String> cursor) {
        ObjectNode params = Json.object();
        cursor.ifPresent(place -> params.put("cursor", place));
        return params;
    }

    /**
     * @param token by which the server tells how far the call is
     */
    static ObjectNode call(String tool, ToolCall call, String token) {
        ObjectNode params = Json.object().put("name", tool);
        params.set("arguments", call.arguments());
        ObjectNode meta = params.putObject("_meta");
        meta.put("progressToken", token).put(OwnMeta.KEY, call.id());
        Trace.here().outgoing().forEach(meta::put);
        return params;
    }
}
