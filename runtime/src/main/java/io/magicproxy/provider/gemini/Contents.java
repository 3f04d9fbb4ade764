package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Message;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation as Gemini's {@code systemInstruction} and {@code contents}: turns of user and
 * model in alternation, the user's first, tool results in the user's.
 */
final class Contents {
    private final GeminiModel model;
    private final Media media;
    private final List<String> notes;
    private final ModelTurn modelTurn;
    private final ToolResults toolResults;
    private final ArrayNode instruction = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode turns = JsonNodeFactory.instance.arrayNode();

    Contents(GeminiModel model, Media media, List<String> notes) {
        this.model = model;
        this.media = media;
        this.notes = notes;
        this.modelTurn = new ModelTurn(media, notes);
        this.toolResults = new ToolResults(model, media);
    }

    /** Writes both fields into the request's body. */
    void write(List<Message> messages, ObjectNode body) throws ProviderException {
        int question = lastQuestion(messages);
        for (int i = 0; i < messages.size(); i++) {
            String place = "messages[" + i + "]";
            switch (messages.get(i)) {
                case Message.Instruction m -> instruction(place, m);
                case Message.User m -> append("user", parts(place, m.content()));
                case Message.Assistant m -> {
                    toolResults.remember(m.toolCalls());
                    boolean check = model.demandsSignatures() && i > question;
                    append("model", modelTurn.parts(place, m, check));
                }
                case Message.ToolResult _ -> {
                    int end = endOfResults(messages, i);
                    append("user", toolResults.parts(messages, i, end));
                    i = end - 1;
                }
            }
        }
        finish(body);
    }

    private void finish(ObjectNode body) throws ProviderException {
        if (turns.isEmpty() && instruction.isEmpty()) {
            throw Faults.caller("messages", "hold no text, media or tool result to send");
        }
        if (turns.isEmpty() || Wire.text(turns.get(0), "role").equals("model")) {
            // Gemini wants a user's turn first and no empty text.
            ObjectNode blank = Json.object().put("role", "user");
            blank.putArray("parts").addObject().put("text", " ");
            turns.insert(0, blank);
        }
        if (!instruction.isEmpty()) {
            body.putObject("systemInstruction").set("parts", instruction);
        }
        body.set("contents", turns);
    }

    private void instruction(String place, Message.Instruction message) throws ProviderException {
        if (!turns.isEmpty()) {
            notes.add(place + ": Gemini reads all system messages before the conversation");
        }
        for (ContentPart part : message.content()) {
            if (!(part instanceof ContentPart.Text(String text, _))) {
                throw Faults.caller(
                        place + ".content", "of a system message must be text for Gemini");
            }
            if (!text.isEmpty()) {
                instruction.addObject().put("text", text);
            }
        }
    }

    private List<ObjectNode> parts(String place, List<ContentPart> content)
            throws ProviderException {
        List<ObjectNode> parts = new ArrayList<>();
        for (int i = 0; i < content.size(); i++) {
            UserParts.add(place + ".content[" + i + "]", content.get(i), media, parts);
        }
        return parts;
    }

    private void append(String role, List<ObjectNode> parts) {
        if (parts.isEmpty()) {
            return;
        }
        int last = turns.size() - 1;
        if (last >= 0
                && turns.get(last) instanceof ObjectNode turn
                && Wire.text(turn, "role").equals(role)) {
            turn.withArrayProperty("parts").addAll(parts);
        } else {
            ObjectNode turn = turns.addObject().put("role", role);
            turn.putArray("parts").addAll(parts);
        }
    }

    /** Signatures are checked in the current turn only: after the last thing a user said. */
    private static int lastQuestion(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof Message.User user && !user.content().isEmpty()) {
                return i;
            }
        }
        return -1;
    }

    private static int endOfResults(List<Message> messages, int from) {
        int end = from;
        while (end < messages.size() && messages.get(end) instanceof Message.ToolResult) {
            end++;
        }
        return end;
    }
}
