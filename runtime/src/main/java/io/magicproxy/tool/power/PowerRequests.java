package io.magicproxy.tool.power;

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

    /**
     * What is asked for and not granted, with what to write; empty if all is. A grant may be
     * narrower than what is asked for: then the tool gets along with less.
     *
     * @throws IllegalArgumentException for a host that is none; the message is for the tool's
     *     author
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
