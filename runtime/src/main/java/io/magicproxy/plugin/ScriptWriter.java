package io.magicproxy.plugin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** Writes scripts by renaming, so that no reader ever sees half of one. */
final class ScriptWriter {
    private final Path folder;

    ScriptWriter(Path folder) {
        this.folder = folder;
    }

    /** A file's next text; when it is put, it is durable. */
    WholeFile.Fresh fresh(String path, String text) throws IOException {
        Path file = target(path);
        if (WholeFile.locked(file)) {
            throw new FileSystemException(path, null, "it is read-only");
        }
        return WholeFile.fresh(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** What stands there now. */
    Optional<byte[]> read(String path) throws IOException {
        Path file = folder.resolve(path);
        return Files.isRegularFile(file)
                ? Optional.of(Files.readAllBytes(inside(file)))
                : Optional.empty();
    }

    /** Fails if it can't be deleted, as far as can be told without doing it. */
    void deletable(String path) throws IOException {
        Path parent = parent(folder.resolve(path));
        inside(parent);
        if (!Files.isWritable(parent)) {
            throw new FileSystemException(path, null, "its folder is read-only");
        }
    }

    /** Whoever shares the folder may have done it already. */
    void delete(String path) throws IOException {
        Path file = folder.resolve(path);
        inside(parent(file));
        Files.deleteIfExists(file);
    }

    /** The file itself if the path is a link; folders on the way are made. */
    private Path target(String path) throws IOException {
        Path file = folder.resolve(path);
        createFolder();
        Path parent = parent(file);
        Path there = parent;
        while (!Files.exists(there)) {
            there = parent(there);
        }
        inside(there);
        if (!there.equals(parent)) {
            Files.createDirectories(parent);
        }
        return Files.exists(file) ? inside(file) : file;
    }

    /** A link to a folder is one, but not for createDirectories. */
    private void createFolder() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent(), "it lies in the folder");
    }

    private Path inside(Path path) throws IOException {
        Path real = path.toRealPath();
        if (!real.startsWith(folder.toRealPath())) {
            throw new FileSystemException(
                    folder.relativize(path).toString(), null, "it is a link out of the folder");
        }
        return real;
    }
}
