package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ResponseFormat;
import java.util.List;
import java.util.Optional;

/**
 * The form in which the answer is wanted: {@code output_config.format} where the model has
 * structured outputs. For {@code json_object}, which Anthropic doesn't have, and for older models,
 * the system prompt asks for it; a forced tool would exclude the caller's own tools, and thinking
 * by budget; the newest models can't be forced.
 */
record OutputForm(ClaudeModel model, List<String> notes) {
    private static final String PLACE = "response_format.json_schema.schema";

    private static final String ONLY_JSON =
            "Answer with one JSON object and nothing else: no Markdown fence, no text around it.";

    void write(ResponseFormat format, Conversation conversation, ObjectNode body) {
        switch (format) {
            case ResponseFormat.Text _ -> {
                // Anthropic's default.
            }
            case ResponseFormat.JsonObject _ -> conversation.instruct(ONLY_JSON);
            case ResponseFormat.JsonSchema json -> schema(json.schema(), conversation, body);
        }
    }

    private void schema(ObjectNode wanted, Conversation conversation, ObjectNode body) {
        Optional<ObjectNode> schema =
                model.hasStructuredOutputs()
                        ? Schemas.enforceable(PLACE, wanted, notes)
                        : Optional.empty();
        if (schema.isPresent()) {
            ObjectNode format = Thinking.outputConfig(body).putObject("format");
            format.put("type", "json_schema").set("schema", schema.get());
        } else {
            notes.add(
                    PLACE
                            + ": "
                            + model.name()
                            + " can't be held to it; it is asked to keep to it");
            conversation.instruct(
                    ONLY_JSON + " It must fit this JSON Schema: " + Json.text(wanted));
        }
    }
}
