package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.provider.Wire;

/** Tells the parts of an answer apart, in their order. */
final class Parts {
    private Parts() {}

    static void read(JsonNode candidate, CallIds ids, Sink sink) {
        for (JsonNode part : candidate.path("content").path("parts")) {
            if (part.isObject()) {
                part(part, ids, sink);
            }
        }
    }

    private static void part(JsonNode part, CallIds ids, Sink sink) {
        String signature = Wire.text(part, "thoughtSignature");
        if (part.path("functionCall").isObject()) {
            sink.call(call(part.path("functionCall"), signature, ids));
            return;
        }
        if (isImage(part)) {
            sink.image(image(part.path("inlineData"), signature));
            return;
        }
        boolean thought = part.path("thought").asBoolean(false);
        String text = Wire.text(part, "text");
        if (!text.isEmpty() && thought) {
            sink.thought(text);
        } else if (!text.isEmpty()) {
            sink.text(text);
        } else if (!thought && isSomething(part)) {
            sink.other(part);
            return;
        }
        if (!signature.isEmpty()) {
            sink.signature(signature);
        }
    }

    private static ToolCall call(JsonNode call, String signature, CallIds ids) {
        String id = Wire.text(call, "id");
        JsonNode args = call.path("args");
        return new ToolCall(
                id.isEmpty() ? ids.next() : id,
                Wire.text(call, "name"),
                args.isObject() ? Json.text(args) : "{}",
                signature.isEmpty() ? Json.object() : Signatures.wire(signature));
    }

    /** Drafts that an image model only thinks of are no answer. */
    private static boolean isImage(JsonNode part) {
        return Wire.text(part.path("inlineData"), "mimeType").startsWith("image/")
                && !part.path("thought").asBoolean(false);
    }

    private static ObjectNode image(JsonNode data, String signature) {
        ObjectNode image = Json.object().put("type", "image_url");
        String url = "data:" + Wire.text(data, "mimeType") + ";base64," + Wire.text(data, "data");
        image.putObject("image_url").put("url", url);
        if (!signature.isEmpty()) {
            image.setAll(Signatures.wire(signature));
        }
        return image;
    }

    /** Whether it holds anything besides text and marks: executed code, sound, a server's tool. */
    private static boolean isSomething(JsonNode part) {
        for (var field : part.properties()) {
            switch (field.getKey()) {
                case "text", "thought", "thoughtSignature" -> {
                    // Read above.
                }
                default -> {
                    return true;
                }
            }
        }
        return false;
    }

    /** Takes what the parts say. */
    interface Sink {
        void text(String text);

        void thought(String text);

        /** The signature of what was said last, tool calls and images excepted. */
        void signature(String signature);

        void call(ToolCall call);

        void image(ObjectNode image);

        /** A part that OpenAI's format has no place for. */
        void other(JsonNode part);
    }
}
