package io.magicproxy.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a provider's events into OpenAI's chunks, as server-sent events ready to be sent.
 *
 * <p>One per stream. The usage chunk is written only if the caller asked for it, and last, as
 * OpenAI does.
 */
public final class ChunkWriter {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final long created;
    private final boolean includeUsage;
    private final Set<Integer> opened = new HashSet<>();
    private String id;
    private String model;

    /**
     * @param id used until the provider names its own
     * @param created seconds since the epoch
     */
    public ChunkWriter(String id, String model, long created, boolean includeUsage) {
        this.id = id;
        this.model = model;
        this.created = created;
        this.includeUsage = includeUsage;
    }

    /** The chunks for these events, possibly none. */
    public byte[] write(List<StreamEvent> events) {
        var out = new ByteArrayOutputStream(256);
        for (StreamEvent event : events) {
            write(event, out);
        }
        return out.toByteArray();
    }

    /** The closing usage chunk, if the caller asked for one. */
    public byte[] writeUsage(Usage usage) {
        if (!includeUsage) {
            return new byte[0];
        }
        ObjectNode chunk = chunk();
        chunk.putArray("choices");
        chunk.set("usage", usage.toWire());
        var out = new ByteArrayOutputStream(256);
        append(chunk, out);
        return out.toByteArray();
    }

    private void write(StreamEvent event, ByteArrayOutputStream out) {
        switch (event) {
            case StreamEvent.Started(String providerId, String providerModel) -> {
                id = providerId.isEmpty() ? id : providerId;
                model = providerModel.isEmpty() ? model : providerModel;
                delta(0, Json.object(), out);
            }
            case StreamEvent.Content(int choice, String text) ->
                    delta(choice, field("content", text), out);
            case StreamEvent.Reasoning(int choice, String text) ->
                    delta(choice, field("reasoning_content", text), out);
            case StreamEvent.Refusal(int choice, String text) ->
                    delta(choice, field("refusal", text), out);
            case StreamEvent.ThinkingBlock(int choice, var block) -> {
                ObjectNode delta = Json.object();
                delta.putArray("thinking_blocks").add(block);
                delta(choice, delta, out);
            }
            case StreamEvent.ToolCallStart(int choice, int index, ToolCall call) -> {
                ObjectNode wire = Json.object().put("index", index);
                wire.setAll(ResponseWriter.toolCall(call));
                toolDelta(choice, wire, out);
            }
            case StreamEvent.ToolCallArguments(int choice, int index, String fragment) -> {
                ObjectNode wire = Json.object().put("index", index);
                wire.putObject("function").put("arguments", fragment);
                toolDelta(choice, wire, out);
            }
            case StreamEvent.Extra(int choice, ObjectNode fields) ->
                    delta(choice, fields.deepCopy(), out);
            case StreamEvent.Finished(int choice, FinishReason reason) ->
                    finish(choice, reason, out);
            case StreamEvent.UsageReport _ -> {
                // Written by writeUsage once the last report is known.
            }
        }
    }

    private void toolDelta(int choice, ObjectNode call, ByteArrayOutputStream out) {
        ObjectNode delta = Json.object();
        delta.putArray("tool_calls").add(call);
        delta(choice, delta, out);
    }

    private void delta(int choice, ObjectNode delta, ByteArrayOutputStream out) {
        if (opened.add(choice)) {
            ObjectNode first = Json.object().put("role", "assistant").put("content", "");
            first.setAll(delta);
            choice(choice, first, null, out);
        } else if (!delta.isEmpty()) {
            choice(choice, delta, null, out);
        }
    }

    private void finish(int choice, FinishReason reason, ByteArrayOutputStream out) {
        opened.add(choice);
        choice(choice, Json.object(), reason.wire(), out);
    }

    private void choice(
            int index, ObjectNode delta, @Nullable String finishReason, ByteArrayOutputStream out) {
        ObjectNode chunk = chunk();
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
        choice.set("delta", delta);
        choice.put("finish_reason", finishReason);
        append(chunk, out);
    }

    private ObjectNode chunk() {
        return Json.object()
                .put("id", id)
                .put("object", "chat.completion.chunk")
                .put("created", created)
                .put("model", model);
    }

    private static ObjectNode field(String name, String text) {
        return Json.object().put(name, text);
    }

    private static void append(ObjectNode chunk, ByteArrayOutputStream out) {
        out.writeBytes(DATA);
        out.writeBytes(Json.bytes(chunk));
        out.writeBytes(END);
    }
}
