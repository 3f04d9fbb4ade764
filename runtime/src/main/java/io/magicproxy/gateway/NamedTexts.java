package io.magicproxy.gateway;

import io.magicproxy.prompt.TextFile;
import io.magicproxy.prompt.TextFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An agent's texts, which its configuration gives as they are or by the names of files. */
final class NamedTexts {
    /** What names a file rather than being a text itself. */
    private static final Pattern FILE = Pattern.compile("[\\w.-]+\\.(md|txt)");

    private final List<String> missing = new ArrayList<>();
    private final String prompt;
    private final List<String> manifests;

    NamedTexts(TextFolders texts, String prompt, List<String> manifests) {
        this.prompt = text("system_prompt", prompt, texts.prompts());
        this.manifests =
                manifests.stream().map(one -> text("manifests", one, texts.manifests())).toList();
    }

    String prompt() {
        return prompt;
    }

    List<String> manifests() {
        return manifests;
    }

    /** Which file isn't there: an agent must not run without its instructions. */
    Optional<String> problem() {
        return missing.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missing));
    }

    private String text(String option, String given, TextFolder folder) {
        if (!FILE.matcher(given).matches()) {
            return given;
        }
        Optional<TextFile> file = folder.find(given);
        if (file.isEmpty()) {
            missing.add(
                    "its agent_settings."
                            + option
                            + " names "
                            + given
                            + ", which isn't in "
                            + folder.folder().getFileName()
                            + "/; there are: "
                            + folder.all().stream()
                                    .map(TextFile::file)
                                    .collect(Collectors.joining(", ")));
        }
        return file.map(found -> found.filled(Map.of())).orElse("");
    }
}
