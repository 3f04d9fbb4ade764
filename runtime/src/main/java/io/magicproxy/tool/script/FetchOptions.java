package io.magicproxy.tool.script;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.Method;
import io.magicproxy.chat.Json;
import io.magicproxy.tool.net.FetchException;
import io.magicproxy.tool.net.FetchException.Kind;
import io.magicproxy.tool.net.FetchRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads what a script passes to {@code tool.fetch}. */
final class FetchOptions {
    private static final Set<String> KNOWN =
            Set.of("method", "headers", "body", "timeout_ms", "max_bytes");
    private static final int TIMEOUT_MS = 30_000;
    private static final int MAX_TIMEOUT_MS = 600_000;
    private static final int MAX_BYTES = 1 << 20;
    private static final Set<Method> LOOKS = Set.of(Method.GET, Method.HEAD, Method.OPTIONS);

    private FetchOptions() {}

    /**
     * @param ceiling bytes of an answer; whoever asks for more gets no more
     */
    static FetchRequest read(ObjectNode value, int ceiling) throws FetchException {
        JsonNode options = value.path("options");
        Set<String> unknown = new TreeSet<>();
        options.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            throw bad(
                    "fetch has no option "
                            + String.join(", ", unknown)
                            + "; it has "
                            + String.join(", ", new TreeSet<>(KNOWN)));
        }
        Map<String, String> headers = headers(options.path("headers"));
        byte[] body = body(options.path("body"), headers);
        return FetchRequest.of(
                value.path("url").asText(),
                options.path("method").asText(body.length == 0 ? "GET" : "POST"),
                headers,
                body,
                new FetchRequest.Limits(
                        Duration.ofMillis(
                                number(options, "timeout_ms", TIMEOUT_MS, MAX_TIMEOUT_MS)),
                        Math.min(
                                number(options, "max_bytes", MAX_BYTES, Integer.MAX_VALUE),
                                ceiling)));
    }

    /** Whether a second such request does no more than the first. */
    static boolean onlyLooks(FetchRequest request) {
        return LOOKS.contains(request.method());
    }

    private static Map<String, String> headers(JsonNode given) throws FetchException {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!given.isMissingNode() && !given.isNull() && !given.isObject()) {
            throw bad("fetch's headers must be an object of names and values");
        }
        for (Map.Entry<String, JsonNode> one : given.properties()) {
            if (!one.getValue().isValueNode() || one.getValue().isNull()) {
                throw bad("the header " + one.getKey() + " must be a text");
            }
            headers.put(one.getKey(), one.getValue().asText());
        }
        return headers;
    }

    /** A text goes as it is, anything else as JSON. */
    private static byte[] body(JsonNode body, Map<String, String> headers) {
        if (body.isMissingNode() || body.isNull()) {
            return new byte[0];
        }
        if (body.isTextual()) {
            return body.asText().getBytes(UTF_8);
        }
        boolean typed =
                headers.keySet().stream()
                        .anyMatch(name -> name.toLowerCase(Locale.ROOT).equals("content-type"));
        if (!typed) {
            headers.put("Content-Type", "application/json");
        }
        return Json.bytes(body);
    }

    private static int number(JsonNode options, String name, int standard, int ceiling)
            throws FetchException {
        JsonNode given = options.path(name);
        if (given.isMissingNode() || given.isNull()) {
            return standard;
        }
        boolean fits = given.isNumber() && given.asDouble() >= 1 && given.asDouble() <= ceiling;
        if (!fits) {
            throw bad("fetch's " + name + " must be a number from 1 to " + ceiling);
        }
        return given.asInt();
    }

    private static FetchException bad(String message) {
        return new FetchException(Kind.BAD_REQUEST, message);
    }
}
