package io.magicproxy.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A script and every file that it imports: all that it can read. Paths are relative to the script's
 * folder, with slashes.
 *
 * @param entry the script's own path, a key of {@code files}
 * @param files sources by path
 */
public record ScriptBundle(String entry, SortedMap<String, String> files) {
    private static final int HASH_BYTES = 16;

    public ScriptBundle {
        files = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(files));
        if (!files.containsKey(entry)) {
            throw new IllegalArgumentException(entry + " is not among the files");
        }
    }

    public static ScriptBundle of(String entry, String source) {
        return new ScriptBundle(entry, new TreeMap<>(Map.of(entry, source)));
    }

    public Language language() {
        Optional<Language> language = Language.of(entry);
        return language.orElseThrow(
                () -> new IllegalArgumentException(entry + " ends with none of .js, .mjs, .py"));
    }

    public String source() {
        return files.getOrDefault(entry, "");
    }

    /** The version: a hash of all paths and sources, as hexadecimal text. */
    public String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(entry.getBytes(StandardCharsets.UTF_8));
            files.forEach((path, source) -> {
                digest.update(("\0" + path + "\0").getBytes(StandardCharsets.UTF_8));
                digest.update(source.getBytes(StandardCharsets.UTF_8));
            });
            return HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
