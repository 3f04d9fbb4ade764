package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.DataUrl;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.Set;

/** Images and documents as Anthropic's blocks. */
final class Media {
    private static final Set<String> IMAGES =
            Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

    private static final int SHOWN_CHARS = 40;

    private Media() {}

    static ObjectNode image(String place, ContentPart.Image image) throws ProviderException {
        String field = place + ".image_url.url";
        if (isWeb(image.url())) {
            return block("image", url(image.url()));
        }
        DataUrl data = data(field, image.url(), "https: or data:…;base64,");
        return data.type().equals("application/pdf") ? pdf(data) : image(data);
    }

    static ObjectNode document(String place, ContentPart.Document document)
            throws ProviderException {
        ObjectNode block;
        if (document.fileId().isPresent()) {
            ObjectNode source = Json.object().put("type", "file");
            block = block("document", source.put("file_id", document.fileId().get()));
        } else {
            String field = place + ".file.file_data";
            block = document(field, document.fileData().orElse(""));
        }
        if (Wire.text(block, "type").equals("document")) {
            document.filename().filter(n -> !n.isBlank()).ifPresent(n -> block.put("title", n));
        }
        return block;
    }

    private static ObjectNode document(String field, String fileData) throws ProviderException {
        if (isWeb(fileData)) {
            return block("document", url(fileData));
        }
        DataUrl data = data(field, fileData, "data:application/pdf;base64,");
        if (data.type().equals("application/pdf")) {
            return pdf(data);
        }
        if (data.type().startsWith("text/") || data.type().equals("application/json")) {
            ObjectNode source = Json.object().put("type", "text").put("media_type", "text/plain");
            return block("document", source.put("data", data.text()));
        }
        if (data.type().startsWith("image/")) {
            return image(data);
        }
        throw Faults.caller(
                field, "is of type " + data.type() + "; Anthropic reads PDF, text and images");
    }

    private static ObjectNode image(DataUrl data) throws ProviderException {
        String type = data.type().equals("image/jpg") ? "image/jpeg" : data.type();
        if (!IMAGES.contains(type)) {
            throw Faults.caller(
                    data.place(),
                    "is of type " + data.type() + "; Anthropic reads JPEG, PNG, GIF, WebP");
        }
        return block("image", base64(type, data));
    }

    private static ObjectNode pdf(DataUrl data) throws ProviderException {
        return block("document", base64("application/pdf", data));
    }

    private static ObjectNode base64(String type, DataUrl data) throws ProviderException {
        if (!data.isBase64()) {
            throw Faults.caller(
                    data.place(), "must be encoded as base64: data:" + type + ";base64,…");
        }
        ObjectNode source = Json.object().put("type", "base64").put("media_type", type);
        return source.put("data", data.data());
    }

    private static boolean isWeb(String url) {
        return url.regionMatches(true, 0, "https://", 0, 8);
    }

    private static ObjectNode url(String url) {
        return Json.object().put("type", "url").put("url", url);
    }

    private static ObjectNode block(String type, ObjectNode source) {
        ObjectNode block = Json.object().put("type", type);
        block.set("source", source);
        return block;
    }

    private static DataUrl data(String field, String url, String wanted) throws ProviderException {
        if (!DataUrl.is(url)) {
            String start = url.length() > SHOWN_CHARS ? url.substring(0, SHOWN_CHARS) : url;
            throw Faults.caller(field, "must begin with " + wanted + "; it is \"" + start + "\"");
        }
        return DataUrl.parse(field, url);
    }
}
