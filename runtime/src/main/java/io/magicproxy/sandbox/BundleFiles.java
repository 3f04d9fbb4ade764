package io.magicproxy.sandbox;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryStream;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.graalvm.polyglot.io.FileSystem;

/** The bundle's files at {@code /script}, read only, from memory; there is no other file. */
final class BundleFiles implements FileSystem {
    static final Path ROOT = Path.of("/script").toAbsolutePath();

    private final SortedSet<Path> folders = new TreeSet<>(Set.of(ROOT));
    private volatile SortedMap<String, String> sources = Collections.emptySortedMap();
    private volatile Path workingDirectory = ROOT;
    private volatile Optional<String> denied = Optional.empty();

    /** There is none before; once, before the script is looked at. */
    void open(ScriptBundle bundle) {
        sources = bundle.files();
        workingDirectory =
                Optional.ofNullable(ROOT.resolve(bundle.entry()).getParent()).orElse(ROOT);
        for (String file : bundle.files().keySet()) {
            Path folder = ROOT.resolve(file).getParent();
            while (folder != null && folder.startsWith(ROOT)) {
                folders.add(folder);
                folder = folder.getParent();
            }
        }
    }

    /** The name in the bundle of what the engine calls a path. */
    static Optional<String> name(String path) {
        try {
            Path parsed = Path.of(path);
            Path inside = parsed.startsWith(ROOT) ? ROOT.relativize(parsed) : parsed;
            return Optional.of(inside.toString().replace('\\', '/'));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** What the script last tried to reach outside its folder. */
    Optional<String> denied() {
        return denied;
    }

    @Override
    public Path parsePath(URI uri) {
        if ("file".equals(uri.getScheme())) {
            return Path.of(uri);
        }
        denied = Optional.of(uri.toString());
        throw new UnsupportedOperationException(uri.toString());
    }

    @Override
    public Path parsePath(String path) {
        return Path.of(path);
    }

    @Override
    public void checkAccess(Path path, Set<? extends AccessMode> modes, LinkOption... options)
            throws IOException {
        if (modes.contains(AccessMode.WRITE)) {
            throw refuse(path);
        }
        if (!folders.contains(absolute(path))) {
            source(path);
        }
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        for (OpenOption option : options) {
            if (option != StandardOpenOption.READ) {
                throw refuse(path);
            }
        }
        return new BytesChannel(source(path).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
            Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
        Path folder = absolute(path);
        if (!folders.contains(folder)) {
            throw folder.startsWith(ROOT)
                    ? new NotDirectoryException(path.toString())
                    : refuse(path);
        }
        SortedSet<Path> children = new TreeSet<>(folders);
        sources.keySet().forEach(file -> children.add(ROOT.resolve(file)));
        children.removeIf(child -> !folder.equals(child.getParent()));
        List<Path> accepted = new ArrayList<>();
        for (Path child : children) {
            if (filter.accept(child)) {
                accepted.add(child);
            }
        }
        return new Listing(accepted);
    }

    @Override
    public Path toAbsolutePath(Path path) {
        return workingDirectory.resolve(path);
    }

    @Override
    public Path toRealPath(Path path, LinkOption... options) throws IOException {
        checkAccess(path, Set.of());
        return absolute(path);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
            throws IOException {
        boolean folder = folders.contains(absolute(path));
        long size = folder ? 0 : source(path).getBytes(StandardCharsets.UTF_8).length;
        FileTime time = FileTime.fromMillis(0);
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("isDirectory", folder);
        attributes.put("isRegularFile", !folder);
        attributes.put("isSymbolicLink", false);
        attributes.put("isOther", false);
        attributes.put("size", size);
        attributes.put("lastModifiedTime", time);
        attributes.put("lastAccessTime", time);
        attributes.put("creationTime", time);
        if (names.startsWith("unix:")) {
            attributes.put("mode", folder ? 040555 : 0100444);
            attributes.put("ino", 0L);
            attributes.put("dev", 0L);
            attributes.put("nlink", 1);
            attributes.put("uid", 0);
            attributes.put("gid", 0);
            attributes.put("ctime", time);
        }
        return attributes;
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        throw refuse(path);
    }

    @Override
    public void delete(Path path) throws IOException {
        throw refuse(path);
    }

    private Path absolute(Path path) {
        return toAbsolutePath(path).normalize();
    }

    private String source(Path path) throws IOException {
        Path absolute = absolute(path);
        if (!absolute.startsWith(ROOT)) {
            throw refuse(path);
        }
        String name = ROOT.relativize(absolute).toString().replace('\\', '/');
        String source = sources.get(name);
        if (source == null) {
            throw new NoSuchFileException(name);
        }
        return source;
    }

    private AccessDeniedException refuse(Path path) {
        denied = Optional.of(path.toString());
        return new AccessDeniedException(path.toString());
    }

    private record Listing(List<Path> paths) implements DirectoryStream<Path> {
        @Override
        public Iterator<Path> iterator() {
            return paths.iterator();
        }

        @Override
        public void close() {}
    }
}
