package io.magicproxy.plugin;

import io.magicproxy.sandbox.Language;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which paths a caller may name: files of scripts in the folder and below it, nothing else. */
final class ScriptPath {
    /** Safe on every file system, in URLs and in imports; no hidden file. */
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");

    private ScriptPath() {}

    /** Whether it might be the name of a script or a folder. */
    static boolean part(String name) {
        return PART.matcher(name).matches();
    }

    /** What is wrong with it, for the caller. */
    static Optional<String> problem(String path) {
        String[] parts = path.split("/", -1);
        if (parts.length >= FolderSnapshot.MAX_DEPTH) {
            return Optional.of(
                    "lies too deep; there may be "
                            + (FolderSnapshot.MAX_DEPTH - 2)
                            + " folders in each other");
        }
        for (String part : parts) {
            if (!PART.matcher(part).matches() || FolderSnapshot.hidden(part)) {
                return Optional.of(
                        "isn't a name that can be used; take up to 100 letters, digits, '_', '-', '.' for each part, with a letter, a digit or '_' first");
            }
        }
        return Language.of(path).isPresent()
                ? Optional.empty()
                : Optional.of("isn't a script's name; scripts end with .js, .mjs or .py");
    }
}
