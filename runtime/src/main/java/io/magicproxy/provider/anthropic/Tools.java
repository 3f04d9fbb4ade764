package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ToolChoice;
import io.magicproxy.chat.ToolDefinition;
import io.magicproxy.provider.Wire;
import java.util.List;
import java.util.Optional;

/** The tools in the caller's order, and whether one must be called. */
record Tools(ClaudeModel model, List<String> notes) {
    /** Fields of a tool that Anthropic reads too. */
    private static final List<String> KEPT =
            List.of(
                    "cache_control",
                    "allowed_callers",
                    "defer_loading",
                    "eager_input_streaming",
                    "input_examples");

    void write(ChatRequest request, Conversation conversation, ObjectNode body) {
        if (request.tools().isEmpty()) {
            // Anthropic refuses a tool_choice without tools.
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (int i = 0; i < request.tools().size(); i++) {
            tools.add(tool("tools[" + i + "]", request.tools().get(i)));
        }
        ObjectNode choice =
                choice(request.toolChoice().orElse(new ToolChoice.Auto()), conversation);
        boolean single = !request.parallelToolCalls().orElse(true);
        if (single && !Wire.text(choice, "type").equals("none")) {
            choice.put("disable_parallel_tool_use", true);
        }
        if (single || request.toolChoice().isPresent()) {
            body.set("tool_choice", choice);
        }
    }

    private ObjectNode tool(String place, ToolDefinition tool) {
        ObjectNode wire = Json.object().put("name", tool.name());
        tool.description().ifPresent(text -> wire.put("description", text));
        ObjectNode schema = schema(tool);
        Optional<ObjectNode> strict =
                tool.strict().orElse(false) ? strict(place, schema) : Optional.empty();
        wire.set("input_schema", strict.orElse(schema));
        if (strict.isPresent()) {
            wire.put("strict", true);
        }
        for (String name : KEPT) {
            JsonNode value = tool.rest().path(name);
            if (!value.isMissingNode() && !value.isNull()) {
                wire.set(name, value);
            }
        }
        return wire;
    }

    private static ObjectNode schema(ToolDefinition tool) {
        ObjectNode given = tool.parameters().orElseGet(Json::object);
        ObjectNode wire = Json.object();
        if (!given.has("type")) {
            wire.put("type", "object");
        }
        wire.setAll(given);
        if (wire.size() == 1) {
            wire.putObject("properties");
        }
        return wire;
    }

    private Optional<ObjectNode> strict(String place, ObjectNode schema) {
        Optional<ObjectNode> strict =
                model.hasStructuredOutputs()
                        ? Schemas.enforceable(place + ".function.parameters", schema, notes)
                        : Optional.empty();
        if (strict.isEmpty()) {
            notes.add(place + ".function.strict: " + model.name() + " can't be held to the schema");
        }
        return strict;
    }

    private ObjectNode choice(ToolChoice choice, Conversation conversation) {
        return switch (choice) {
            case ToolChoice.Auto _ -> type("auto");
            case ToolChoice.None _ -> type("none");
            case ToolChoice.Required _ -> {
                if (model.canBeForced()) {
                    yield type("any");
                }
                yield asked(conversation, "Call at least one of your tools before you answer.");
            }
            case ToolChoice.Function(String name) -> {
                if (model.canBeForced()) {
                    yield type("tool").put("name", name);
                }
                yield asked(conversation, "Call the tool " + name + " before you answer.");
            }
        };
    }

    private ObjectNode asked(Conversation conversation, String instruction) {
        notes.add(
                "tool_choice: " + model.name() + " can't be forced to call a tool; it is asked to");
        conversation.instruct(instruction);
        return type("auto");
    }

    private static ObjectNode type(String type) {
        return Json.object().put("type", type);
    }
}
