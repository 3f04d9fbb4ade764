package io.magicproxy.plugin;

import java.util.List;
import java.util.Optional;

/**
 * One file of a folder of scripts.
 *
 * @param path relative to the folder, with slashes
 * @param version of the file and all that it imports; the precondition of a save
 * @param plugin that is named after it; absent for helpers, and for a file whose name another has
 *     taken
 * @param users the plugins that consist of it and others
 * @param problem why it can't be taken at all
 */
public record ScriptFile(
        String path,
        String text,
        String version,
        Optional<String> plugin,
        List<String> users,
        Optional<String> problem) {

    static ScriptFile of(Scripts scripts, String path) {
        return new ScriptFile(
                path,
                scripts.files().getOrDefault(path, ""),
                scripts.bundle(path).hash(),
                Optional.of(path)
                        .filter(entry -> scripts.entries().containsValue(entry))
                        .map(Scripts::name),
                scripts.users(path),
                Optional.ofNullable(scripts.problems().get(path)));
    }
}
