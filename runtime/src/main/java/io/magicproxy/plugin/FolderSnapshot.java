package io.magicproxy.plugin;

import io.magicproxy.sandbox.Language;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The scripts of a folder as they are now. Reads a file again when its size or time is another, or
 * so young that a second change may show neither.
 */
final class FolderSnapshot {
    private static final int MAX_DEPTH = 6;
    private static final int MAX_BYTES = 1024 * 1024;
    private static final Duration YOUNG = Duration.ofSeconds(2);

    private final Path folder;
    private final Map<String, Known> known = new HashMap<>();

    private record Known(FileTime modified, long size, String text) {}

    FolderSnapshot(Path folder) {
        this.folder = folder;
    }

    /** Sources by path; empty if there is no such folder. */
    SortedMap<String, String> read() throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return files;
        }
        List<Path> scripts;
        try (Stream<Path> all = Files.walk(folder, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
            scripts = all.filter(FolderSnapshot::script).toList();
        }
        for (Path file : scripts) {
            String path = folder.relativize(file).toString().replace('\\', '/');
            if (!hidden(path)) {
                add(files, path, file);
            }
        }
        known.keySet().retainAll(files.keySet());
        return files;
    }

    /** Names of entries: patterns and tools, not their helpers. */
    static boolean entry(String path) {
        return !path.contains("/") && !path.startsWith("_");
    }

    private void add(Map<String, String> files, String path, Path file) throws IOException {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            Known before = known.get(path);
            boolean same =
                    before != null
                            && before.modified.equals(now.lastModifiedTime())
                            && before.size == now.size()
                            && now.lastModifiedTime()
                                    .toInstant()
                                    .isBefore(Instant.now().minus(YOUNG));
            if (!same && now.size() <= MAX_BYTES) {
                String text = Files.readString(file, StandardCharsets.UTF_8);
                known.put(path, new Known(now.lastModifiedTime(), now.size(), text));
            }
            Known current = known.get(path);
            if (current != null) {
                files.put(path, current.text);
            }
        } catch (NoSuchFileException e) {
            // Gone between the two looks, as editors do: the next look decides.
        } catch (java.nio.charset.CharacterCodingException e) {
            files.put(path, "\u0000");
        }
    }

    private static boolean script(Path file) {
        Path name = file.getFileName();
        return name != null
                && Language.of(name.toString()).isPresent()
                && Files.isRegularFile(file);
    }

    /** Editors' own files, and folders that aren't ours. */
    private static boolean hidden(String path) {
        return Stream.of(path.split("/", -1))
                .anyMatch(part ->
                        part.startsWith(".")
                                || part.equals("__pycache__")
                                || part.equals("node_modules"));
    }
}
