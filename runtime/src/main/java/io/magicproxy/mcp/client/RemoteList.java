package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.config.DidYouMean;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a server offers, under names that models' providers take.
 *
 * @param listed as the server lists it
 * @param tools by the name under which they are called
 * @param problems what was left out, and why
 */
record RemoteList(List<JsonNode> listed, Map<String, RemoteSpec> tools, List<String> problems) {
    private static final int MAX_NAME = 64;
    private static final int HASH_BYTES = 4;
    private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9_-]");

    static RemoteList empty() {
        return new RemoteList(List.of(), Map.of(), List.of());
    }

    static RemoteList of(List<JsonNode> listed, ServerSettings server) {
        Map<String, RemoteSpec> tools = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        List<String> names = listed.stream().map(tool -> tool.path("name").asText()).toList();
        for (JsonNode tool : listed) {
            String name = tool.path("name").asText();
            if (name.isBlank()) {
                problems.add("a tool without a name is left out");
            } else if (allowed(name, server)) {
                take(tool, server, tools, problems);
            }
        }
        server.allow()
                .ifPresent(allow ->
                        allow.stream()
                                .filter(pattern -> names.stream().noneMatch(glob(pattern)))
                                .forEach(pattern ->
                                        problems.add(
                                                "allow names \""
                                                        + pattern
                                                        + "\", and the server has no such tool"
                                                        + DidYouMean.hint(pattern, names))));
        return new RemoteList(listed, tools, problems);
    }

    private static void take(
            JsonNode tool,
            ServerSettings server,
            Map<String, RemoteSpec> tools,
            List<String> problems) {
        String name = tool.path("name").asText();
        String offered = cleaned(server.offered(name));
        RemoteSpec other = tools.get(offered);
        if (other != null) {
            problems.add(
                    "\""
                            + name
                            + "\" is left out: models would call it "
                            + offered
                            + ", as they call \""
                            + other.remoteName()
                            + "\"; leave one of them out with allow");
        } else if (tools.size() >= server.limits().maxTools()) {
            problems.add("\"" + name + "\" is left out: max_tools are there already");
        } else {
            try {
                tools.put(offered, RemoteSpec.read(tool, offered, server));
            } catch (IllegalArgumentException e) {
                problems.add("\"" + name + "\" is left out: " + e.getMessage());
            }
        }
    }

    private static boolean allowed(String name, ServerSettings server) {
        return server.allow()
                .map(allow -> allow.stream().anyMatch(pattern -> glob(pattern).test(name)))
                .orElse(true);
    }

    private static Predicate<String> glob(String pattern) {
        String regex =
                String.join(
                        ".*",
                        List.of(pattern.split("\\*", -1)).stream().map(Pattern::quote).toList());
        return Pattern.compile(regex, Pattern.DOTALL).asMatchPredicate();
    }

    /** A name that is too long ends in what tells it from others that begin alike. */
    static String cleaned(String name) {
        String fit = UNFIT.matcher(name).replaceAll("_");
        if (fit.length() <= MAX_NAME) {
            return fit;
        }
        String mark = "_" + hash(name);
        return fit.substring(0, MAX_NAME - mark.length()) + mark;
    }

    private static String hash(String name) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(name.getBytes(StandardCharsets.UTF_8)),
                            0,
                            HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
