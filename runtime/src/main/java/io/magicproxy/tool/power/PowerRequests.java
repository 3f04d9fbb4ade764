package io.magicproxy.tool.power;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a tool's manifest asks for: {@code network}, {@code files}, {@code agents}. */
public record PowerRequests(List<String> network, List<String> files, boolean agents) {
    public PowerRequests {
        network = List.copyOf(network);
        files = List.copyOf(files);
    }

    public static PowerRequests none() {
        return new PowerRequests(List.of(), List.of(), false);
    }

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException for what isn't written as it should be; the message is for
     *     the tool's author
     */
    public static PowerRequests of(JsonNode manifest) {
        List<String> network = texts(manifest, "network", "hosts, such as [\"api.example.com\"]");
        network.forEach(NetworkEntry::of);
        JsonNode agents = manifest.path("agents");
        if (!agents.isMissingNode() && !agents.isBoolean()) {
            throw new IllegalArgumentException("manifest.agents must be true or false");
        }
        return new PowerRequests(
                network, texts(manifest, "files", "paths, such as [\"docs\"]"), agents.asBoolean());
    }

    private static List<String> texts(JsonNode manifest, String key, String what) {
        JsonNode list = manifest.path(key);
        List<String> texts = new ArrayList<>();
        if (list.isTextual()) {
            texts.add(list.asText());
        } else if (list.isArray() || list.isMissingNode()) {
            list.forEach(one -> texts.add(one.isTextual() ? one.asText() : ""));
        } else {
            texts.add("");
        }
        if (texts.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("manifest." + key + " must be a list of " + what);
        }
        return texts;
    }

    /**
     * What is asked for and not granted, with what to write; empty if all is. A grant may be
     * narrower than what is asked for: then the tool gets along with less.
     */
    public Optional<String> ungranted(String tool, GrantConfig grant) {
        var hosts = new NetworkGrant(tool, grant);
        List<String> lackingHosts =
                network.stream().filter(asked -> !hosts.meets(NetworkEntry.of(asked))).toList();
        List<String> lackingFiles =
                files.stream()
                        .filter(asked -> grant.files().stream().noneMatch(has -> meets(has, asked)))
                        .toList();
        boolean lackingAgents = agents && !grant.agents();
        if (lackingHosts.isEmpty() && lackingFiles.isEmpty() && !lackingAgents) {
            return Optional.empty();
        }
        var lacking = new GrantConfig(lackingHosts, lackingFiles, lackingAgents);
        return Optional.of(
                tool
                        + " asks for "
                        + words(lacking)
                        + ", which it isn't granted; "
                        + GrantYaml.with(tool, grant, lacking));
    }

    private static String words(GrantConfig lacking) {
        List<String> words = new ArrayList<>();
        if (!lacking.network().isEmpty()) {
            words.add("network " + String.join(", ", lacking.network()));
        }
        if (!lacking.files().isEmpty()) {
            words.add("files " + String.join(", ", lacking.files()));
        }
        if (lacking.agents()) {
            words.add("agents");
        }
        return String.join(" and ", words);
    }

    private static boolean meets(String granted, String asked) {
        try {
            Path has = Path.of(granted).normalize();
            Path wants = Path.of(asked).normalize();
            return wants.startsWith(has)
                    || has.startsWith(wants)
                    || (has.toString().isEmpty() && !wants.isAbsolute() && !wants.startsWith(".."));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
