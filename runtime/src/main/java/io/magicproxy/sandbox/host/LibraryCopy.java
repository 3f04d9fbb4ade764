package io.magicproxy.sandbox.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The prepared Python library where it may be written: the engine takes none that it couldn't write
 * to, though it never does. So an installation that is read-only has a copy beside its data, made
 * once.
 */
final class LibraryCopy {
    private static final Logger LOG = System.getLogger(LibraryCopy.class.getName());

    /** Written last, so that a copy that was broken off is made anew. */
    private static final String COMPLETE = "complete";

    private LibraryCopy() {}

    /**
     * The library, or its copy; nothing if there can be none.
     *
     * @param beside a folder that may be written
     */
    static Optional<Path> of(Path library, Path beside) {
        return Files.isWritable(library) ? Optional.of(library) : copied(library, beside);
    }

    static Optional<Path> copied(Path library, Path beside) {
        Path copy = beside.resolveSibling("library");
        try {
            String version = Files.getLastModifiedTime(library).toString();
            if (!version.equals(versionOf(copy))) {
                make(library, copy);
                Files.writeString(copy.resolve(COMPLETE), version);
            }
            return Optional.of(copy);
        } catch (IOException | UncheckedIOException e) {
            LOG.log(
                    Level.WARNING,
                    () ->
                            "the prepared Python library can't be copied to "
                                    + copy
                                    + " ("
                                    + e.getMessage()
                                    + "); the first Python script takes longer");
            return Optional.empty();
        }
    }

    private static String versionOf(Path copy) throws IOException {
        Path mark = copy.resolve(COMPLETE);
        return Files.exists(mark) ? Files.readString(mark) : "";
    }

    private static void make(Path library, Path copy) throws IOException {
        if (Files.exists(copy)) {
            HostProcess.delete(copy);
        }
        Files.createDirectories(copy.toAbsolutePath().getParent());
        try (Stream<Path> all = Files.walk(library)) {
            for (Path from : (Iterable<Path>) all::iterator) {
                Path to = copy.resolve(library.relativize(from).toString());
                if (Files.isDirectory(from)) {
                    Files.createDirectory(to);
                } else {
                    // With its time: what Python has compiled counts for that file only.
                    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
