package io.magicproxy.server.typewriter;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the texts of a chunk, and the places of what else is needed of it. */
final class ChunkReader {
    /** Who answers: the same in each chunk of an answer. */
    private static final Set<String> ENVELOPE =
            Set.of("id", "object", "created", "model", "system_fingerprint", "service_tier");

    private static final Set<String> TEXTS =
            Set.of("content", "reasoning_content", "reasoning", "refusal");

    private final byte[] json;
    private final JsonParser in;
    private final List<Span> envelope = new ArrayList<>(6);
    private final List<Chunk.Choice> choices = new ArrayList<>(1);
    private final List<Slot> slots = new ArrayList<>(1);

    private ChunkReader(byte[] json, JsonParser in) {
        this.json = json;
        this.in = in;
    }

    /** The chunk if it has a text; empty if it must go as it is. */
    static Optional<Chunk> read(byte[] json) {
        try (JsonParser in = Json.reader().createParser(json)) {
            return new ChunkReader(json, in).chunk();
        } catch (IOException e) {
            // Not for us to judge: it goes as it is.
            return Optional.empty();
        }
    }

    private Optional<Chunk> chunk() throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            return Optional.empty();
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            int start = offset();
            JsonToken value = in.nextToken();
            if (name.equals("choices") && value == JsonToken.START_ARRAY) {
                while (in.nextToken() == JsonToken.START_OBJECT) {
                    choice();
                }
            } else {
                skip();
                if (ENVELOPE.contains(name)) {
                    envelope.add(new Span(start, end()));
                }
            }
        }
        return slots.isEmpty()
                ? Optional.empty()
                : Optional.of(new Chunk(json, envelope, choices, slots));
    }

    private void choice() throws IOException {
        int index = 0;
        boolean closed = false;
        Delta delta = new Delta(List.of(), Optional.empty(), false);
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            if (name.equals("index") && value == JsonToken.VALUE_NUMBER_INT) {
                index = in.getIntValue();
            } else if (name.equals("delta") && value == JsonToken.START_OBJECT) {
                delta = delta();
            } else {
                closed |= name.equals("finish_reason") && value != JsonToken.VALUE_NULL;
                skip();
            }
        }
        choices.add(new Chunk.Choice(index, delta.role, closed || delta.more));
        for (Text text : delta.texts) {
            slots.add(new Slot(index, text.field, text.text, text.place));
        }
    }

    private record Text(String field, String text, Span place) {}

    /**
     * A choice's delta.
     *
     * @param more whether there is something besides texts and role, such as tool calls
     */
    private record Delta(List<Text> texts, Optional<Span> role, boolean more) {}

    private Delta delta() throws IOException {
        List<Text> texts = new ArrayList<>(1);
        Optional<Span> role = Optional.empty();
        boolean more = false;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            int start = offset();
            JsonToken value = in.nextToken();
            int valueStart = offset();
            if (TEXTS.contains(name) && value == JsonToken.VALUE_STRING) {
                String text = in.getText();
                if (!text.isEmpty()) {
                    texts.add(new Text(name, text, new Span(valueStart, end())));
                }
            } else {
                skip();
                if (name.equals("role")) {
                    role = Optional.of(new Span(start, end()));
                } else {
                    more |= value != JsonToken.VALUE_NULL;
                }
            }
        }
        return new Delta(texts, role, more);
    }

    private void skip() throws IOException {
        in.finishToken();
        in.skipChildren();
    }

    private int offset() {
        return (int) in.currentTokenLocation().getByteOffset();
    }

    private int end() {
        return (int) in.currentLocation().getByteOffset();
    }
}
