package io.magicproxy.provider;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Pattern;

/** A provider's key. Shows itself as a fingerprint and its last four characters only. */
public final class ApiKey {
    private static final int FINGERPRINT_BYTES = 6;
    private static final int SHOWN = 4;
    private static final int SHORT = 12;

    private final String secret;
    private final String fingerprint;

    public ApiKey(String secret) {
        this.secret = Objects.requireNonNull(secret);
        this.fingerprint = fingerprintOf(secret);
    }

    /** For the header of a call to its provider, and for nothing else. */
    public String reveal() {
        return secret;
    }

    /** Twelve hexadecimal digits that stand for the key in state, logs and the API. */
    public String fingerprint() {
        return fingerprint;
    }

    /** The last four characters; nothing of a key that is too short to hide the rest. */
    public String lastFour() {
        return secret.length() < SHORT ? "" : secret.substring(secret.length() - SHOWN);
    }

    /**
     * The text with the key, or what begins like it, replaced by what may be shown: some providers
     * quote it.
     */
    public String maskedIn(String text) {
        if (secret.length() < SHORT || !text.contains(secret.substring(0, SHORT - SHOWN))) {
            return text;
        }
        String beginning = Pattern.quote(secret.substring(0, SHORT - SHOWN));
        return text.replace(secret, toString())
                .replaceAll(beginning + "[^\\s'\"]*", fingerprint + "…");
    }

    private static String fingerprintOf(String secret) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApiKey key && key.secret.equals(secret);
    }

    @Override
    public int hashCode() {
        return fingerprint.hashCode();
    }

    @Override
    public String toString() {
        return fingerprint + "…" + lastFour();
    }
}
