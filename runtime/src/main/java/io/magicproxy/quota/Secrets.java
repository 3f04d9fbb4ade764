package io.magicproxy.quota;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** Makes secrets, and hashes them. */
public final class Secrets {
    static final String PREFIX = "sk-mp-";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;
    private static final int ID_BYTES = 6;
    private static final int SHOWN = 4;

    private Secrets() {}

    /** A new secret: 256 bits that nobody can guess. */
    static String fresh() {
        return PREFIX
                + Base64.getUrlEncoder().withoutPadding().encodeToString(random(SECRET_BYTES));
    }

    static String id() {
        return "vk_" + HexFormat.of().formatHex(random(ID_BYTES));
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    static VirtualKey.Secret known(String secret) {
        String start = secret.startsWith(PREFIX) ? PREFIX : "";
        return new VirtualKey.Secret(
                hash(secret), start + "…" + secret.substring(Math.max(0, secret.length() - SHOWN)));
    }

    private static String hash(String secret) {
        try {
            return hex(
                    MessageDigest.getInstance("SHA-256")
                            .digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
