package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The {@code anthropic-beta} header: what the caller names in {@code betas}, and what the request
 * can't do without.
 */
final class Betas {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,100}");

    private Betas() {}

    /** The header's value, if there is anything to name. */
    static Optional<String> header(Optional<JsonNode> asked, ObjectNode body)
            throws ProviderException {
        Set<String> names = new LinkedHashSet<>(asked.isPresent() ? asked(asked.get()) : List.of());
        if (usesFiles(body.path("messages"))) {
            add(names, "files-api-", "2025-04-14");
        }
        if (body.has("mcp_servers")) {
            add(
                    names,
                    "mcp-client-",
                    usesToolsets(body.path("tools")) ? "2025-11-20" : "2025-04-04");
        }
        if (body.has("context_management")) {
            add(names, "context-management-", "2025-06-27");
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join(",", names));
    }

    private static List<String> asked(JsonNode asked) throws ProviderException {
        List<String> names = new ArrayList<>();
        if (asked.isTextual()) {
            for (String name : asked.textValue().split(",", -1)) {
                names.add(name.strip());
            }
        } else {
            asked.forEach(name -> names.add(Wire.text(name)));
        }
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw Faults.caller(
                        "betas", "must be a list of names such as \"context-1m-2025-08-07\"");
            }
        }
        return names;
    }

    private static void add(Set<String> names, String feature, String version) {
        if (names.stream().noneMatch(name -> name.startsWith(feature))) {
            names.add(feature + version);
        }
    }

    private static boolean usesFiles(JsonNode messages) {
        for (JsonNode message : messages) {
            for (JsonNode block : message.path("content")) {
                if (block.path("source").has("file_id") || block.has("file_id")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean usesToolsets(JsonNode tools) {
        for (JsonNode tool : tools) {
            if (Wire.text(tool, "type").equals("mcp_toolset")) {
                return true;
            }
        }
        return false;
    }
}
