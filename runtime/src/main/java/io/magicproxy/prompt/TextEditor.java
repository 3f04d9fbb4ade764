package io.magicproxy.prompt;

import io.magicproxy.config.ConfigProblem;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.plugin.WholeFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads and changes the texts of a folder for people who edit from afar. Names lead nowhere else:
 * no folder below it, no link out of it.
 */
public final class TextEditor {
    private static final Logger LOG = System.getLogger(TextEditor.class.getName());

    /** A precondition that any version meets. */
    private static final String ANY = "*";

    /** Of files that there may be already. */
    private static final Pattern NAME = Pattern.compile("[^._/\\\\\\p{Cntrl}][^/\\\\\\p{Cntrl}]*");

    /** Of new files: safe everywhere, and fit to be named by an agent. */
    private static final Pattern NEW_NAME =
            Pattern.compile("[A-Za-z0-9][\\w.-]{0,95}\\.(?:md|txt)");

    private static final String OUTSIDE = "it is a link out of the folder";
    private static final String TOO_LONG = "it has more than " + TextFolder.MAX_BYTES + " bytes";

    private final TextFolder folder;
    private final Sharing sharing;

    public TextEditor(TextFolder folder) {
        this(folder, Sharing.none());
    }

    /**
     * @param sharing tells other gateways what is changed
     */
    public TextEditor(TextFolder folder, Sharing sharing) {
        this.folder = folder;
        this.sharing = sharing;
    }

    /**
     * A file of the folder.
     *
     * @param text what serves under its name, perhaps from before a change that can't be used
     * @param problem why the file as it is now can't be used
     */
    public record Entry(
            String file,
            long size,
            Instant modified,
            String version,
            Optional<TextFile> text,
            Optional<String> problem) {}

    /** A file's text as it stands. */
    public record Content(String content, String version) {}

    /** What came of a wish. */
    public sealed interface Outcome {
        record Read(Content content) implements Outcome {}

        /**
         * It stands in the file, and serves.
         *
         * @param before the version that it has replaced; absent for a new file
         */
        record Saved(Optional<String> before, Content now) implements Outcome {}

        record Deleted(String before) implements Outcome {}

        record Invalid(List<ConfigProblem> problems) implements Outcome {}

        /**
         * Nothing was changed; the message is for whoever asked.
         *
         * @param version of the file now
         */
        record Refused(Refusal why, String message, Optional<String> version) implements Outcome {}
    }

    /** Why nothing was changed. */
    public enum Refusal {
        BAD_NAME,
        BAD_TEXT,
        NOT_FOUND,
        NO_PRECONDITION,
        STALE,
        NOT_WRITABLE
    }

