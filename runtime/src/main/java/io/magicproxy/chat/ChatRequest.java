package io.magicproxy.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * A chat request in the house's own types.
 *
 * @param model the name that the caller asked for: an alias, or a profile
 * @param rest every field that stands in no other component, as it came ({@code reasoning_effort},
 *     {@code thinking}, {@code safety_settings}, …)
 */
public record ChatRequest(
        String model,
        List<Message> messages,
        List<ToolDefinition> tools,
        Optional<ToolChoice> toolChoice,
        Optional<Boolean> parallelToolCalls,
        Optional<ResponseFormat> responseFormat,
        Sampling sampling,
        ObjectNode rest) {

    public Optional<JsonNode> extra(String name) {
        JsonNode value = rest.get(name);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }
}
