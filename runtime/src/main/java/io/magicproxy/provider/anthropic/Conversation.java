package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Message;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The messages as Anthropic has them: {@code system} blocks on top, then turns of user and
 * assistant by turns.
 */
final class Conversation {
    private static final String BEGINNING = "(The conversation begins.)";

    private final List<String> notes;
    private final ArrayNode system = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    private final Set<String> calls = new HashSet<>();
    private String role = "";
    private List<ObjectNode> results = new ArrayList<>();
    private List<ObjectNode> blocks = new ArrayList<>();

    private Conversation(List<String> notes) {
        this.notes = notes;
    }

    static Conversation of(List<Message> messages, List<String> notes) throws ProviderException {
        Conversation conversation = new Conversation(notes);
        for (int i = 0; i < messages.size(); i++) {
            conversation.add("messages[" + i + "]", messages.get(i));
        }
        conversation.trimEnd();
        conversation.closeTurn();
        if (conversation.messages.isEmpty()) {
            conversation.begin();
        }
        return conversation;
    }

    ArrayNode system() {
        return system;
    }

    ArrayNode messages() {
        return messages;
    }

    /** Adds to the end of the system prompt, where it spoils no cached prefix. */
    void instruct(String instruction) {
        system.add(Blocks.text(instruction));
    }

    /**
     * Whether tool results end the conversation whose calls were made without a thought: a model
     * with a thinking budget can't go on from there with thinking on.
     */
    boolean endsInThoughtlessToolUse() {
        JsonNode last = messages.path(messages.size() - 1);
        boolean results = Wire.text(last.path("content").path(0), "type").equals("tool_result");
        JsonNode said = messages.path(messages.size() - 2).path("content").path(0);
        return results && !Wire.text(said, "type").endsWith("thinking");
    }

    private void add(String place, Message message) throws ProviderException {
        switch (message) {
            case Message.Instruction(List<ContentPart> content, ObjectNode rest) ->
                    instruct(place, content, rest);
            case Message.User(List<ContentPart> content, ObjectNode rest) -> {
                List<ObjectNode> added = Blocks.of(place + ".content", content);
                Blocks.cache(rest, added);
                say("user", added);
            }
            case Message.Assistant assistant -> {
                List<ObjectNode> added = AssistantBlocks.of(place, assistant, notes);
                added.stream()
                        .filter(block -> Wire.text(block, "type").equals("tool_use"))
                        .forEach(call -> calls.add(Wire.text(call, "id")));
                say("assistant", added);
            }
            case Message.ToolResult result -> {
                refuseOrphan(place, result.toolCallId());
                turn("user");
                results.add(ToolResults.of(place, result));
            }
        }
    }

    private void instruct(String place, List<ContentPart> content, ObjectNode rest)
            throws ProviderException {
        List<ObjectNode> added = Blocks.of(place + ".content", content);
        for (ObjectNode block : added) {
            if (!Wire.text(block, "type").equals("text")) {
                throw Faults.caller(
                        place + ".content",
                        "must be text: Anthropic's system prompt holds nothing else");
            }
        }
        Blocks.cache(rest, added);
        if (!role.isEmpty() && !added.isEmpty()) {
            notes.add(place + ": anthropic reads instructions before the whole conversation");
        }
        system.addAll(added);
    }

    /** Who says nothing doesn't take a turn, so that his neighbours' become one. */
    private void say(String speaker, List<ObjectNode> added) {
        if (!added.isEmpty()) {
            turn(speaker);
            blocks.addAll(added);
        }
    }

    private void turn(String speaker) {
        if (!speaker.equals(role)) {
            closeTurn();
            role = speaker;
        }
    }

    private void refuseOrphan(String place, String id) throws ProviderException {
        if (!calls.contains(ToolIds.safe(id))) {
            throw Faults.caller(
                    place + ".tool_call_id",
                    "is \""
                            + id
                            + "\", which no earlier assistant message calls; Anthropic takes results of"
                            + " calls only, so send the message with the call too");
        }
    }

    /** Anthropic refuses an answer to be continued that ends in white space. */
    private void trimEnd() {
        if (role.equals("assistant") && !blocks.isEmpty() && blocks.getLast().has("text")) {
            ObjectNode last = blocks.removeLast().deepCopy();
            String text = Wire.text(last, "text").stripTrailing();
            if (!text.isEmpty()) {
                blocks.add(last.put("text", text));
            }
        }
    }

    private void closeTurn() {
        if (results.isEmpty() && blocks.isEmpty()) {
            return;
        }
        if (messages.isEmpty() && role.equals("assistant")) {
            begin();
        }
        ObjectNode turn = messages.addObject().put("role", role);
        turn.putArray("content").addAll(results).addAll(blocks);
        results = new ArrayList<>();
        blocks = new ArrayList<>();
    }

    private void begin() {
        ObjectNode turn = messages.addObject().put("role", "user");
        turn.putArray("content").add(Blocks.text(BEGINNING));
        notes.add(
                "messages: to Anthropic the user speaks first, so \"" + BEGINNING + "\" was added");
    }
}
