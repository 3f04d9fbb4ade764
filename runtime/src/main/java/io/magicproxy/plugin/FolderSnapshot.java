package io.magicproxy.plugin;

import io.magicproxy.sandbox.Language;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The scripts of a folder as they are now. Reads a file again when its size, time or identity is
 * another, or so young that a second change may show in none of them.
 */
final class FolderSnapshot {
    static final int MAX_DEPTH = 6;
    static final int MAX_BYTES = 1024 * 1024;
    private static final Duration YOUNG = Duration.ofSeconds(2);

    private final Path folder;
    private final Map<String, Known> known = new HashMap<>();

    private record Known(FileTime modified, long size, String identity, String text) {}

    FolderSnapshot(Path folder) {
        this.folder = folder;
    }

    /** Nothing if there is no such folder. */
    Scripts read() throws IOException {
        Scripts scripts = Scripts.none();
        if (Files.isDirectory(folder)) {
            Files.walkFileTree(
                    folder,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    MAX_DEPTH,
                    new Visitor(scripts, folder.toRealPath()));
            known.keySet().retainAll(scripts.files().keySet());
        }
        return scripts;
    }

    static String tooLong(long bytes) {
        return "the file has " + bytes + " bytes; a script may have " + MAX_BYTES + " at most";
    }

    /** Editors' own files, and folders that aren't ours. */
    static boolean hidden(String name) {
        return name.startsWith(".") || name.equals("__pycache__") || name.equals("node_modules");
    }

    private static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    private String text(Path file, String path, BasicFileAttributes now) throws IOException {
        Known before = known.get(path);
        var seen =
                new Known(
                        now.lastModifiedTime(),
                        now.size(),
                        String.valueOf(now.fileKey()),
                        before == null ? "" : before.text);
        boolean old = now.lastModifiedTime().toInstant().isBefore(Instant.now().minus(YOUNG));
        if (before != null && old && seen.equals(before)) {
            return before.text;
        }
        String text = Files.readString(file, StandardCharsets.UTF_8);
        known.put(path, new Known(seen.modified, seen.size, seen.identity, text));
        return text;
    }

    /** One file that can't be read, or a link in circles, must not hide all others. */
    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Scripts scripts;
        private final Path real;

        Visitor(Scripts scripts, Path real) {
            this.scripts = scripts;
            this.real = real;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes now) {
            return dir.equals(folder) || (!hidden(name(dir)) && ours(dir))
                    ? FileVisitResult.CONTINUE
                    : FileVisitResult.SKIP_SUBTREE;
        }

        private boolean ours(Path dir) {
            try {
                return inside(dir);
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes now) {
            String name = name(file);
            if (now.isRegularFile() && !hidden(name) && Language.of(name).isPresent()) {
                String path = folder.relativize(file).toString().replace('\\', '/');
                try {
                    take(file, path, now);
                } catch (NoSuchFileException e) {
                    // Gone between the two looks, as editors do: the next look decides.
                } catch (CharacterCodingException e) {
                    problem(path, "the file is not UTF-8 text; save it as UTF-8");
                } catch (IOException e) {
                    problem(path, "the file can't be read: " + e);
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
        }

        private void take(Path file, String path, BasicFileAttributes now) throws IOException {
            if (!inside(file)) {
                problem(path, "the file is a link out of the folder; put a copy here instead");
            } else if (now.size() > MAX_BYTES) {
                problem(path, tooLong(now.size()));
            } else {
                scripts.files().put(path, text(file, path, now));
            }
        }

        /** Links may stay in the folder, as a mounted config map's do. */
        private boolean inside(Path path) throws IOException {
            return path.toRealPath().startsWith(real);
        }

        private void problem(String path, String problem) {
            scripts.files().put(path, "");
            scripts.problems().put(path, problem);
        }
    }
}
