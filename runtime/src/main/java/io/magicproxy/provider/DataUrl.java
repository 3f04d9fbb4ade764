package io.magicproxy.provider;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * A file's content within its address (RFC 2397).
 *
 * @param place the request's field that holds it
 * @param type its media type in lower case, without parameters
 * @param isBase64 whether the data is base64; else it is text with %-escapes
 * @param data as it stands there
 */
public record DataUrl(String place, String type, boolean isBase64, String data) {
    private static final String SCHEME = "data:";
    private static final String BASE64 = ";base64";

    /** Whether a text means to be one. */
    public static boolean is(String text) {
        return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    /** Reads a text that {@link #is} one; a broken one is the caller's fault. */
    public static DataUrl parse(String place, String url) throws ProviderException {
        int comma = url.indexOf(',');
        if (comma < 0) {
            throw Faults.caller(place, "is a data: URL without a comma before its data");
        }
        String head = url.substring(SCHEME.length(), comma).toLowerCase(Locale.ROOT);
        int end = head.indexOf(';');
        String type = (end < 0 ? head : head.substring(0, end)).strip();
        if (type.isEmpty()) {
            throw Faults.caller(
                    place, "is a data: URL without a media type; begin it with data:image/png;…");
        }
        return new DataUrl(place, type, head.endsWith(BASE64), url.substring(comma + 1));
    }

    public String text() throws ProviderException {
        try {
            return isBase64
                    ? new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8)
                    // URLDecoder reads a plus as a space, which it isn't here.
                    : URLDecoder.decode(data.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Faults.caller(
                    place, "is a data: URL with broken " + (isBase64 ? "base64" : "%-escapes"));
        }
    }

    public String base64() throws ProviderException {
        return isBase64
                ? data
                : Base64.getEncoder().encodeToString(text().getBytes(StandardCharsets.UTF_8));
    }
}
