package io.magicproxy.plugin;

import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptFailure;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The script files of a folder at one moment. Never changed once it is made.
 *
 * @param files sources by path; empty for a file with a problem
 * @param problems why a file can't be taken, by path
 */
record Scripts(SortedMap<String, String> files, SortedMap<String, String> problems) {
    static Scripts none() {
        return new Scripts(new TreeMap<>(), new TreeMap<>());
    }

    /** Entries are patterns and tools; the other files are their helpers. */
    static boolean entry(String path) {
        return !path.contains("/") && !path.startsWith("_") && Language.of(path).isPresent();
    }

    /** The plugin's, of an entry. */
    static String name(String path) {
        return path.substring(0, path.lastIndexOf('.'));
    }

    /** The file of each plugin. Of two with one name the first counts. */
    SortedMap<String, String> entries() {
        SortedMap<String, String> entries = new TreeMap<>();
        files.keySet().stream()
                .filter(Scripts::entry)
                .forEach(path -> entries.putIfAbsent(name(path), path));
        return entries;
    }

    ScriptBundle bundle(String path) {
        return ImportScan.bundle(path, files);
    }

    /** The plugins that the file is a part of. */
    List<String> users(String path) {
        return entries().entrySet().stream()
                .filter(entry -> bundle(entry.getValue()).files().containsKey(path))
                .map(entry -> entry.getKey())
                .toList();
    }

    /** Why a script can't be taken whatever its loader says. */
    Optional<ScriptFailure> problem(ScriptBundle bundle) {
        return problems.entrySet().stream()
                .filter(one -> bundle.files().containsKey(one.getKey()))
                .findFirst()
                .map(one ->
                        new ScriptFailure.Syntax(
                                one.getValue(),
                                Optional.of(new ScriptFailure.Place(one.getKey(), 1, 1))));
    }

    Scripts with(String path, String text) {
        Scripts changed = without(path);
        changed.files.put(path, text);
        return changed;
    }

    Scripts without(String path) {
        Scripts changed = new Scripts(new TreeMap<>(files), new TreeMap<>(problems));
        changed.files.remove(path);
        changed.problems.remove(path);
        return changed;
    }
}
