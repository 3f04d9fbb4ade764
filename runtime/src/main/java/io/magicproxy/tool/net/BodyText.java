package io.magicproxy.tool.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes as text, in the order of the HTML standard: byte order mark, header, the page itself. */
final class BodyText {
    /** How far a page may be from its beginning when it says what it is written in. */
    private static final int PRESCAN = 1024;

    private static final Pattern CHARSET =
            Pattern.compile("(?i)charset\\s*=\\s*[\"']?\\s*([A-Za-z0-9._:-]+)");
    private static final Pattern META = Pattern.compile("(?is)<meta\\s[^>]*>");

    private BodyText() {}

    static String of(byte[] body, String contentType) {
        if (begins(body, 0xEF, 0xBB, 0xBF)) {
            return new String(body, 3, body.length - 3, UTF_8);
        }
        if (begins(body, 0xFE, 0xFF)) {
            return new String(body, 2, body.length - 2, UTF_16BE);
        }
        if (begins(body, 0xFF, 0xFE)) {
            return new String(body, 2, body.length - 2, UTF_16LE);
        }
        return new String(
                body, named(contentType).or(() -> inPage(body, contentType)).orElse(UTF_8));
    }

    private static boolean begins(byte[] body, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (i >= body.length || (body[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Charset> inPage(byte[] body, String contentType) {
        if (!contentType.contains("html")) {
            return Optional.empty();
        }
        Matcher meta =
                META.matcher(new String(body, 0, Math.min(body.length, PRESCAN), ISO_8859_1));
        while (meta.find()) {
            Optional<Charset> found = named(meta.group());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<Charset> named(String text) {
        Matcher name = CHARSET.matcher(text);
        try {
            return name.find() ? Optional.of(Charset.forName(name.group(1))) : Optional.empty();
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return Optional.empty();
        }
    }
}
