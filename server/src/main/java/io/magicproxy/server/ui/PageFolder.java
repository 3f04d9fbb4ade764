package io.magicproxy.server.ui;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The folder of the page's files. Not a byte from elsewhere comes out of it. */
final class PageFolder {
    private static final Logger LOG = System.getLogger(PageFolder.class.getName());

    /** Neither hidden, nor a way up. */
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_@~-][A-Za-z0-9._@~-]*");

    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final int KEPT = 500;

    private final List<Path> places;
    private final Map<Path, PageFile> kept = new ConcurrentHashMap<>();

    /**
     * @param places where it may be; the first that there is counts
     */
    PageFolder(List<Path> places) {
        this.places = List.copyOf(places);
    }

    /** The file of a path such as {@code assets/index.js}. */
    Optional<PageFile> find(String path) {
        for (String part : path.split("/", -1)) {
            if (!PART.matcher(part).matches()) {
                return Optional.empty();
            }
        }
        return places.stream()
                .filter(Files::isDirectory)
                .findFirst()
                .flatMap(folder -> read(folder, path));
    }

    private Optional<PageFile> read(Path folder, String path) {
        Path file = folder.resolve(path);
        try {
            if (!Files.isRegularFile(file) || !file.toRealPath().startsWith(folder.toRealPath())) {
                return Optional.empty();
            }
            var now = Files.readAttributes(file, BasicFileAttributes.class);
            String stamp = now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
            PageFile known = kept.get(file);
            if (known != null && known.stamp().equals(stamp)) {
                return Optional.of(known);
            }
            if (now.size() > MAX_BYTES) {
                LOG.log(Level.WARNING, "{0} is not served: it is too large", file);
                return Optional.empty();
            }
            PageFile read = PageFile.of(path, stamp, Files.readAllBytes(file));
            if (kept.size() >= KEPT) {
                kept.clear();
            }
            kept.put(file, read);
            return Optional.of(read);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} can''t be read: {1}", file, e.toString());
            return Optional.empty();
        }
    }
}
