package io.magicproxy.mcp.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.tool.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What came of a call, from the protocol's words. */
final class RemoteResult {
    private RemoteResult() {}

    /**
     * @param timeout that the tool has, for a server that says no more than that it ran out
     */
    static ToolResult of(ObjectNode answer, ServerSettings.Kind kind, Duration timeout) {
        boolean own = kind == ServerSettings.Kind.OWN;
        JsonNode meta = answer.path("_meta");
        if (answer.path("isError").asBoolean(false)) {
            String code = meta.path(OwnMeta.ERROR).path("code").asText("tool_error");
            if (own && code.equals("tool_timeout")) {
                return new ToolResult.TimedOut(timeout);
            }
            String message = meta.path(OwnMeta.ERROR).path("message").asText();
            return new ToolResult.Failed(
                    own ? code : "tool_error", own && !message.isEmpty() ? message : said(answer));
        }
        if (!answer.path("content").isArray() && !answer.path("structuredContent").isObject()) {
            return new ToolResult.Failed("tool_error", "the server's answer has no content");
        }
        return new ToolResult.Ok(value(answer, own && meta.path(OwnMeta.JSON).asBoolean(false)));
    }

    private static String said(ObjectNode answer) {
        List<String> texts = new ArrayList<>();
        for (JsonNode block : answer.path("content")) {
            if (block.path("text").isTextual()) {
                texts.add(block.path("text").asText());
            }
        }
        return texts.isEmpty() ? "the tool failed, and gave no reason" : String.join("\n", texts);
    }

    /** A text alone is a text, and an object that is told twice is told once. */
    private static JsonNode value(ObjectNode answer, boolean json) {
        JsonNode blocks = answer.path("content");
        JsonNode structured = answer.path("structuredContent");
        boolean plain =
                blocks.size() == 1
                        && blocks.path(0).path("type").asText().equals("text")
                        && blocks.path(0).path("text").isTextual();
        if (plain) {
            String text = blocks.path(0).path("text").asText();
            if (structured.isObject() && structured.equals(read(text))) {
                return structured;
            }
            if (!structured.isObject()) {
                return json ? read(text) : JsonNodeFactory.instance.textNode(text);
            }
        }
        if (blocks.isEmpty() && structured.isObject()) {
            return structured;
        }
        ObjectNode whole = Json.object();
        whole.set("content", blocks);
        if (structured.isObject()) {
            whole.set("structuredContent", structured);
        }
        return whole;
    }

    private static JsonNode read(String text) {
        try {
            return Json.read(text);
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.textNode(text);
        }
    }
}
