package io.magicproxy.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** JSON that we wrote ourselves. */
final class Trees {
    private static final int HASH_LETTERS = 32;

    private Trees() {}

    static ObjectNode object(JsonNode node) {
        return node instanceof ObjectNode object ? object : Json.object();
    }

    static ArrayNode array(JsonNode node) {
        return node instanceof ArrayNode array ? array : Json.object().arrayNode();
    }

    static JsonNode read(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the journal holds JSON", e);
        }
    }

    /** Short, for what is compared with itself. */
    static String hash(JsonNode node) {
        return sha256(Json.bytes(node)).substring(0, HASH_LETTERS);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
