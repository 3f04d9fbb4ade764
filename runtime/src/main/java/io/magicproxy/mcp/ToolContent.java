package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.mcp.client.OwnMeta;
import io.magicproxy.tool.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A tool's result as the protocol wants it: blocks of content. A tool that has more to give than
 * text returns such blocks itself, as {@code {"content": [{"type": "image", …}]}}.
 */
final class ToolContent {
    private static final String CONTENT = "content";
    private static final Set<String> TYPES =
            Set.of("text", "image", "audio", "resource", "resource_link");
    private static final Set<String> OWN = Set.of(CONTENT, "structuredContent", "isError", "_meta");

    private ToolContent() {}

    static ObjectNode of(ToolResult result) {
        return switch (result) {
            case ToolResult.Ok(var value) -> ok(value);
            case ToolResult.Failed(var code, var message) -> error(code, message);
            case ToolResult.TimedOut(var after) ->
                    error(
                            "tool_timeout",
                            "the tool gave no result within "
                                    + after.toSeconds()
                                    + " s; it may have had its effect all the same");
        };
    }

    private static ObjectNode ok(JsonNode value) {
        if (isContent(value)) {
            List<String> flaws = flaws(value);
            return flaws.isEmpty()
                    ? (ObjectNode) value
                    : error(
                            "tool_error",
                            "the tool's result is not content as the protocol has it: "
                                    + String.join("; ", flaws));
        }
        ObjectNode result = text(value.isTextual() ? value.asText() : Json.text(value));
        if (value.isObject()) {
            result.set("structuredContent", value);
        } else if (!value.isTextual()) {
            result.putObject("_meta").put(OwnMeta.JSON, true);
        }
        return result;
    }

    /** An object that holds content of known types, and nothing that doesn't go with it. */
    private static boolean isContent(JsonNode value) {
        if (!value.isObject() || !(value.path(CONTENT) instanceof ArrayNode blocks)) {
            return false;
        }
        for (var field : value.properties()) {
            if (!OWN.contains(field.getKey())) {
                return false;
            }
        }
        for (JsonNode block : blocks) {
            if (!TYPES.contains(block.path("type").asText())) {
                return false;
            }
        }
        return !blocks.isEmpty();
    }

    private static List<String> flaws(JsonNode value) {
        List<String> flaws = new ArrayList<>();
        JsonNode blocks = value.path(CONTENT);
        for (int i = 0; i < blocks.size(); i++) {
            JsonNode block = blocks.get(i);
            String at = CONTENT + "[" + i + "]";
            switch (block.path("type").asText()) {
                case "text" -> needs(block, at, flaws, "text");
                case "image", "audio" -> needs(block, at, flaws, "data", "mimeType");
                case "resource_link" -> needs(block, at, flaws, "uri", "name");
                default -> {
                    JsonNode resource = block.path("resource");
                    needs(
                            resource,
                            at + ".resource",
                            flaws,
                            "uri",
                            resource.has("blob") ? "blob" : "text");
                }
            }
        }
        if (value.has("structuredContent") && !value.path("structuredContent").isObject()) {
            flaws.add("structuredContent must be an object");
        }
        return flaws;
    }

    private static void needs(JsonNode node, String at, List<String> flaws, String... texts) {
        for (String text : texts) {
            if (!node.path(text).isTextual()) {
                flaws.add(at + " needs \"" + text + "\", a text");
            }
        }
    }

    private static ObjectNode error(String code, String message) {
        ObjectNode result = text(code + ": " + message).put("isError", true);
        result.putObject("_meta")
                .putObject(OwnMeta.ERROR)
                .put("code", code)
                .put("message", message);
        return result;
    }

    private static ObjectNode text(String text) {
        ObjectNode result = Json.object();
        result.putArray(CONTENT).addObject().put("type", "text").put("text", text);
        return result;
    }
}
