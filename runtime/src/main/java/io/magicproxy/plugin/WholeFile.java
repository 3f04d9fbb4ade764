package io.magicproxy.plugin;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;

/** Writes files by renaming, so that no reader ever sees half of one. Durable when it returns. */
public final class WholeFile {
    private static final Logger LOG = System.getLogger(WholeFile.class.getName());

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private static final Set<PosixFilePermission> WRITERS =
            EnumSet.of(
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_WRITE);

    private static final int VERSION_BYTES = 8;

    private WholeFile() {}

    /** A short hash by which a file's content is known again. */
    public static String version(byte[] content) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(content), 0, VERSION_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Who may read the file now may read it afterwards. */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, content, false);
    }

    /** A file that nobody but its owner may read, whatever it was before. */
    public static void writeSecret(Path file, byte[] content) throws IOException {
        write(file, content, true);
    }

    /**
     * Whether its owner doesn't let it be written. Renaming asks the folder only, and an
     * administrator may do anything: both would overlook that somebody has locked it.
     */
    public static boolean locked(Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        return !Files.isWritable(file)
                || (posix(file)
                        && Files.getPosixFilePermissions(file).stream()
                                .noneMatch(WRITERS::contains));
    }

    private static void write(Path file, byte[] content, boolean secret) throws IOException {
        try (Fresh fresh = fresh(file, content, secret)) {
            fresh.put();
        }
    }

    /**
     * Writes a file's next content beside it: all that can fail for want of room or leave has been
     * tried then.
     */
    public static Fresh fresh(Path file, byte[] content) throws IOException {
        return fresh(file, content, false);
    }

    /** A file's next content. */
    public static final class Fresh implements AutoCloseable {
        private final Path file;
        private final Path beside;

        private Fresh(Path file, Path beside) {
            this.file = file;
            this.beside = beside;
        }

        /** Puts it in the file's place. */
        public void put() throws IOException {
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        }

        /** Takes it away, unless it was put. */
        @Override
        public void close() throws IOException {
            Files.deleteIfExists(beside);
        }
    }

    private static Fresh fresh(Path file, byte[] content, boolean secret) throws IOException {
        Path fresh =
                file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".new");
        boolean known = Files.exists(file);
        FileAttribute<?>[] closed =
                posix(file) && (secret || known)
                        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
                        : new FileAttribute<?>[0];
        boolean written = false;
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            fresh,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            closed)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            if (posix(file) && known) {
                likeBefore(file, fresh, secret);
            }
            written = true;
            return new Fresh(file, fresh);
        } finally {
            if (!written) {
                Files.deleteIfExists(fresh);
            }
        }
    }

    private static void likeBefore(Path file, Path fresh, boolean secret) throws IOException {
        PosixFileAttributes before = Files.readAttributes(file, PosixFileAttributes.class);
        var view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
        PosixFileAttributes made = view.readAttributes();
        // An administrator's process must not take the file away from its owner; another can't.
        if (!made.owner().equals(before.owner()) || !made.group().equals(before.group())) {
            try {
                view.setGroup(before.group());
                view.setOwner(before.owner());
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "{0} has another owner now: {1}", file, e.toString());
            }
        }
        if (!secret) {
            view.setPermissions(before.permissions());
        }
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
