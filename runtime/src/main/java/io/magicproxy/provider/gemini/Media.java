package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.DataUrl;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Images, sound, films and documents as Gemini's parts: bytes in {@code inlineData}, links in
 * {@code fileData}.
 *
 * <p>Gemini fetches a link itself: it must be public, at most 100 MB, and the model a 2.5 or later
 * ({@code gs:} on Vertex, or registered with the Files API). Nothing is downloaded here.
 *
 * @param base the API's address, to which {@code files/…} ids belong
 */
record Media(String base) {
    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("png", "image/png"),
                    Map.entry("jpg", "image/jpeg"),
                    Map.entry("jpeg", "image/jpeg"),
                    Map.entry("webp", "image/webp"),
                    Map.entry("gif", "image/gif"),
                    Map.entry("bmp", "image/bmp"),
                    Map.entry("heic", "image/heic"),
                    Map.entry("heif", "image/heif"),
                    Map.entry("pdf", "application/pdf"),
                    Map.entry("json", "application/json"),
                    Map.entry("txt", "text/plain"),
                    Map.entry("md", "text/markdown"),
                    Map.entry("csv", "text/csv"),
                    Map.entry("html", "text/html"),
                    Map.entry("xml", "text/xml"),
                    Map.entry("wav", "audio/wav"),
                    Map.entry("mp3", "audio/mp3"),
                    Map.entry("aiff", "audio/aiff"),
                    Map.entry("aac", "audio/aac"),
                    Map.entry("ogg", "audio/ogg"),
                    Map.entry("flac", "audio/flac"),
                    Map.entry("m4a", "audio/m4a"),
                    Map.entry("mp4", "video/mp4"),
                    Map.entry("mpeg", "video/mpeg"),
                    Map.entry("mpg", "video/mpg"),
                    Map.entry("mov", "video/mov"),
                    Map.entry("avi", "video/avi"),
                    Map.entry("webm", "video/webm"),
                    Map.entry("wmv", "video/wmv"),
                    Map.entry("3gp", "video/3gpp"));

    ObjectNode image(String place, ContentPart.Image image) throws ProviderException {
        return url(place + ".image_url.url", image.url());
    }

    ObjectNode audio(ContentPart.Audio audio) {
        String format = audio.format().toLowerCase(Locale.ROOT);
        return inline(TYPES.getOrDefault(format, "audio/" + format), audio.data());
    }

    ObjectNode document(String place, ContentPart.Document document) throws ProviderException {
        if (document.fileId().isPresent()) {
            return file(place + ".file.file_id", document.fileId().get());
        }
        String data =
                document.fileData()
                        .orElseThrow(
                                () -> Faults.caller(place + ".file", "needs file_data or file_id"));
        if (DataUrl.is(data) || isLink(data)) {
            return url(place + ".file.file_data", data);
        }
        String type =
                document.filename()
                        .flatMap(Media::type)
                        .orElseThrow(() ->
                                Faults.caller(
                                        place + ".file.file_data",
                                        "must be a data: URL, or filename must end in a"
                                                + " known extension such as .pdf"));
        return inline(type, data);
    }

    /** A {@code data:}, {@code https:} or {@code gs:} URL. */
    ObjectNode url(String place, String url) throws ProviderException {
        if (DataUrl.is(url)) {
            DataUrl data = DataUrl.parse(place, url);
            return inline(data.type(), data.base64());
        }
        if (isLink(url)) {
            return link(url);
        }
        throw Faults.caller(
                place, "must be a data:, https: or gs: URL; Gemini fetches nothing else");
    }

    private ObjectNode file(String place, String id) throws ProviderException {
        if (isLink(id)) {
            return link(id);
        }
        if (id.startsWith("files/")) {
            return link(base + "/" + id);
        }
        throw Faults.caller(
                place,
                "must be the name or URI of a file uploaded to Gemini, such as files/abc-123;"
                        + " other providers' ids mean nothing there");
    }

    private static boolean isLink(String url) {
        return url.startsWith("https://") || url.startsWith("gs://");
    }

    private static ObjectNode link(String url) {
        ObjectNode part = Json.object();
        ObjectNode file = part.putObject("fileData");
        type(path(url)).ifPresent(type -> file.put("mimeType", type));
        file.put("fileUri", url);
        return part;
    }

    private static ObjectNode inline(String type, String data) {
        ObjectNode part = Json.object();
        part.putObject("inlineData").put("mimeType", type).put("data", data);
        return part;
    }

    private static String path(String url) {
        int end = url.length();
        for (char mark : new char[] {'?', '#'}) {
            int at = url.indexOf(mark);
            end = at < 0 ? end : Math.min(end, at);
        }
        return url.substring(0, end);
    }

    private static Optional<String> type(String filename) {
        int dot = filename.lastIndexOf('.');
        return dot < 0
                ? Optional.empty()
                : Optional.ofNullable(
                        TYPES.get(filename.substring(dot + 1).toLowerCase(Locale.ROOT)));
    }
}
