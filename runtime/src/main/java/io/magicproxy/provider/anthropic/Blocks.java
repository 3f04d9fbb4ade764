package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parts of content as Anthropic's blocks. */
final class Blocks {
    /** Anthropic's own blocks that callers may put among OpenAI's parts. */
    private static final Set<String> OWN =
            Set.of("image", "document", "search_result", "container_upload", "tool_reference");

    /** Fields of a part that Anthropic reads too. */
    private static final List<String> KEPT =
            List.of("cache_control", "citations", "title", "context");

    private Blocks() {}

    /**
     * The blocks for these parts; texts without a word are left out, since Anthropic refuses them.
     *
     * @param place of the content, such as {@code messages[2].content}
     */
    static List<ObjectNode> of(String place, List<ContentPart> parts) throws ProviderException {
        List<ObjectNode> blocks = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            add(place + "[" + i + "]", parts.get(i), blocks);
        }
        return blocks;
    }

    private static void add(String place, ContentPart part, List<ObjectNode> blocks)
            throws ProviderException {
        switch (part) {
            case ContentPart.Text(String text, ObjectNode rest) -> {
                if (!text.isBlank()) {
                    blocks.add(kept(rest, text(text)));
                }
            }
            case ContentPart.Refusal(String text) -> {
                if (!text.isBlank()) {
                    blocks.add(text(text));
                }
            }
            case ContentPart.Image image ->
                    blocks.add(kept(image.rest(), Media.image(place, image)));
            case ContentPart.Document document ->
                    blocks.add(kept(document.rest(), Media.document(place, document)));
            case ContentPart.Audio _ ->
                    throw Faults.caller(
                            place,
                            "is sound, which Anthropic doesn't take; send its transcript as text");
            case ContentPart.Unknown unknown -> blocks.add(own(place, unknown));
        }
    }

    static ObjectNode text(String text) {
        return Json.object().put("type", "text").put("text", text);
    }

    private static ObjectNode own(String place, ContentPart.Unknown part) throws ProviderException {
        if (!OWN.contains(part.type())) {
            throw Faults.caller(
                    place + ".type",
                    "is \""
                            + part.type()
                            + "\"; Anthropic is sent text, image_url, file, document and"
                            + " search_result");
        }
        ObjectNode block = Json.object().put("type", part.type());
        block.setAll(part.json());
        return block;
    }

    private static ObjectNode kept(ObjectNode rest, ObjectNode block) {
        boolean isText = Wire.text(block, "type").equals("text");
        for (String name : KEPT) {
            JsonNode value = rest.path(name);
            boolean fits = !isText || name.equals("cache_control") || name.equals("citations");
            if (fits && !value.isMissingNode() && !value.isNull()) {
                block.set(name, value);
            }
        }
        return block;
    }

    /** Marks the end of what these fields' owner said as the end of a prefix to cache. */
    static void cache(ObjectNode rest, List<ObjectNode> blocks) {
        if (rest.path("cache_control").isObject() && !blocks.isEmpty()) {
            blocks.getLast().putIfAbsent("cache_control", rest.path("cache_control"));
        }
    }
}
