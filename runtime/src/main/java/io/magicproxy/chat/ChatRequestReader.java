package io.magicproxy.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads OpenAI's chat request into the house's types. Says where a wrong value stands, as {@code
 * messages[2].role}.
 *
 * <p>Each known field is taken out of the tree; what is left at the end is the {@code rest}.
 */
final class ChatRequestReader {
    private ChatRequestReader() {}

    static ChatRequest read(ObjectNode json) throws MalformedRequestException {
        Fields fields = new Fields("", json);
        String model = fields.requiredText("model");
        List<Message> messages = messages(fields);
        List<ToolDefinition> tools = tools(fields);
        Optional<ToolChoice> choice = toolChoice(fields);
        Optional<Boolean> parallel = fields.bool("parallel_tool_calls");
        Optional<ResponseFormat> format = responseFormat(fields);
        Sampling sampling = sampling(fields);
        fields.drop("stream");
        fields.drop("stream_options");
        return new ChatRequest(
                model, messages, tools, choice, parallel, format, sampling, fields.rest());
    }

    private static List<Message> messages(Fields fields) throws MalformedRequestException {
        List<Message> messages = new ArrayList<>();
        for (Fields message : fields.objects("messages")) {
            messages.add(MessageReader.read(message));
        }
        if (messages.isEmpty()) {
            throw new MalformedRequestException(
                    "messages", "must be a list with at least one message");
        }
        return List.copyOf(messages);
    }

    private static List<ToolDefinition> tools(Fields fields) throws MalformedRequestException {
        List<ToolDefinition> tools = new ArrayList<>();
        for (Fields tool : fields.objects("tools")) {
            String type = tool.requiredText("type");
            if (!type.equals("function")) {
                throw new MalformedRequestException(
                        tool.at("type"),
                        "is \"" + type + "\"; this model's provider knows \"function\" only");
            }
            tools.add(function(tool, tool.requiredObject("function")));
        }
        return List.copyOf(tools);
    }

    private static ToolDefinition function(Fields tool, Fields function)
            throws MalformedRequestException {
        ToolDefinition definition =
                new ToolDefinition(
                        function.requiredText("name"),
                        function.text("description"),
                        function.object("parameters").map(Fields::rest),
                        function.bool("strict"),
                        tool.rest());
        // Some clients put cache_control there, and others here.
        function.rest()
                .properties()
                .forEach(e -> definition.rest().putIfAbsent(e.getKey(), e.getValue()));
        return definition;
    }

    private static Optional<ToolChoice> toolChoice(Fields fields) throws MalformedRequestException {
        Optional<JsonNode> choice = fields.take("tool_choice");
        if (choice.isEmpty()) {
            return Optional.empty();
        }
        JsonNode value = choice.get();
        return Optional.of(
                switch (value.asText()) {
                    case "auto" -> new ToolChoice.Auto();
                    case "none" -> new ToolChoice.None();
                    case "required", "any" -> new ToolChoice.Required();
                    default -> {
                        String name = value.path("function").path("name").asText();
                        if (name.isEmpty()) {
                            throw new MalformedRequestException(
                                    "tool_choice",
                                    "must be \"auto\", \"none\", \"required\" or"
                                            + " {\"type\":\"function\",\"function\":{\"name\":…}}");
                        }
                        yield new ToolChoice.Function(name);
                    }
                });
    }

    private static Optional<ResponseFormat> responseFormat(Fields fields)
            throws MalformedRequestException {
        Optional<Fields> format = fields.object("response_format");
        if (format.isEmpty()) {
            return Optional.empty();
        }
        String type = format.get().requiredText("type");
        return Optional.of(
                switch (type) {
                    case "text" -> new ResponseFormat.Text();
                    case "json_object" -> new ResponseFormat.JsonObject();
                    case "json_schema" -> {
                        Fields schema = format.get().requiredObject("json_schema");
                        yield new ResponseFormat.JsonSchema(
                                schema.requiredText("name"),
                                schema.requiredObject("schema").rest(),
                                schema.bool("strict"));
                    }
                    default ->
                            throw new MalformedRequestException(
                                    "response_format.type",
                                    "must be text, json_object or json_schema");
                });
    }

    private static Sampling sampling(Fields fields) throws MalformedRequestException {
        Optional<Integer> old = fields.integer("max_tokens");
        Optional<Integer> now = fields.integer("max_completion_tokens");
        return new Sampling(
                fields.decimal("temperature"),
                fields.decimal("top_p"),
                now.or(() -> old),
                stop(fields),
                fields.integer("n"),
                fields.whole("seed"),
                fields.decimal("presence_penalty"),
                fields.decimal("frequency_penalty"),
                fields.bool("logprobs"),
                fields.integer("top_logprobs"));
    }

    private static List<String> stop(Fields fields) throws MalformedRequestException {
        Optional<JsonNode> stop = fields.take("stop");
        List<String> words = new ArrayList<>();
        if (stop.isPresent()) {
            for (JsonNode word : stop.get().isArray() ? stop.get() : List.of(stop.get())) {
                if (!word.isTextual()) {
                    throw new MalformedRequestException(
                            "stop", "must be a string or a list of strings");
                }
                words.add(word.textValue());
            }
        }
        return List.copyOf(words);
    }
}
