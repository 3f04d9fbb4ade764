package io.magicproxy.gateway;

import io.magicproxy.plugin.WholeFile;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.routing.KeyEntry;
import io.magicproxy.routing.KeyFile;
import io.magicproxy.routing.KeyPool;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Adds keys to the pools' files and removes them, for people who edit from afar. */
public final class KeyEditor {
    private static final Logger LOG = System.getLogger(KeyEditor.class.getName());

    private final Gateway gateway;

    KeyEditor(Gateway gateway) {
        this.gateway = gateway;
    }

    /** What came of a change; no message holds a key. */
    public sealed interface Outcome {
        /** It is done, and holds for the next request. */
        record Done(String fingerprint) implements Outcome {}

        record NoPool() implements Outcome {}

        record NoKey() implements Outcome {}

        record Bad(String message) implements Outcome {}

        /** It can't be done here; the message says why, and what to do. */
        record Conflict(String message) implements Outcome {}

        record NotWritable(String message) implements Outcome {}
    }

    /** Where a pool's keys can be added; absent if its key stands in the configuration. */
    public Optional<Path> file(String pool) {
        return KeySources.fromFiles(pool)
                ? Optional.of(gateway.keySources().file(pool))
                : Optional.empty();
    }

    /** Adds a key at the end of its pool's file. */
    public Outcome add(String pool, String key, Optional<Integer> weight, Optional<Integer> rpm) {
        String line =
                key
                        + weight.map(w -> " weight=" + w).orElse("")
                        + rpm.map(r -> " rpm=" + r).orElse("");
        KeyFile read = KeyFile.parse("line", line);
        boolean whole =
                read.problems().isEmpty()
                        && read.keys().size() == 1
                        && read.keys().getFirst().key().equals(new ApiKey(key));
        if (!whole) {
            return new Outcome.Bad(
                    "is no key that can be sent in a header: give it as the provider shows it, without a name, quotes or spaces; weight and rpm are whole numbers from 1");
        }
        String fingerprint = read.keys().getFirst().key().fingerprint();
        return changing(
                pool,
                found -> {
                    if (snapshot(found, fingerprint).isPresent()) {
                        return new Outcome.Conflict(
                                "the pool has this key already: " + fingerprint);
                    }
                    Path file = gateway.keySources().file(pool);
                    makeFolder(file);
                    String before = Files.exists(file) ? Files.readString(file) : "";
                    String gap = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
                    Optional<Outcome> locked = write(file, before + gap + line + "\n");
                    if (locked.isPresent()) {
                        return locked.get();
                    }
                    gateway.reload();
                    // It may have been retired before it was removed: whoever adds it wants it to
                    // work.
                    found.restore(fingerprint);
                    return new Outcome.Done(fingerprint);
                });
    }

    /** Removes a key's line from its pool's file. */
    public Outcome remove(String pool, String fingerprint) {
        return changing(
                pool,
                found -> {
                    Optional<KeyPool.Snapshot> key = snapshot(found, fingerprint);
                    if (key.isEmpty()) {
                        return new Outcome.NoKey();
                    }
                    if (key.get().entry().source() != KeyEntry.Source.FILE) {
                        return new Outcome.Conflict(
                                "the key comes from the environment; take it out there and start anew, or retire it here");
                    }
                    Path file = gateway.keySources().file(pool);
                    String kept =
                            Files.readString(file)
                                    .lines()
                                    .filter(line -> !holds(line, fingerprint))
                                    .map(line -> line + "\n")
                                    .collect(Collectors.joining());
                    Optional<Outcome> locked = write(file, kept);
                    if (locked.isPresent()) {
                        return locked.get();
                    }
                    gateway.reload();
                    return new Outcome.Done(fingerprint);
                });
    }

    private static boolean holds(String line, String fingerprint) {
        List<KeyEntry> keys = KeyFile.parse("line", line).keys();
        return !keys.isEmpty() && keys.getFirst().key().fingerprint().equals(fingerprint);
    }

    private interface Change {
        Outcome make(KeyPool pool) throws IOException;
    }

    private Outcome changing(String pool, Change change) {
        // Nobody reloads in between.
        synchronized (gateway) {
            Optional<KeyPool> found =
                    gateway.current().pools().stream()
                            .filter(each -> each.id().equals(pool))
                            .findFirst();
            if (found.isEmpty()) {
                return new Outcome.NoPool();
            }
            if (!KeySources.fromFiles(pool)) {
                return new Outcome.Conflict(
                        "the key of this pool stands in the configuration, at model_params.api_key; change it there");
            }
            try {
                return change.make(found.get());
            } catch (CharacterCodingException e) {
                return new Outcome.Conflict("the pool's file is not UTF-8; mend it first");
            } catch (IOException e) {
                boolean told = e instanceof FileSystemException s && s.getReason() != null;
                return notWritable(
                        told
                                ? String.valueOf(((FileSystemException) e).getReason())
                                : e.getClass().getSimpleName());
            } catch (UnsupportedOperationException e) {
                // Read-only file systems throw a kind of this.
                return notWritable("it is read-only");
            }
        }
    }

    private static Optional<KeyPool.Snapshot> snapshot(KeyPool pool, String fingerprint) {
        return pool.snapshot().stream()
                .filter(key -> key.fingerprint().equals(fingerprint))
                .findFirst();
    }

    private static Optional<Outcome> write(Path file, String text) throws IOException {
        if (WholeFile.locked(file)) {
            return Optional.of(notWritable("it is read-only"));
        }
        Path real = Files.exists(file) ? file.toRealPath() : file;
        WholeFile.writeSecret(real, text.getBytes(StandardCharsets.UTF_8));
        return Optional.empty();
    }

    private static void makeFolder(Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent(), "a pool's file has a folder");
        if (Files.isDirectory(folder)) {
            return;
        }
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder);
        }
    }

    private static Outcome notWritable(String why) {
        LOG.log(Level.WARNING, "a pool''s file can''t be changed: {0}", why);
        return new Outcome.NotWritable(
                "the pool's file can't be changed here: "
                        + why
                        + "; change it where it comes from");
    }
}
