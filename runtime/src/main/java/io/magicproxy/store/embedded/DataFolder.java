package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * The folder of the gateway's own data: for its user alone (0700), and for one gateway at a time.
 * Its files are for that user alone (0600) wherever they are.
 */
public final class DataFolder implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    public static DataFolder open(Path path) throws StoreException {
        try {
            if (ours(path)) {
                Files.createDirectories(path);
                restrict(path, "rwx------");
            }
            FileChannel channel =
                    FileChannel.open(
                            secured(path.resolve(LOCK)),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            return new DataFolder(path, channel, lock(path, channel));
        } catch (IOException e) {
            throw new StoreException(
                    "the data folder "
                            + path
                            + " can't be used ("
                            + e
                            + "); make it writable, or choose another with --data-dir",
                    e);
        }
    }

    /** A folder that holds other things keeps its permissions: others may need to read them. */
    private static boolean ours(Path path) throws IOException {
        if (!Files.isDirectory(path) || Files.exists(path.resolve(LOCK))) {
            return true;
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.findAny().isEmpty();
        }
    }

    private static FileLock lock(Path path, FileChannel channel)
            throws IOException, StoreException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // Another gateway of this same process.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new StoreException(
                "another gateway uses the data folder "
                        + path
                        + "; stop it, or choose another folder with --data-dir");
    }

    /** Where the file system knows no such permissions, its own rules hold. */
    private static void restrict(Path path, String permissions) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** A file of the folder for the gateway's user alone (0600), made if it isn't there. */
    Path file(String name) throws StoreException {
        return secured(path.resolve(name));
    }

    private static Path secured(Path file) throws StoreException {
        try {
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
            restrict(file, "rw-------");
            return file;
        } catch (IOException e) {
            throw new StoreException(
                    "the file " + file + " can't be used (" + e + "); make it writable", e);
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            // The process's end releases it too.
        }
    }
}
