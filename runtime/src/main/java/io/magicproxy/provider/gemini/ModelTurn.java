package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Message;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a model said, as parts of a model's turn, with each thought signature where it came from.
 * Thoughts themselves are not sent back: their signatures stand for them.
 */
record ModelTurn(Media media, List<String> notes) {

    /**
     * @param signed whether Gemini will refuse a first tool call without a signature
     */
    List<ObjectNode> parts(String place, Message.Assistant message, boolean signed)
            throws ProviderException {
        List<ObjectNode> parts = new ArrayList<>();
        JsonNode kept = message.rest().path("extra_content").path("google").path("parts");
        for (JsonNode raw : kept) {
            if (raw instanceof ObjectNode part) {
                parts.add(part);
            }
        }
        int spoken = parts.size();
        for (int i = 0; i < message.content().size(); i++) {
            ContentPart part = message.content().get(i);
            UserParts.add(place + ".content[" + i + "]", part, media, parts);
        }
        Optional<String> signature = Signatures.of(message.rest());
        if (signature.isPresent()) {
            sign(parts, spoken, signature.get());
        }
        images(place, message, parts);
        calls(place, message.toolCalls(), signed, parts);
        return parts;
    }

    /** A streamed signature often comes in an empty part of its own. */
    private static void sign(List<ObjectNode> parts, int spoken, String signature) {
        if (parts.size() == spoken) {
            parts.add(Json.object().put("text", ""));
        }
        parts.getLast().put("thoughtSignature", signature);
    }

    private void images(String place, Message.Assistant message, List<ObjectNode> parts)
            throws ProviderException {
        JsonNode images = message.rest().path("images");
        for (int i = 0; i < images.size(); i++) {
            String url = Wire.text(images.path(i).path("image_url"), "url");
            ObjectNode part = media.url(place + ".images[" + i + "].image_url.url", url);
            Signatures.of(images.path(i)).ifPresent(s -> part.put("thoughtSignature", s));
            parts.add(part);
        }
    }

    private void calls(String place, List<ToolCall> calls, boolean signed, List<ObjectNode> parts) {
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            ObjectNode part = Json.object();
            ObjectNode wire = part.putObject("functionCall");
            wire.put("id", call.id()).put("name", call.name());
            wire.set("args", arguments(place + ".tool_calls[" + i + "]", call.arguments()));
            Optional<String> signature = Signatures.of(call.rest());
            // Of parallel calls only the first carries one.
            if (signature.isEmpty() && signed && i == 0) {
                signature = Optional.of(Signatures.FOREIGN_CALL);
            }
            signature.ifPresent(s -> part.put("thoughtSignature", s));
            parts.add(part);
        }
    }

    /** Gemini wants an object, but models also write other things, and the history keeps them. */
    private JsonNode arguments(String place, String text) {
        if (text.isBlank()) {
            return Json.object();
        }
        try {
            if (Json.read(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            // Said below.
        }
        notes.add(place + ": arguments are no JSON object, sent as {\"arguments\": text}");
        return Json.object().put("arguments", text);
    }
}
