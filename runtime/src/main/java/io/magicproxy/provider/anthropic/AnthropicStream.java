package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Reads the events of one streamed answer; {@code message_stop} is its end mark. Events and deltas
 * that it doesn't know are passed over, as Anthropic asks its clients to do.
 */
final class AnthropicStream implements ChatTranslation.StreamDecoder {
    private final TreeMap<Integer, StreamedBlock> open = new TreeMap<>();
    private final TreeMap<Integer, Integer> toolIndexes = new TreeMap<>();
    private final Answer answer = new Answer();
    private final ObjectNode told = Json.object();
    private Tokens tokens = Tokens.NONE;
    private int calls;
    private boolean finished;

    @Override
    public void accept(String event, JsonNode data, Consumer<StreamEvent> out)
            throws ProviderException {
        String type = Wire.text(data, "type");
        switch (type.isEmpty() ? event : type) {
            case "message_start" -> {
                JsonNode message = data.path("message");
                out.accept(
                        new StreamEvent.Started(
                                Wire.text(message, "id"), Wire.text(message, "model")));
                used(message.path("usage"), out);
            }
            case "content_block_start" -> begin(data, out);
            case "content_block_delta" -> more(index(data), data.path("delta"), out);
            case "content_block_stop" -> end(index(data), out);
            case "message_delta" -> {
                data.path("delta").properties().forEach(e -> told.set(e.getKey(), e.getValue()));
                told.setAll(AnthropicChat.rest(data));
                used(data.path("usage"), out);
            }
            case "message_stop" -> stop(out);
            case "error" -> throw new ProviderException(AnthropicErrors.inBand(data.path("error")));
            default -> {
                // ping, and what is yet to come.
            }
        }
    }

    @Override
    public boolean finished() {
        return finished;
    }

    private void used(JsonNode usage, Consumer<StreamEvent> out) {
        if (usage.isObject()) {
            tokens = tokens.and(usage);
            out.accept(new StreamEvent.UsageReport(tokens.usage()));
        }
    }

    private static int index(JsonNode data) {
        return data.path("index").asInt(0);
    }

    private void begin(JsonNode data, Consumer<StreamEvent> out) {
        if (data.path("content_block") instanceof ObjectNode begun) {
            end(index(data), out);
            StreamedBlock block = new StreamedBlock(begun);
            open.put(index(data), block);
            switch (block.type()) {
                case "text" -> say(block.words(), out);
                case "thinking" -> think(block.words(), out);
                case "tool_use" -> call(index(data), block, out);
                default -> {
                    // A server's own tool: delivered whole at the end.
                }
            }
        }
    }

    private void call(int index, StreamedBlock block, Consumer<StreamEvent> out) {
        ToolCall call = new ToolCall(block.field("id"), block.field("name"), "", Json.object());
        toolIndexes.put(index, calls);
        out.accept(new StreamEvent.ToolCallStart(0, calls, call));
        calls++;
    }

    private void more(int index, JsonNode delta, Consumer<StreamEvent> out)
            throws ProviderException {
        switch (Wire.text(delta, "type")) {
            case "text_delta" -> {
                String text = Wire.text(delta, "text");
                block(index, "text").addWords(text);
                say(text, out);
            }
            case "thinking_delta" -> {
                String thought = Wire.text(delta, "thinking");
                block(index, "thinking").addWords(thought);
                think(thought, out);
            }
            case "signature_delta" ->
                    block(index, "thinking").set("signature", delta.path("signature"));
            case "citations_delta" -> block(index, "text").addCitation(delta.path("citation"));
            case "input_json_delta" -> input(index, Wire.text(delta, "partial_json"), out);
            case "compaction_delta" ->
                    block(index, "compaction").set("content", delta.path("content"));
            default -> {
                // Not known yet.
            }
        }
    }

    /** The open block, or a new one: some servers of this API leave the beginning out. */
    private StreamedBlock block(int index, String type) {
        return open.computeIfAbsent(index, _ -> new StreamedBlock(Json.object().put("type", type)));
    }

    private void input(int index, String fragment, Consumer<StreamEvent> out)
            throws ProviderException {
        StreamedBlock block = open.get(index);
        if (block == null) {
            throw Faults.transientAnswer("Anthropic streamed the input of a tool without its name");
        }
        block.addInput(fragment);
        if (block.type().equals("tool_use") && !fragment.isEmpty()) {
            arguments(index, fragment, out);
        }
    }

    private void end(int index, Consumer<StreamEvent> out) {
        StreamedBlock block = open.remove(index);
        if (block == null) {
            return;
        }
        ObjectNode complete = block.complete();
        ObjectNode fields = answer.add(complete);
        switch (block.type()) {
            case "thinking", "redacted_thinking" ->
                    out.accept(new StreamEvent.ThinkingBlock(0, complete));
            case "tool_use" -> {
                if (!block.hasStreamedInput()) {
                    JsonNode input = complete.path("input");
                    arguments(index, input.isObject() ? Json.text(input) : "{}", out);
                }
            }
            default -> extra(fields, out);
        }
    }

    private void stop(Consumer<StreamEvent> out) {
        if (finished) {
            return;
        }
        for (int index : List.copyOf(open.keySet())) {
            end(index, out);
        }
        Ending ending = new Ending(told);
        if (!ending.refusal().isEmpty()) {
            out.accept(new StreamEvent.Refusal(0, ending.refusal()));
        }
        ObjectNode fields = answer.unrebuildable();
        fields.setAll(ending.details());
        fields.setAll(AnthropicChat.rest(told));
        extra(fields, out);
        out.accept(new StreamEvent.Finished(0, ending.reason(answer.calledTools())));
        finished = true;
    }

    private static void say(String text, Consumer<StreamEvent> out) {
        if (!text.isEmpty()) {
            out.accept(new StreamEvent.Content(0, text));
        }
    }

    private static void think(String thought, Consumer<StreamEvent> out) {
        if (!thought.isEmpty()) {
            out.accept(new StreamEvent.Reasoning(0, thought));
        }
    }

    private void arguments(int index, String fragment, Consumer<StreamEvent> out) {
        int position = toolIndexes.getOrDefault(index, 0);
        out.accept(new StreamEvent.ToolCallArguments(0, position, fragment));
    }

    private static void extra(ObjectNode fields, Consumer<StreamEvent> out) {
        if (!fields.isEmpty()) {
            out.accept(new StreamEvent.Extra(0, fields));
        }
    }
}