    /** All files that there are, by name; those that can't be used are among them. */
    public List<Entry> list() {
        List<Entry> entries = new ArrayList<>();
        if (!Files.isDirectory(folder.folder())) {
            return entries;
        }
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder.folder(), TextFolder.FILES)) {
            for (Path file : files) {
                entry(file).ifPresent(entries::add);
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(
                    Level.WARNING,
                    "the folder {0} can''t be read: {1}",
                    folder.folder(),
                    e.toString());
        }
        entries.sort(Comparator.comparing(Entry::file));
        return entries;
    }

    /** One of them. */
    public Optional<Entry> find(String name) {
        return nameProblem(name).isPresent()
                ? Optional.empty()
                : entry(folder.folder().resolve(name));
    }

    private Optional<Entry> entry(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            long size = Files.size(file);
            Instant modified = Files.getLastModifiedTime(file).toInstant();
            Optional<TextFile> serving = folder.find(name);
            if (isOutside(file)) {
                return Optional.of(
                        new Entry(name, size, modified, "", serving, Optional.of(OUTSIDE)));
            }
            if (size > TextFolder.MAX_BYTES) {
                return Optional.of(
                        new Entry(name, size, modified, "", serving, Optional.of(TOO_LONG)));
            }
            byte[] bytes = Files.readAllBytes(file);
            return Optional.of(
                    new Entry(
                            name,
                            size,
                            modified,
                            WholeFile.version(bytes),
                            serving,
                            problem(name, bytes)));
        } catch (IOException e) {
            // It has just gone, or we may not read it; then it isn't ours to show.
            return Optional.empty();
        }
    }

    private static Optional<String> problem(String name, byte[] bytes) {
        try {
            return TextReader.read(name, decoded(bytes), Instant.EPOCH)
                            instanceof TextReader.Result.Bad bad
                    ? Optional.of(bad.text(name))
                    : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.of("it is not UTF-8");
        }
    }

    /** What stands in a file. */
    public Outcome read(String name) {
        Optional<Outcome> bad = nameProblem(name);
        if (bad.isPresent()) {
            return bad.get();
        }
        Path file = folder.folder().resolve(name);
        try {
            if (!Files.isRegularFile(file)) {
                return absent(name);
            }
            if (isOutside(file)) {
                return refused(Refusal.BAD_NAME, "\"" + name + "\": " + OUTSIDE);
            }
            if (Files.size(file) > TextFolder.MAX_BYTES) {
                return refused(Refusal.BAD_TEXT, "\"" + name + "\": " + TOO_LONG);
            }
            byte[] bytes = Files.readAllBytes(file);
            return new Outcome.Read(new Content(decoded(bytes), WholeFile.version(bytes)));
        } catch (CharacterCodingException e) {
            return refused(Refusal.BAD_TEXT, "\"" + name + "\" is not UTF-8");
        } catch (IOException e) {
            return refused(Refusal.NOT_FOUND, "\"" + name + "\" can't be read: " + e);
        }
    }

    /**
     * Writes a file.
     *
     * @param expected the version that the caller has seen; needed unless the file is new
     */
    public Outcome save(String name, String content, Optional<String> expected) {
        byte[] text = content.getBytes(StandardCharsets.UTF_8);
        Optional<Outcome> bad = nameProblem(name).or(() -> textProblem(content, text.length));
        if (bad.isPresent()) {
            return bad.get();
        }
        if (TextReader.read(name, content, Instant.EPOCH) instanceof TextReader.Result.Bad wrong) {
            return new Outcome.Invalid(wrong.problems());
        }
        return changing(
                name,
                expected,
                (file, before) -> {
                    if (before.isEmpty() && !isNewName(name)) {
                        return refused(
                                Refusal.BAD_NAME,
                                "\""
                                        + name
                                        + "\" isn't a name for a new file; take up to 100 letters, digits, '_', '-', '.', with a letter or digit first");
                    }
                    if (before.isEmpty() && !Files.isDirectory(folder.folder())) {
                        Files.createDirectories(folder.folder());
                    }
                    try (WholeFile.Fresh fresh =
                            WholeFile.fresh(before.isPresent() ? file.toRealPath() : file, text)) {
                        Optional<Outcome> no = told(name, before, Optional.of(content));
                        if (no.isPresent()) {
                            return no.get();
                        }
                        fresh.put();
                    }
                    folder.load();
                    return new Outcome.Saved(before, new Content(content, WholeFile.version(text)));
                });
    }

    /** Deletes a file; a link is deleted, not what it leads to. */
    public Outcome delete(String name, Optional<String> expected) {
        return nameProblem(name)
                .orElseGet(() ->
                        changing(
                                name,
                                expected,
                                (file, before) -> {
                                    if (before.isEmpty()) {
                                        return absent(name);
                                    }
                                    if (!Files.isWritable(folder.folder())) {
                                        return notWritable("it is read-only");
                                    }
                                    Optional<Outcome> no = told(name, before, Optional.empty());
                                    if (no.isPresent()) {
                                        return no.get();
                                    }
                                    // Whoever shares the folder may have done it already.
                                    Files.deleteIfExists(file);
                                    folder.load();
                                    return new Outcome.Deleted(before.get());
                                }));
    }

    // ------------------------------------------------------------------ inside

    private interface Change {
        Outcome make(Path file, Optional<String> before) throws IOException;
    }

    /** A change under the folder's lock, of the version that the caller has seen. */
    private Outcome changing(String name, Optional<String> expected, Change change) {
        synchronized (folder) {
            try {
                Path file = folder.folder().resolve(name);
                boolean there = Files.exists(file);
                if (Files.isSymbolicLink(file) && (!there || isOutside(file))) {
                    return refused(Refusal.BAD_NAME, "\"" + name + "\": " + OUTSIDE);
                }
                if (there && !Files.isRegularFile(file)) {
                    return refused(Refusal.BAD_NAME, "\"" + name + "\" is no file");
                }
                Optional<String> before =
                        there
                                ? Optional.of(WholeFile.version(Files.readAllBytes(file)))
                                : Optional.empty();
                Optional<Outcome> stale = stale(name, before, expected);
                if (stale.isPresent()) {
                    return stale.get();
                }
                if (WholeFile.locked(file)) {
                    return notWritable("\"" + name + "\" is read-only");
                }
                return change.make(file, before);
            } catch (IOException e) {
                return notWritable(e.toString());
            } catch (UnsupportedOperationException e) {
                // Read-only file systems throw a kind of this.
                return notWritable("it is read-only");
            }
        }
    }

    private static Optional<Outcome> stale(
            String name, Optional<String> before, Optional<String> expected) {
        if (expected.isEmpty()) {
            return before.map(version ->
                    new Outcome.Refused(
                            Refusal.NO_PRECONDITION,
                            "\""
                                    + name
                                    + "\" exists; send If-Match with the version that you have seen, it is now "
                                    + version,
                            before));
        }
        boolean met = before.isPresent() && (expected.get().equals(ANY) || expected.equals(before));
        return met
                ? Optional.empty()
                : Optional.of(
                        new Outcome.Refused(
                                Refusal.STALE,
                                before.map(version ->
                                                "\""
                                                        + name
                                                        + "\" has the version "
                                                        + version
                                                        + " now; read it again and repeat your change")
                                        .orElse("there is no file \"" + name + "\" any more"),
                                before));
    }

    /** Tells the others; if one of them was quicker, the refusal. */
    private Optional<Outcome> told(String name, Optional<String> before, Optional<String> text) {
        return sharing.refusal(List.of(new Sharing.Change(name, before, text)))
                .map(why -> new Outcome.Refused(Refusal.STALE, why, before));
    }

    static boolean isNewName(String name) {
        return NEW_NAME.matcher(name).matches();
    }

    static boolean isName(String name) {
        return nameProblem(name).isEmpty();
    }

    private boolean isOutside(Path file) throws IOException {
        return !file.toRealPath().startsWith(folder.folder().toRealPath());
    }

    private static Optional<Outcome> nameProblem(String name) {
        boolean fits =
                NAME.matcher(name).matches() && (name.endsWith(".md") || name.endsWith(".txt"));
        return fits
                ? Optional.empty()
                : Optional.of(
                        refused(
                                Refusal.BAD_NAME,
                                "\""
                                        + name
                                        + "\" isn't the name of a file of this folder; such files end with .md or .txt, don't begin with '.' or '_', and stand in no folder below it"));
    }

    private static Optional<Outcome> textProblem(String content, int bytes) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(content)) {
            return Optional.of(refused(Refusal.BAD_TEXT, "the text has half of a surrogate pair"));
        }
        return bytes > TextFolder.MAX_BYTES
                ? Optional.of(
                        refused(
                                Refusal.BAD_TEXT,
                                "the text has "
                                        + bytes
                                        + " bytes; there may be "
                                        + TextFolder.MAX_BYTES))
                : Optional.empty();
    }

    private Outcome notWritable(String why) {
        LOG.log(Level.WARNING, "{0} can''t be changed: {1}", folder.folder(), why);
        return refused(
                Refusal.NOT_WRITABLE,
                "the folder "
                        + folder.folder().getFileName()
                        + " can't be changed here: "
                        + why
                        + "; change the files where they come from");
    }

    private static Outcome absent(String name) {
        return refused(Refusal.NOT_FOUND, "there is no file \"" + name + "\"");
    }

    private static Outcome refused(Refusal why, String message) {
        return new Outcome.Refused(why, message, Optional.empty());
    }

    private static String decoded(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
}
