package io.magicproxy.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.ScriptBundle;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every version of every plugin of a folder, one JSON file each, in the data folder. The newest 200
 * of a name are kept.
 */
public final class VersionStore {
    private static final Logger LOG = System.getLogger(VersionStore.class.getName());
    private static final int KEPT = 200;

    /** The file that names the version that serves. */
    private static final String SERVING = "serving";

    private final Path folder;
    private volatile VersionArchive archive = VersionArchive.none();

    /** A version and when it was first loaded. */
    public record Version(String version, Instant at) {}

    private record Kept(ScriptBundle bundle, Instant at) {}

    public VersionStore(Path folder) {
        this.folder = folder;
    }

    /** From now on also tells another place of versions, and asks it. */
    public void share(VersionArchive with) {
        archive = with;
    }

    /** One that can't be kept serves all the same; the log says so. */
    void keep(String name, ScriptBundle bundle, Instant at) {
        archive.kept(name, bundle);
        Optional<Path> own = own(name);
        try {
            if (own.isPresent()) {
                keep(own.get(), bundle, at);
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "version {0} of {1} can''t be kept: {2}",
                    bundle.hash(),
                    name,
                    e);
        }
    }

    /** Remembers which version serves, for after a restart. */
    void serves(String name, String version) {
        Optional<Path> own = own(name);
        if (own.isEmpty() || served(name).equals(Optional.of(version))) {
            return;
        }
        try {
            Files.createDirectories(own.get());
            write(own.get().resolve(SERVING), version.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "which version of {0} serves can''t be kept: {1}", name, e);
        }
    }

    void servesNoMore(String name) {
        try {
            Optional<Path> own = own(name);
            if (own.isPresent()) {
                Files.deleteIfExists(own.get().resolve(SERVING));
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "that {0} serves no more can''t be kept: {1}", name, e);
        }
    }

    /** The version that served last. */
    Optional<String> served(String name) {
        try {
            Optional<Path> own = own(name);
            return own.isPresent()
                    ? Optional.of(Files.readString(own.get().resolve(SERVING)).strip())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** By the version's hash or the beginning of it, at least 6 characters. */
    public Optional<ScriptBundle> bundle(String name, String version) {
        if (!version.matches("[0-9a-f]{6,64}")) {
            return Optional.empty();
        }
        return kept(name).stream()
                .filter(kept -> kept.bundle.hash().startsWith(version))
                .findFirst()
                .map(Kept::bundle)
                .or(() -> elsewhere(name, version));
    }

    private Optional<ScriptBundle> elsewhere(String name, String version) {
        if (own(name).isEmpty() || !ScriptPath.part(name)) {
            return Optional.empty();
        }
        return archive.find(name, version)
                .filter(bundle -> bundle.hash().startsWith(version))
                .filter(bundle -> safe(name, bundle));
    }

    /** Its files may be written again one day. */
    private static boolean safe(String name, ScriptBundle bundle) {
        return Scripts.entry(bundle.entry())
                && Scripts.name(bundle.entry()).equals(name)
                && bundle.files().entrySet().stream()
                        .allMatch(file ->
                                ScriptPath.problem(file.getKey()).isEmpty()
                                        && file.getValue().length() <= FolderSnapshot.MAX_BYTES);
    }

    /** Newest first. */
    List<Version> list(String name) {
        return kept(name).stream().map(kept -> new Version(kept.bundle.hash(), kept.at)).toList();
    }

    private void keep(Path own, ScriptBundle bundle, Instant at) throws IOException {
        Path file = own.resolve(bundle.hash() + ".json");
        if (read(file).isPresent()) {
            // Used again: now others are older.
            Files.setLastModifiedTime(file, FileTime.from(at));
            return;
        }
        Files.createDirectories(own);
        write(file, Json.bytes(json(bundle, at)));
        Files.setLastModifiedTime(file, FileTime.from(at));
        forget(own);
    }

    /** All or nothing, and for nobody else's eyes. */
    private static void write(Path file, byte[] content) throws IOException {
        Path fresh = Files.createTempFile(file.getParent(), ".", ".new");
        try {
            if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            }
            Files.write(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Goes by the files' own times: reading 200 versions at each save would be slow. */
    private static void forget(Path own) throws IOException {
        List<Path> files = files(own);
        if (files.size() <= KEPT) {
            return;
        }
        record Aged(Path file, FileTime at) {}
        List<Aged> aged = new ArrayList<>();
        for (Path file : files) {
            aged.add(new Aged(file, Files.getLastModifiedTime(file)));
        }
        aged.sort(Comparator.comparing(Aged::at).reversed());
        for (Aged old : aged.subList(KEPT, aged.size())) {
            Files.deleteIfExists(old.file);
        }
    }

    /** Newest first. */
    private List<Kept> kept(String name) {
        Optional<Path> own = own(name).filter(Files::isDirectory);
        if (own.isEmpty()) {
            return List.of();
        }
        try {
            return files(own.get()).stream()
                    .flatMap(file -> read(file).stream())
                    .sorted(Comparator.comparing(Kept::at).reversed())
                    .toList();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the versions in {0} can''t be read: {1}", own.get(), e);
            return List.of();
        }
    }

    /** Names come from callers too: none may lead out of the folder. */
    private Optional<Path> own(String name) {
        try {
            Path own = folder.resolve(name).normalize();
            return folder.normalize().equals(own.getParent()) ? Optional.of(own) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static List<Path> files(Path own) throws IOException {
        try (Stream<Path> files = Files.list(own)) {
            return files.filter(file -> file.toString().endsWith(".json")).toList();
        }
    }

    /** A damaged file is named in the log, and passed over. */
    private static Optional<Kept> read(Path file) {
        try {
            JsonNode json = Json.read(Files.readAllBytes(file));
            var kept =
                    new Kept(ScriptBundle.fromJson(json), Instant.parse(json.path("at").asText()));
            if (file.endsWith(kept.bundle.hash() + ".json")) {
                return Optional.of(kept);
            }
            damaged(file, "its sources are not those that its name stands for");
        } catch (NoSuchFileException e) {
            // Never kept, or forgotten meanwhile.
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            damaged(file, e.toString());
        }
        return Optional.empty();
    }

    private static void damaged(Path file, String why) {
        LOG.log(
                Level.WARNING,
                "{0} is damaged and left out of the history; delete it: {1}",
                file,
                why);
    }

    private static ObjectNode json(ScriptBundle bundle, Instant at) {
        ObjectNode json = bundle.toJson();
        return json.put("version", bundle.hash()).put("at", at.toString());
    }
}
