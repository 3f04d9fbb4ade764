package io.magicproxy.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A part of a message's content. {@code rest} holds unknown fields, {@code cache_control} among
 * them.
 */
public sealed interface ContentPart {

    record Text(String text, ObjectNode rest) implements ContentPart {
        public Text(String text) {
            this(text, Json.object());
        }
    }

    /** An image by its {@code data:} or {@code https:} URL. */
    record Image(String url, Optional<String> detail, ObjectNode rest) implements ContentPart {}

    /** Sound: base64 data and its format, {@code wav} or {@code mp3}. */
    record Audio(String data, String format, ObjectNode rest) implements ContentPart {}

    /** A document: a {@code data:} URL, or the id of a file that was uploaded to the provider. */
    record Document(
            Optional<String> fileData,
            Optional<String> fileId,
            Optional<String> filename,
            ObjectNode rest)
            implements ContentPart {}

    record Refusal(String text) implements ContentPart {}

    /**
     * A type of part that the house doesn't know: only a provider of OpenAI's format may read it.
     */
    record Unknown(String type, ObjectNode json) implements ContentPart {}
}
