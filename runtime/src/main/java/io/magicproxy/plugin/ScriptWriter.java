package io.magicproxy.plugin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;

/** Writes scripts by renaming, so that no reader ever sees half of one. */
final class ScriptWriter {
    private final Path folder;

    ScriptWriter(Path folder) {
        this.folder = folder;
    }

    /** Durable when it returns. */
    void write(String path, String text) throws IOException {
        Path file = target(path);
        Path fresh =
                file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".new");
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            likeBefore(file, fresh);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Who may read the file now may read it afterwards. */
    private static void likeBefore(Path file, Path fresh) throws IOException {
        if (Files.exists(file)
                && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(file));
        }
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
