package io.magicproxy.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.ScriptBundle;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
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

    private final Path folder;

    /** A version and when it was first loaded. */
    public record Version(String version, Instant at) {}

    public VersionStore(Path folder) {
        this.folder = folder;
    }

    /** One that can't be kept serves all the same; the log says so. */
    void keep(String name, ScriptBundle bundle, Instant at) {
        Path file = file(name, bundle.hash());
        try {
            if (Files.exists(file)) {
                return;
            }
            Files.createDirectories(parent(file));
            Path fresh = Files.createTempFile(parent(file), ".", ".new");
            if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            }
            Files.write(fresh, Json.bytes(json(bundle, at)));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            forget(name);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "version {0} of {1} can''t be kept: {2}",
                    bundle.hash(),
                    name,
                    e);
        }
    }

    /** By the version's hash or the beginning of it, at least 6 characters. */
    public Optional<ScriptBundle> bundle(String name, String version) {
        if (!version.matches("[0-9a-f]{6,64}")) {
            return Optional.empty();
        }
        return list(name).stream()
                .filter(v -> v.version().startsWith(version))
                .findFirst()
                .flatMap(v -> read(file(name, v.version())))
                .map(ScriptBundle::fromJson);
    }

    /** Newest first. */
    List<Version> list(String name) {
        Path own = folder.resolve(name);
        if (!name.matches("[\\w.-]+") || !Files.isDirectory(own)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(own)) {
            return files.filter(f -> f.toString().endsWith(".json"))
                    .flatMap(f ->
                            read(f)
                                    .map(json ->
                                            new Version(
                                                    json.path("version").asText(),
                                                    Instant.parse(json.path("at").asText())))
                                    .stream())
                    .sorted(Comparator.comparing(Version::at).reversed())
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private void forget(String name) throws IOException {
        for (Version version : list(name).stream().skip(KEPT).toList()) {
            Files.deleteIfExists(file(name, version.version()));
        }
    }

    private Path file(String name, String version) {
        return folder.resolve(name).resolve(version + ".json");
    }

    private static Path parent(Path file) throws IOException {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IOException(file + " has no folder");
        }
        return parent;
    }

    private static Optional<JsonNode> read(Path file) {
        try {
            return Optional.of(Json.read(Files.readAllBytes(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static ObjectNode json(ScriptBundle bundle, Instant at) {
        ObjectNode json = bundle.toJson();
        return json.put("version", bundle.hash()).put("at", at.toString());
    }
}
