package io.magicproxy.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectReader;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a span tells of an answer besides its usage, found without reading all of it. */
final class AnswerFacts {
    private static final ObjectReader READER = Json.reader();

    // No text within JSON can hold these: its quotes would have backslashes before them.
    private static final byte[] ID = "\"id\":".getBytes(UTF_8);
    private static final byte[] MODEL = "\"model\":".getBytes(UTF_8);
    private static final byte[] FINISH = "\"finish_reason\":".getBytes(UTF_8);
    private static final int MAX_TEXT = 200;

    private String id = "";
    private String model = "";
    private final List<String> finishReasons = new ArrayList<>();

    /** A whole answer in OpenAI's format. */
    void whole(byte[] body) {
        try (JsonParser parser = READER.createParser(body)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                members(parser);
            }
        } catch (IOException e) {
            // The provider's adapter has read it; what is missing here is missing in the span.
        }
    }

    private void members(JsonParser parser) throws IOException {
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (value == JsonToken.VALUE_STRING && field.equals("id")) {
                id = parser.getText();
            } else if (value == JsonToken.VALUE_STRING && field.equals("model")) {
                model = parser.getText();
            } else if (value == JsonToken.START_ARRAY && field.equals("choices")) {
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    choice(parser);
                }
            } else {
                parser.skipChildren();
            }
        }
    }

    private void choice(JsonParser parser) throws IOException {
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            if (parser.nextToken() == JsonToken.VALUE_STRING && field.equals("finish_reason")) {
                finishReasons.add(parser.getText());
            } else {
                parser.skipChildren();
            }
        }
    }

    /** A part of a stream: whole events with OpenAI's chunks. */
    void frames(byte[] buffer, int offset, int length) {
        if (model.isEmpty()) {
            id = text(buffer, offset, offset + length, ID);
            model = text(buffer, offset, offset + length, MODEL);
        }
        String finish = text(buffer, offset, offset + length, FINISH);
        if (!finish.isEmpty()) {
            finishReasons.add(finish);
        }
    }

    /** The last text that follows the name; "" if there is none, or it is none. */
    private static String text(byte[] in, int from, int to, byte[] name) {
        String found = "";
        for (int at = find(in, from, to, name); at >= 0; at = find(in, at, to, name)) {
            at += name.length;
            while (at < to && in[at] == ' ') {
                at++;
            }
            int end = at + 1;
            while (end < to && in[end] != '"' && end - at <= MAX_TEXT) {
                end++;
            }
            if (at < to && in[at] == '"' && end < to && in[end] == '"') {
                found = new String(in, at + 1, end - at - 1, UTF_8);
            }
        }
        return found;
    }

    private static int find(byte[] in, int from, int to, byte[] what) {
        for (int at = from; at <= to - what.length; at++) {
            if (in[at] == what[0] && same(in, at, what)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean same(byte[] in, int at, byte[] what) {
        for (int i = 1; i < what.length; i++) {
            if (in[at + i] != what[i]) {
                return false;
            }
        }
        return true;
    }

    String id() {
        return id;
    }

    String model() {
        return model;
    }

    List<String> finishReasons() {
        return finishReasons;
    }
}
