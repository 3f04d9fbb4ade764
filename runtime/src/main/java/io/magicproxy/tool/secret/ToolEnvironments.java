package io.magicproxy.tool.secret;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files {@code env/<tool>.env}: what each tool, and no other, gets as its {@code tool.env}.
 * They are small, and read again whenever somebody asks: a saved file counts at once.
 */
public final class ToolEnvironments {
    private static final Logger LOG = System.getLogger(ToolEnvironments.class.getName());
    private static final String ENDING = ".env";
    private static final int MAX_BYTES = 64 * 1024;

    /** Values of names that begin so are settings, and no secrets. */
    private static final String PUBLIC = "PUBLIC_";

    private final Path folder;
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();
    private final Map<String, List<String>> problems = new ConcurrentHashMap<>();

    /** The folder need not exist. */
    public ToolEnvironments(Path folder) {
        this.folder = folder;
    }

    public Path folder() {
        return folder;
    }

    /** What the tool's file holds now; nothing if there is none. */
    public Map<String, String> of(String tool) {
        Path file = folder.resolve(tool + ENDING);
        return folder.equals(file.getParent()) ? read(file) : Map.of();
    }

    /**
     * Every secret of every tool, those too that stood in the files since this process began: a
     * call that has begun with one may still be under way.
     */
    public Set<String> secrets() {
        files().forEach(this::read);
        return Set.copyOf(secrets);
    }

    /** What is wrong with the files, each with its file and line. */
    public List<String> problems() {
        List<String> all = new ArrayList<>();
        for (Path file : files()) {
            read(file);
            problems.getOrDefault(file.toString(), List.of())
                    .forEach(problem -> all.add(file + ": " + problem));
        }
        return all;
    }

    private List<Path> files() {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            files.forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            // No tool has secrets.
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(Level.WARNING, "the folder {0} can''t be read: {1}", folder, e.toString());
        }
        return found;
    }

    private Map<String, String> read(Path file) {
        Optional<EnvFile> read = parsed(file);
        List<String> now = read.map(EnvFile::problems).orElse(List.of());
        List<String> before = problems.put(file.toString(), now);
        if (!now.isEmpty() && !now.equals(before)) {
            LOG.log(Level.WARNING, "{0}: {1}", file, String.join("; ", now));
        }
        Map<String, String> values = read.map(EnvFile::values).orElse(Map.of());
        values.forEach((name, value) -> {
            if (!name.startsWith(PUBLIC)) {
                secrets.add(value);
            }
        });
        return values;
    }

    private static Optional<EnvFile> parsed(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                return Optional.of(
                        new EnvFile(
                                Map.of(),
                                List.of("the file has more than " + MAX_BYTES + " bytes")));
            }
            return Optional.of(EnvFile.parse(Files.readString(file, StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    new EnvFile(
                            Map.of(),
                            List.of(
                                    "can't be read ("
                                            + e.getClass().getSimpleName()
                                            + "); it must be UTF-8 text that the gateway may read")));
        }
    }
}
