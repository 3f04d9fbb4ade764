package io.magicproxy.server.ui;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * One file of the page, ready to be sent.
 *
 * @param stamp by which a change of the file is seen
 * @param gzip the same, smaller; absent where it wouldn't be
 * @param tag a hash of the content
 * @param immutable whether its name says what it holds, so that it never changes
 */
record PageFile(
        String stamp,
        byte[] plain,
        Optional<byte[]> gzip,
        String type,
        String tag,
        boolean immutable) {
    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("html", "text/html; charset=utf-8"),
                    Map.entry("js", "text/javascript; charset=utf-8"),
                    Map.entry("mjs", "text/javascript; charset=utf-8"),
                    Map.entry("css", "text/css; charset=utf-8"),
                    Map.entry("json", "application/json"),
                    Map.entry("map", "application/json"),
                    Map.entry("webmanifest", "application/manifest+json"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("png", "image/png"),
                    Map.entry("jpg", "image/jpeg"),
                    Map.entry("webp", "image/webp"),
                    Map.entry("ico", "image/x-icon"),
                    Map.entry("woff2", "font/woff2"),
                    Map.entry("txt", "text/plain; charset=utf-8"));

    private static final Set<String> COMPRESSED = Set.of("png", "jpg", "webp", "woff2");

    /**
     * As bundlers name what never changes: {@code assets/index-B3xk9a1Q.js}. A hash without digits
     * or capitals isn't told from a word: such a file is asked for again, which is only slower.
     */
    private static final Pattern HASHED =
            Pattern.compile(
                    "assets/(?:.*/)?[^/]*[-.](?=[a-zA-Z_-]*[0-9])(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{8}\\.[a-z0-9]+");

    private static final int TAG_BYTES = 12;
    private static final int WORTH_IT = 512;

    static PageFile of(String path, String stamp, byte[] content) {
        String ending = path.substring(path.lastIndexOf('.') + 1);
        return new PageFile(
                stamp,
                content,
                COMPRESSED.contains(ending) || content.length < WORTH_IT
                        ? Optional.empty()
                        : Optional.of(zipped(content)),
                TYPES.getOrDefault(ending, "application/octet-stream"),
                hash(content),
                HASHED.matcher(path).matches());
    }

    private static byte[] zipped(byte[] content) {
        var out = new ByteArrayOutputStream(content.length / 2);
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
