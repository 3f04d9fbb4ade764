package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Message;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tools' answers as {@code functionResponse} parts, which name the function and follow its call.
 */
final class ToolResults {
    private final GeminiModel model;
    private final Media media;
    private final Map<String, Call> calls = new HashMap<>();

    ToolResults(GeminiModel model, Media media) {
        this.model = model;
        this.media = media;
    }

    /** Notes whom later results answer; an id used again means the later call. */
    void remember(List<ToolCall> made) {
        made.forEach(call -> calls.put(call.id(), new Call(call.name(), calls.size())));
    }

    /** The results in messages [from, end), in the order of their calls. */
    List<ObjectNode> parts(List<Message> messages, int from, int end) throws ProviderException {
        List<Answer> answers = new ArrayList<>();
        for (int i = from; i < end; i++) {
            if (messages.get(i) instanceof Message.ToolResult result) {
                answers.add(answer("messages[" + i + "]", result));
            }
        }
        answers.sort(Comparator.comparingInt(Answer::order));
        List<ObjectNode> parts = new ArrayList<>();
        answers.forEach(answer -> parts.add(answer.part()));
        // After all results, since Gemini wants those together.
        answers.forEach(answer -> parts.addAll(answer.beside()));
        return parts;
    }

    private Answer answer(String place, Message.ToolResult result) throws ProviderException {
        Call call = calls.get(result.toolCallId());
        if (call == null) {
            throw Faults.caller(
                    place + ".tool_call_id",
                    "is \""
                            + result.toolCallId()
                            + "\", which no earlier assistant message calls; Gemini needs the call"
                            + " to know the function's name");
        }
        StringBuilder text = new StringBuilder();
        List<ObjectNode> attached = new ArrayList<>();
        for (int i = 0; i < result.content().size(); i++) {
            ContentPart part = result.content().get(i);
            if (part instanceof ContentPart.Text(String words, _)) {
                text.append(words);
            } else {
                UserParts.add(place + ".content[" + i + "]", part, media, attached);
            }
        }
        ObjectNode part = Json.object();
        ObjectNode wire = part.putObject("functionResponse");
        wire.put("id", result.toolCallId()).put("name", call.name());
        wire.set("response", response(text.toString()));
        return new Answer(call.order(), part, attach(wire, attached));
    }

    /** Puts media into the result where the model reads it there, and gives back the rest. */
    private List<ObjectNode> attach(ObjectNode wire, List<ObjectNode> attached) {
        List<ObjectNode> beside = new ArrayList<>();
        for (ObjectNode part : attached) {
            if (model.readsMediaInToolResults() && part.has("inlineData")) {
                wire.withArrayProperty("parts").add(part);
            } else {
                beside.add(part);
            }
        }
        return beside;
    }

    /** Gemini takes objects only. */
    private static ObjectNode response(String text) {
        if (text.startsWith("{") || text.startsWith("[")) {
            try {
                JsonNode json = Json.read(text);
                if (json instanceof ObjectNode object) {
                    return object;
                }
                if (json instanceof ArrayNode array) {
                    ObjectNode wrapped = Json.object();
                    wrapped.set("result", array);
                    return wrapped;
                }
            } catch (JsonProcessingException e) {
                // Plain text that looks like JSON at its beginning.
            }
        }
        return Json.object().put("result", text);
    }

    private record Call(String name, int order) {}

    private record Answer(int order, ObjectNode part, List<ObjectNode> beside) {}
}
