package io.magicproxy.plugin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Writes scripts by renaming, so that no reader ever sees half of one. */
final class ScriptWriter {
    private final Path folder;

    ScriptWriter(Path folder) {
        this.folder = folder;
    }

    /** Durable when it returns. */
    void write(String path, String text) throws IOException {
        WholeFile.write(target(path), text.getBytes(StandardCharsets.UTF_8));
    }

    void delete(String path) throws IOException {
        Path file = folder.resolve(path);
        inside(parent(file));
        Files.delete(file);
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
