package io.magicproxy.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatClient.ChatListener;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Puts the message of a stream's first choice together, and tells its text on the way. */
public final class ChunkReader {
    private final ChatListener listener;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final Map<Integer, ObjectNode> toolCalls = new TreeMap<>();
    private final ObjectNode others = Json.object();
    private String finish = "";
    private boolean enough;

    public ChunkReader(ChatListener listener) {
        this.listener = listener;
    }

    /** Reads whole events, without the end mark. */
    public void read(byte[] buffer, int offset, int length) throws JsonProcessingException {
        String events = new String(buffer, offset, length, StandardCharsets.UTF_8);
        for (String line : events.lines().toList()) {
            if (line.startsWith("data:") && !enough) {
                chunk(Json.read(line.substring("data:".length())));
            }
        }
    }

    /** Whether the listener wants no more. */
    public boolean enough() {
        return enough;
    }

    /** Why the answer ended; {@code cut} if the listener ended it. */
    public String finish() {
        return enough ? "cut" : finish;
    }

    /** How much was said, also what the message no longer shows. */
    public int characters() {
        return content.length() + reasoning.length();
    }

    public ObjectNode message() {
        ObjectNode message = Json.object().put("role", "assistant");
        if (content.isEmpty() && !toolCalls.isEmpty()) {
            message.putNull("content");
        } else {
            message.put("content", content.toString());
        }
        if (!reasoning.isEmpty()) {
            message.put("reasoning_content", reasoning.toString());
        }
        if (!refusal.isEmpty()) {
            message.put("refusal", refusal.toString());
        }
        message.setAll(others);
        if (!toolCalls.isEmpty()) {
            ArrayNode calls = message.putArray("tool_calls");
            toolCalls.values().forEach(calls::add);
        }
        return message;
    }

    private void chunk(JsonNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("index").asInt(0) != 0) {
                continue;
            }
            if (choice.path("finish_reason").isTextual()) {
                finish = choice.path("finish_reason").asText();
            }
            delta(choice.path("delta"));
        }
    }

    private void delta(JsonNode delta) {
        for (Map.Entry<String, JsonNode> field : delta.properties()) {
            JsonNode value = field.getValue();
            switch (field.getKey()) {
                case "role" -> {}
                case "content" -> text(value.asText(""));
                case "reasoning_content", "reasoning" -> thought(value.asText(""));
                case "refusal" -> refusal.append(value.asText(""));
                case "tool_calls" -> value.forEach(this::toolCall);
                default -> others.set(field.getKey(), value);
            }
        }
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            content.append(text);
            enough = listener.text(text);
        }
    }

    private void thought(String text) {
        if (!text.isEmpty()) {
            reasoning.append(text);
            listener.reasoning(text);
        }
    }

    private void toolCall(JsonNode part) {
        ObjectNode call =
                toolCalls.computeIfAbsent(
                        part.path("index").asInt(0),
                        _ -> {
                            ObjectNode fresh = Json.object().put("id", "").put("type", "function");
                            fresh.putObject("function").put("name", "").put("arguments", "");
                            return fresh;
                        });
        ObjectNode function = (ObjectNode) call.get("function");
        if (part.path("id").isTextual()) {
            call.put("id", part.path("id").asText());
        }
        add(function, "name", part.path("function").path("name"));
        add(function, "arguments", part.path("function").path("arguments"));
        for (Map.Entry<String, JsonNode> field : part.properties()) {
            // Such as Gemini's signatures, which its next call needs.
            if (!call.has(field.getKey()) && !field.getKey().equals("index")) {
                call.set(field.getKey(), field.getValue());
            }
        }
    }

    private static void add(ObjectNode function, String name, JsonNode more) {
        if (more.isTextual()) {
            function.put(name, function.path(name).asText() + more.asText());
        }
    }
}
