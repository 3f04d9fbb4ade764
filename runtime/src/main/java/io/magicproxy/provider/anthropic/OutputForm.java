package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ResponseFormat;
import java.util.List;

/**
 * The form in which the answer is wanted: {@code output_config.format} where the model has
 * structured outputs. For {@code json_object}, which Anthropic doesn't have, and for older models,
 * the system prompt asks for it; a forced tool would exclude thinking and the caller's own tools.
 */
record OutputForm(ClaudeModel model, List<String> notes) {
    private static final String ONLY_JSON =
            "Answer with one JSON object and nothing else: no Markdown fence, no text around it.";

    void write(ResponseFormat format, Conversation conversation, ObjectNode body) {
        switch (format) {
            case ResponseFormat.Text _ -> {
                // Anthropic's default.
            }
            case ResponseFormat.JsonObject _ -> conversation.instruct(ONLY_JSON);
            case ResponseFormat.JsonSchema json -> {
                if (model.hasStructuredOutputs()) {
                    enforced(json, body);
                } else {
                    notes.add(
                            "response_format: "
                                    + model.name()
                                    + " can't be held to a schema; it is asked to keep to it");
                    conversation.instruct(
                            ONLY_JSON
                                    + " It must fit this JSON Schema: "
                                    + Json.text(json.schema()));
                }
            }
        }
    }

    private void enforced(ResponseFormat.JsonSchema json, ObjectNode body) {
        ObjectNode schema =
                Schemas.enforceable("response_format.json_schema.schema", json.schema(), notes);
        ObjectNode format = Thinking.outputConfig(body).putObject("format");
        format.put("type", "json_schema").set("schema", schema);
    }
}
