package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.List;

/** Parts of content as Gemini's parts. */
final class UserParts {
    private UserParts() {}

    /** Adds the part, unless it is an empty text, which Gemini refuses. */
    static void add(String place, ContentPart part, Media media, List<ObjectNode> parts)
            throws ProviderException {
        switch (part) {
            case ContentPart.Text(String text, _) -> addText(text, parts);
            case ContentPart.Refusal(String text) -> addText(text, parts);
            case ContentPart.Image image -> parts.add(media.image(place, image));
            case ContentPart.Audio audio -> parts.add(media.audio(audio));
            case ContentPart.Document document -> parts.add(media.document(place, document));
            case ContentPart.Unknown unknown -> parts.add(unknown(place, unknown, media));
        }
    }

    private static void addText(String text, List<ObjectNode> parts) {
        if (!text.isEmpty()) {
            parts.add(Json.object().put("text", text));
        }
    }

    private static ObjectNode unknown(String place, ContentPart.Unknown part, Media media)
            throws ProviderException {
        if (part.type().equals("video_url")) {
            String url = Wire.text(part.json().path("video_url"), "url");
            return media.url(place + ".video_url.url", url);
        }
        throw Faults.caller(
                place + ".type",
                "is \""
                        + part.type()
                        + "\"; Gemini is sent text, image_url, input_audio, file and video_url");
    }
}
