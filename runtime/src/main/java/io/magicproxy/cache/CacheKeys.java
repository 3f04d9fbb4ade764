package io.magicproxy.cache;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What makes two requests of one profile the same, under one rule. */
final class CacheKeys {
    private static final List<String> ALWAYS =
            List.of("tools", "tool_choice", "response_format", "n");

    /** The alias says nothing, the profile is in the key; streams have an endpoint of their own. */
    private static final Set<String> NEVER = Set.of("model", "stream");

    /**
     * A name that stands twice in an object could mean one thing to us and another to a provider:
     * then anybody could have a false answer remembered for somebody else's question.
     */
    private static final ObjectReader READER =
            Json.reader().with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private final String prefix;
    private final CacheRule rule;
    private final JsonNode profile;

    /**
     * Prepared for a profile.
     *
     * @param profile its name, where it is, and what it asks for
     */
    CacheKeys(String prefix, CacheRule rule, JsonNode profile) {
        this.prefix = prefix;
        this.rule = rule;
        this.profile = profile;
    }

    /** Empty for a request of which that can't be said. */
    Optional<String> of(CacheRequest<?> request) {
        try {
            ObjectNode key = Json.object();
            key.put("endpoint", request.kind().endpoint(request.body()));
            key.set("profile", profile);
            if (!rule.shared()) {
                key.put("team", request.terms().team());
            }
            fields(key, body(request.body()));
            return Optional.of(prefix + ":" + sha256(key));
        } catch (MalformedRequestException | IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static ObjectNode body(RequestBody request) throws IOException {
        if (READER.readTree(request.bytes()) instanceof ObjectNode body) {
            return body;
        }
        throw new IOException("no object");
    }

    private void fields(ObjectNode key, ObjectNode body) {
        ObjectNode fields = key.putObject("fields");
        ALWAYS.forEach(name -> take(name, body, fields));
        if (rule.includeInKey().isEmpty()) {
            body.properties().stream()
                    .filter(field -> !NEVER.contains(field.getKey()))
                    .forEach(field -> fields.set(field.getKey(), field.getValue()));
        } else {
            // The names too: under another rule, what was left out may count.
            var names = key.putArray("include");
            rule.includeInKey().stream().sorted().distinct().forEach(names::add);
            rule.includeInKey().forEach(name -> take(name, body, fields));
        }
    }

    private static void take(String name, ObjectNode from, ObjectNode to) {
        JsonNode value = from.get(name);
        if (value != null) {
            to.set(name, value);
        }
    }

    private static String sha256(JsonNode key) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            CanonicalJson.write(
                    key, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
