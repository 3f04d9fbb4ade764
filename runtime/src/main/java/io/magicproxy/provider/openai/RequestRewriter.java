package io.magicproxy.provider.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.magicproxy.chat.BodyEdit;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.provider.openai.Dialect.Rename;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the caller's body into one profile's: its model, its defaults, its provider's names.
 * Prepared once per profile.
 */
final class RequestRewriter {
    private static final byte[] INCLUDE_USAGE = "{\"include_usage\":true}".getBytes(UTF_8);

    private final Dialect dialect;
    private final byte[] model;
    private final List<Map.Entry<String, byte[]>> defaults = new ArrayList<>();
    private final List<Rename> renames;

    /** Message fields that this provider refuses, as they stand in a text. */
    private final List<String> foreign;

    RequestRewriter(Dialect dialect, ProviderTarget target) {
        this.dialect = dialect;
        this.model = Json.bytes(TextNode.valueOf(target.model()));
        this.foreign = dialect.messageDrops().stream().map(f -> '"' + f + '"').toList();
        this.renames =
                dialect.renames().stream()
                        .filter(r -> r.models().matcher(target.model()).matches())
                        .toList();
        target.defaults().properties().stream()
                .filter(e -> !e.getValue().isNull())
                .forEach(e -> defaults.add(Map.entry(e.getKey(), Json.bytes(e.getValue()))));
    }

    byte[] chat(RequestBody request) throws MalformedRequestException {
        BodyEdit edit = common(request);
        edit.remove("safety_settings");
        renames.forEach(rename -> edit.rename(rename.from(), rename.to()));
        if (mentionsForeign(request)) {
            edit.set("messages", withoutForeign(request));
        }
        if (!dialect.streamUsage()) {
            edit.remove("stream_options");
        } else if (request.stream() && !request.includeUsage()) {
            edit.set("stream_options", withUsage(request));
        }
        return edit.toBytes();
    }

    byte[] embedding(RequestBody request) {
        return common(request).toBytes();
    }

    /** What of the request has no effect here. */
    List<String> notes(RequestBody request) {
        return request.has("safety_settings")
                ? List.of("safety_settings has no effect on " + dialect.id())
                : List.of();
    }

    private BodyEdit common(RequestBody request) {
        BodyEdit edit = request.edit().set("model", model);
        defaults.forEach(e -> edit.setIfAbsent(e.getKey(), e.getValue()));
        return edit;
    }

    /** Keeps what else the caller has set there, such as {@code include_obfuscation}. */
    private static byte[] withUsage(RequestBody request) throws MalformedRequestException {
        if (request.member("stream_options").orElse(null) instanceof ObjectNode options) {
            return Json.bytes(options.put("include_usage", true));
        }
        return INCLUDE_USAGE;
    }

    /** Latin-1 keeps every byte a char, and its search is the JVM's fastest. */
    private boolean mentionsForeign(RequestBody request) {
        if (foreign.isEmpty()) {
            return false;
        }
        String text = new String(request.bytes(), ISO_8859_1);
        for (String field : foreign) {
            if (text.contains(field)) {
                return true;
            }
        }
        return false;
    }

    private byte[] withoutForeign(RequestBody request) throws MalformedRequestException {
        JsonNode messages = request.member("messages").orElseGet(Json::object);
        for (JsonNode message : messages) {
            drop(message);
            message.path("tool_calls").forEach(this::drop);
        }
        return Json.bytes(messages);
    }

    private void drop(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(dialect.messageDrops());
        }
    }
}
