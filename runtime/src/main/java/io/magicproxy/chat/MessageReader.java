package io.magicproxy.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one message of OpenAI's chat request. */
final class MessageReader {
    private MessageReader() {}

    static Message read(Fields message) throws MalformedRequestException {
        String role = message.requiredText("role");
        List<ContentPart> content = content(message);
        return switch (role) {
            case "system", "developer" -> new Message.Instruction(content, message.rest());
            case "user" -> new Message.User(content, message.rest());
            case "assistant" -> assistant(message, content);
            case "tool" ->
                    new Message.ToolResult(
                            message.requiredText("tool_call_id"), content, message.rest());
            default ->
                    throw new MalformedRequestException(
                            message.at("role"),
                            "is \""
                                    + role
                                    + "\"; it must be system, developer, user, assistant or tool");
        };
    }

    private static Message assistant(Fields message, List<ContentPart> content)
            throws MalformedRequestException {
        List<ToolCall> calls = new ArrayList<>();
        for (Fields call : message.objects("tool_calls")) {
            Fields function = call.requiredObject("function");
            call.drop("type");
            calls.add(
                    new ToolCall(
                            call.requiredText("id"),
                            function.requiredText("name"),
                            function.text("arguments").orElse(""),
                            call.rest()));
        }
        List<ContentPart> all = new ArrayList<>(content);
        message.text("refusal").ifPresent(why -> all.add(new ContentPart.Refusal(why)));
        Optional<String> reasoning = message.text("reasoning_content");
        List<JsonNode> blocks = new ArrayList<>();
        message.take("thinking_blocks").ifPresent(list -> list.forEach(blocks::add));
        return new Message.Assistant(
                List.copyOf(all),
                List.copyOf(calls),
                reasoning,
                List.copyOf(blocks),
                message.rest());
    }

    private static List<ContentPart> content(Fields message) throws MalformedRequestException {
        Optional<JsonNode> content = message.peek("content");
        if (content.isEmpty()) {
            message.drop("content");
            return List.of();
        }
        if (content.get().isTextual()) {
            message.drop("content");
            return List.of(new ContentPart.Text(content.get().textValue()));
        }
        if (!content.get().isArray()) {
            throw new MalformedRequestException(
                    message.at("content"), "must be a string or a list of parts");
        }
        List<ContentPart> parts = new ArrayList<>();
        for (Fields part : message.objects("content")) {
            parts.add(part(part));
        }
        return List.copyOf(parts);
    }

    private static ContentPart part(Fields part) throws MalformedRequestException {
        String type = part.requiredText("type");
        return switch (type) {
            case "text" -> new ContentPart.Text(part.requiredText("text"), part.rest());
            case "image_url" -> {
                Fields image = part.requiredObject("image_url");
                yield new ContentPart.Image(
                        image.requiredText("url"), image.text("detail"), part.rest());
            }
            case "input_audio" -> {
                Fields audio = part.requiredObject("input_audio");
                yield new ContentPart.Audio(
                        audio.requiredText("data"), audio.requiredText("format"), part.rest());
            }
            case "file" -> {
                Fields file = part.requiredObject("file");
                yield new ContentPart.Document(
                        file.text("file_data"),
                        file.text("file_id"),
                        file.text("filename"),
                        part.rest());
            }
            case "refusal" -> new ContentPart.Refusal(part.requiredText("refusal"));
            default -> new ContentPart.Unknown(type, part.rest());
        };
    }
}
