package io.magicproxy.prompt;

import io.magicproxy.plugin.WatchedFolder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The texts of a watched folder: its {@code .md} and {@code .txt} files. One that can't be read any
 * more leaves its last good version in place. Looked at by one thread, read by many.
 */
public final class TextFolder implements WatchedFolder {
    private static final Logger LOG = System.getLogger(TextFolder.class.getName());
    static final String FILES = "[!._]*.{md,txt}";
    static final int MAX_BYTES = 1024 * 1024;

    /** A second change of a file so young may show in neither its time nor its size. */
    private static final Duration YOUNG = Duration.ofSeconds(2);

    private final Path folder;
    private final InstantSource clock;
    private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Seen> known = new HashMap<>();
    private volatile SortedMap<String, TextFile> texts = new TreeMap<>();
    private SortedMap<String, String> seen = new TreeMap<>();
    private SortedMap<String, String> settled = new TreeMap<>();

    private record Seen(String attributes, Instant modified, Optional<String> text) {}

    public TextFolder(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    @Override
    public Path folder() {
        return folder;
    }

    /** By file name. */
    public List<TextFile> all() {
        return List.copyOf(texts.values());
    }

    /** The text of this file name. */
    public Optional<TextFile> find(String file) {
        return Optional.ofNullable(texts.get(file));
    }

    /** Is told the names of the files that were added, changed or removed. Must be quick. */
    public void onChange(Consumer<Set<String>> listener) {
        listeners.add(listener);
    }

    /** Looks until the folder holds still; for the start. */
    public void load() {
        while (look()) {
            // Twice, as a rule.
        }
    }

    @Override
    public synchronized boolean look() {
        SortedMap<String, String> now;
        try {
            now = read();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the folder {0} can''t be read: {1}", folder, e.toString());
            return false;
        }
        boolean same = now.equals(seen);
        seen = now;
        if (same && !now.equals(settled)) {
            take(now);
            settled = now;
        }
        return !same;
    }

    private SortedMap<String, String> read() throws IOException {
        SortedMap<String, String> found = new TreeMap<>();
        Set<String> names = new HashSet<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, FILES)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                names.add(name);
                text(file, name).ifPresent(text -> found.put(name, text));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        known.keySet().retainAll(names);
        return found;
    }

    /** Absent for what is no text, or never was one. */
    private Optional<String> text(Path file, String name) {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            // It has just gone.
            return Optional.empty();
        }
        if (!now.isRegularFile()) {
            return Optional.empty();
        }
        Optional<Seen> before = Optional.ofNullable(known.get(name));
        String attributes = now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        Instant modified = now.lastModifiedTime().toInstant();
        boolean same = before.filter(seen -> seen.attributes.equals(attributes)).isPresent();
        if (same && modified.isBefore(clock.instant().minus(YOUNG))) {
            return before.get().text;
        }
        Optional<String> text = before.flatMap(Seen::text);
        try {
            if (now.size() > MAX_BYTES) {
                throw new IOException("it has more than " + MAX_BYTES + " bytes");
            }
            text = Optional.of(Files.readString(file));
        } catch (IOException e) {
            if (!same) {
                LOG.log(
                        Level.WARNING,
                        "{0} is left out: {1}",
                        file,
                        e instanceof CharacterCodingException ? "it is not UTF-8" : e.toString());
            }
        }
        known.put(name, new Seen(attributes, modified, text));
        return text;
    }

    private void take(SortedMap<String, String> now) {
        SortedMap<String, TextFile> next = new TreeMap<>();
        Set<String> changed = new TreeSet<>();
        for (String gone : settled.keySet()) {
            if (!now.containsKey(gone)) {
                changed.add(gone);
            }
        }
        now.forEach((name, text) -> {
            Optional<TextFile> before = find(name);
            if (!text.equals(settled.get(name))) {
                changed.add(name);
                read(name, text).or(() -> before).ifPresent(file -> next.put(name, file));
            } else if (before.isPresent()) {
                next.put(name, before.get());
            }
        });
        texts = next;
        if (!changed.isEmpty()) {
            listeners.forEach(listener -> listener.accept(changed));
        }
    }

    private Optional<TextFile> read(String name, String text) {
        Instant modified =
                Optional.ofNullable(known.get(name)).map(Seen::modified).orElseGet(clock::instant);
        return switch (TextReader.read(name, text, modified)) {
            case TextReader.Result.Read(TextFile file) -> Optional.of(file);
            case TextReader.Result.Bad bad -> {
                LOG.log(
                        Level.WARNING,
                        "{0} is not taken, {1}:\n{2}",
                        folder.resolve(name),
                        texts.containsKey(name) ? "its earlier version serves" : "nothing serves",
                        bad.text(name));
                yield Optional.empty();
            }
        };
    }
}
