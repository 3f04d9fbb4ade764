package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Message;
import io.magicproxy.provider.ProviderException;
import java.util.List;

/** What a tool answered, as a {@code tool_result} block. */
final class ToolResults {
    private ToolResults() {}

    static ObjectNode of(String place, Message.ToolResult result) throws ProviderException {
        ObjectNode wire = Json.object().put("type", "tool_result");
        wire.put("tool_use_id", ToolIds.safe(result.toolCallId()));
        List<ObjectNode> content = Blocks.of(place + ".content", result.content());
        // The whole result is what can be cached, so a mark on its parts moves up.
        for (ObjectNode block : content) {
            JsonNode mark = block.remove("cache_control");
            if (mark != null) {
                wire.set("cache_control", mark);
            }
        }
        Blocks.cache(result.rest(), List.of(wire));
        if (content.size() == 1
                && content.getFirst().size() == 2
                && content.getFirst().has("text")) {
            wire.set("content", content.getFirst().path("text"));
        } else if (!content.isEmpty()) {
            wire.putArray("content").addAll(content);
        }
        if (result.rest().path("is_error").asBoolean(false)) {
            wire.put("is_error", true);
        }
        return wire;
    }
}
