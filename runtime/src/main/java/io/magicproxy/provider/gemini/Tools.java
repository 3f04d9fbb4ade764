package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ToolChoice;
import io.magicproxy.chat.ToolDefinition;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.gemini.GeminiOptions.Option;
import java.util.List;
import java.util.Optional;

/** Functions as {@code functionDeclarations}, in their order, and whether they are to be called. */
final class Tools {
    private Tools() {}

    static void write(
            ChatRequest request, GeminiOptions options, List<String> notes, ObjectNode body)
            throws ProviderException {
        ArrayNode tools = JsonNodeFactory.instance.arrayNode();
        if (!request.tools().isEmpty()) {
            ArrayNode functions = tools.addObject().putArray("functionDeclarations");
            for (int i = 0; i < request.tools().size(); i++) {
                functions.add(declaration("tools[" + i + "]", request.tools().get(i)));
            }
        }
        builtIn(options, tools);
        if (!tools.isEmpty()) {
            body.set("tools", tools);
        }
        if (!request.tools().isEmpty()) {
            request.toolChoice().ifPresent(choice -> body.set("toolConfig", config(choice)));
        }
        note(request, notes);
    }

    private static ObjectNode declaration(String place, ToolDefinition tool)
            throws ProviderException {
        ObjectNode wire = Json.object().put("name", tool.name());
        tool.description().ifPresent(text -> wire.put("description", text));
        Optional<ObjectNode> parameters = tool.parameters().filter(JsonSchemas::takesArguments);
        if (parameters.isPresent()) {
            ObjectNode schema =
                    JsonSchemas.translate(place + ".function.parameters", parameters.get());
            if (!schema.has("type") && !schema.has("anyOf")) {
                schema.put("type", "object");
            }
            wire.set("parametersJsonSchema", schema);
        }
        return wire;
    }

    /**
     * Google's own tools: {@code google_tools: [{"google_search": {}}]}, or OpenAI's web search.
     */
    private static void builtIn(GeminiOptions options, ArrayNode tools) throws ProviderException {
        Optional<Option> given = options.take("googleTools");
        if (given.isPresent()) {
            for (JsonNode tool : given.get().value()) {
                if (!tool.isObject()) {
                    throw Faults.caller(
                            given.get().place(), "must be a list of objects: Gemini's own tools");
                }
                tools.add(GeminiOptions.camelKeys(tool));
            }
        }
        if (options.take("webSearchOptions").isPresent()) {
            tools.addObject().putObject("googleSearch");
        }
    }

    private static ObjectNode config(ToolChoice choice) {
        ObjectNode config = Json.object();
        ObjectNode calling = config.putObject("functionCallingConfig");
        switch (choice) {
            case ToolChoice.Auto _ -> calling.put("mode", "AUTO");
            case ToolChoice.None _ -> calling.put("mode", "NONE");
            case ToolChoice.Required _ -> calling.put("mode", "ANY");
            case ToolChoice.Function(String name) -> {
                calling.put("mode", "ANY");
                calling.putArray("allowedFunctionNames").add(name);
            }
        }
        return config;
    }

    private static void note(ChatRequest request, List<String> notes) {
        if (request.parallelToolCalls().filter(wanted -> !wanted).isPresent()) {
            notes.add("parallel_tool_calls: Gemini can't be held to one call at a time");
        }
        if (request.tools().stream().anyMatch(t -> t.strict().orElse(false))) {
            notes.add("tools[].function.strict: Gemini has no such switch");
        }
    }
}
