package io.magicproxy.plugin;

import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptFailure;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Changes a registry's folder for people who edit from afar. What wouldn't load is refused before
 * anything is written, and so is a change of what somebody else has changed meanwhile.
 */
public final class FolderEditor {
    private static final Logger LOG = System.getLogger(FolderEditor.class.getName());

    /** A precondition that any version meets. */
    private static final String ANY = "*";

    private final PluginRegistry<?> registry;
    private final ScriptWriter writer;
    private final Sharing sharing;

    public FolderEditor(PluginRegistry<?> registry) {
        this(registry, Sharing.none());
    }

    /**
     * @param sharing tells other gateways what is changed
     */
    public FolderEditor(PluginRegistry<?> registry, Sharing sharing) {
        this.registry = registry;
        this.writer = new ScriptWriter(registry.folder());
        this.sharing = sharing;
    }

    /** What came of a change. */
    public sealed interface Outcome {
        /**
         * It is done, and what could be taken serves.
         *
         * @param path of the file, or of a rolled back plugin's own
         * @param plugins that have another version now
         */
        record Done(String path, List<String> plugins) implements Outcome {}

        /** These would not load, by name. */
        record Invalid(Map<String, ScriptFailure> failures) implements Outcome {}

        /** The message is for whoever asked. */
        record Refused(Refusal why, String message) implements Outcome {}
    }

    /** Why nothing was changed. */
    public enum Refusal {
        BAD_PATH,
        BAD_TEXT,
        NOT_FOUND,
        NO_PRECONDITION,
        STALE,
        CONFLICT,
        NOT_WRITABLE,
        TRY_AGAIN
    }

    /**
     * Writes a file.
     *
     * @param expected the version that the caller has seen; needed unless the file is new
     */
    public Outcome save(String path, String text, Optional<String> expected) {
        Optional<Outcome> bad =
                ScriptPath.problem(path)
                        .map(why -> refused(Refusal.BAD_PATH, "\"" + path + "\" " + why))
                        .or(() -> textProblem(text));
        if (bad.isPresent()) {
            return bad.get();
        }
        return changing(before -> {
            Optional<Outcome> no =
                    stale(before, path, expected, true).or(() -> nameTaken(before, path));
            return no.isPresent()
                    ? no.get()
                    : write(before, Map.of(path, text), path, Optional.empty());
        });
    }

    /**
     * Says what would come of writing a file. Nothing is written.
     *
     * @return {@link Outcome.Done} if it would load
     */
    public Outcome check(String path, String text) {
        Optional<Outcome> bad =
                ScriptPath.problem(path)
                        .map(why -> refused(Refusal.BAD_PATH, "\"" + path + "\" " + why))
                        .or(() -> textProblem(text));
        if (bad.isPresent()) {
            return bad.get();
        }
        Scripts before;
        try {
            before = now();
        } catch (IOException e) {
            return unreadable(e);
        }
        // Loading takes its time; others may save meanwhile.
        Scripts after = before.with(path, text);
        SortedSet<String> plugins = new TreeSet<>(after.users(path));
        return nameTaken(before, path)
                .or(() -> new SaveCheck(registry, before, after).problem(Set.of(path), plugins))
                .orElseGet(() -> new Outcome.Done(path, List.copyOf(plugins)));
    }

    /** A script with all that it imports, or why there is none. */
    public sealed interface Bundled {
        record Of(ScriptBundle bundle) implements Bundled {}

        record Refused(Outcome.Refused why) implements Bundled {}
    }

    /**
     * A script as it would be run.
     *
     * @param text in place of what the file holds
     */
    public Bundled bundle(String path, Optional<String> text) {
        Optional<Outcome> bad = text.flatMap(FolderEditor::textProblem);
        if (bad.isPresent() && bad.get() instanceof Outcome.Refused why) {
            return new Bundled.Refused(why);
        }
        Scripts scripts;
        try {
            scripts = now();
        } catch (IOException e) {
            return new Bundled.Refused(unreadable(e));
        }
        if (!scripts.files().containsKey(path)) {
            return new Bundled.Refused(
                    new Outcome.Refused(
                            Refusal.NOT_FOUND, "there is no file \"" + path + "\" any more"));
        }
        return new Bundled.Of(text.map(t -> scripts.with(path, t)).orElse(scripts).bundle(path));
    }

    private Scripts now() throws IOException {
        synchronized (registry) {
            return registry.now();
        }
    }

    private static Outcome.Refused unreadable(IOException e) {
        return new Outcome.Refused(
                Refusal.TRY_AGAIN, "the folder can't be read: " + e.getClass().getSimpleName());
    }

    /** Deletes a file. */
    public Outcome delete(String path, Optional<String> expected) {
        return changing(before -> {
            if (!before.files().containsKey(path)) {
                return refused(Refusal.NOT_FOUND, "there is no file \"" + path + "\"");
            }
            List<String> users = new ArrayList<>(before.users(path));
            users.removeIf(name -> path.equals(before.entries().get(name)));
            if (!users.isEmpty()) {
                return refused(
                        Refusal.CONFLICT,
                        "\""
                                + path
                                + "\" is imported by "
                                + String.join(", ", users)
                                + "; change them first");
            }
            Optional<Outcome> stale = stale(before, path, expected, false);
            if (stale.isPresent()) {
                return stale.get();
            }
            List<String> plugins = before.users(path);
            writer.deletable(path);
            Optional<String> no = sharing.refusal(List.of(change(path, Optional.empty())));
            if (no.isPresent()) {
                return refused(Refusal.STALE, no.get());
            }
            writer.delete(path);
            registry.load();
            return new Outcome.Done(path, plugins);
        });
    }

    /**
     * Writes the files of a version again, also of a plugin whose file is gone.
     *
     * @param helpersToo whether helpers that other plugins import may be written, too
     */
    public Outcome rollBack(
            String name, String version, Optional<String> expected, boolean helpersToo) {
        Optional<ScriptBundle> sources = registry.sources(name, version);
        if (sources.isEmpty()) {
            return refused(
                    Refusal.NOT_FOUND,
                    "there is no version \"" + version + "\" of \"" + name + "\"");
        }
        return changing(before -> {
            Optional<String> now = Optional.ofNullable(before.entries().get(name));
            Optional<Outcome> stale =
                    stale(before, now.orElse(sources.get().entry()), expected, false);
            if (stale.isPresent()) {
                return stale.get();
            }
            Map<String, String> texts = new LinkedHashMap<>(sources.get().files());
            texts.entrySet()
                    .removeIf(file -> file.getValue().equals(before.files().get(file.getKey())));
            SortedSet<String> others = new TreeSet<>();
            texts.keySet().forEach(path -> others.addAll(before.users(path)));
            others.remove(name);
            if (!others.isEmpty() && !helpersToo) {
                return refused(
                        Refusal.CONFLICT,
                        "the version has other helpers than there are now, and they are imported by "
                                + String.join(", ", others)
                                + " too; send \"helpers\": true to change those as well");
            }
            Optional<String> replaced = now.filter(path -> !path.equals(sources.get().entry()));
            return write(before, texts, sources.get().entry(), replaced);
        });
    }

    // ------------------------------------------------------------------ inside

    /** A change under the registry's lock: nothing is taken half. */
    private interface Change {
        Outcome make(Scripts before) throws IOException;
    }

    private Outcome changing(Change change) {
        synchronized (registry) {
            try {
                return change.make(registry.now());
            } catch (IOException e) {
                return notWritable(e.toString());
            } catch (UnsupportedOperationException e) {
                // Read-only file systems throw a kind of this.
                return notWritable("it is read-only");
            }
        }
    }

    private Outcome notWritable(String why) {
        LOG.log(Level.WARNING, "{0} can''t be changed: {1}", registry.folder(), why);
        return refused(
                Refusal.NOT_WRITABLE,
                "the folder "
                        + registry.folder().getFileName()
                        + " can't be changed here: "
                        + why
                        + "; change the files where they come from");
    }

    private static Outcome refused(Refusal why, String message) {
        return new Outcome.Refused(why, message);
    }

    private static Optional<Outcome> textProblem(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            return Optional.of(refused(Refusal.BAD_TEXT, "the text has half of a surrogate pair"));
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        return bytes > FolderSnapshot.MAX_BYTES
                ? Optional.of(refused(Refusal.BAD_TEXT, FolderSnapshot.tooLong(bytes)))
                : Optional.empty();
    }

    private static Optional<Outcome> stale(
            Scripts before, String path, Optional<String> expected, boolean needed) {
        Optional<String> now =
                before.files().containsKey(path)
                        ? Optional.of(before.bundle(path).hash())
                        : Optional.empty();
        if (expected.isEmpty()) {
            return now.filter(_ -> needed)
                    .map(version ->
                            refused(
                                    Refusal.NO_PRECONDITION,
                                    "\""
                                            + path
                                            + "\" exists; send If-Match with the version that you have seen, it is now "
                                            + version));
        }
        boolean met = now.isPresent() && (expected.get().equals(ANY) || expected.equals(now));
        return met
                ? Optional.empty()
                : Optional.of(
                        refused(
                                Refusal.STALE,
                                now.map(version ->
                                                "\""
                                                        + path
                                                        + "\" has the version "
                                                        + version
                                                        + " now; read it again and repeat your change")
                                        .orElse("there is no file \"" + path + "\" any more")));
    }

    private static Optional<Outcome> nameTaken(Scripts before, String path) {
        if (!Scripts.entry(path)) {
            return Optional.empty();
        }
        String name = Scripts.name(path);
        return Optional.ofNullable(before.entries().get(name))
                .filter(other -> !other.equals(path))
                .map(other ->
                        refused(
                                Refusal.CONFLICT,
                                "the name \""
                                        + name
                                        + "\" is taken by "
                                        + other
                                        + "; delete that first"));
    }

    /** Checks, writes, and lets the registry take it. */
    private Outcome write(
            Scripts before, Map<String, String> texts, String path, Optional<String> replaced)
            throws IOException {
        Scripts after = before;
        for (Map.Entry<String, String> text : texts.entrySet()) {
            after = after.with(text.getKey(), text.getValue());
        }
        if (replaced.isPresent()) {
            after = after.without(replaced.get());
        }
        SortedSet<String> plugins = new TreeSet<>();
        for (String changed : texts.keySet()) {
            plugins.addAll(after.users(changed));
        }
        Optional<Outcome> wrong =
                new SaveCheck(registry, before, after).problem(texts.keySet(), plugins);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        Optional<String> no = put(texts, replaced);
        if (no.isPresent()) {
            return refused(Refusal.STALE, no.get());
        }
        registry.load();
        return new Outcome.Done(path, List.copyOf(plugins));
    }

    /**
     * Writes all beside its place, tells the others, and only then changes anything.
     *
     * @return why nothing was changed
     */
    private Optional<String> put(Map<String, String> texts, Optional<String> replaced)
            throws IOException {
        List<WholeFile.Fresh> fresh = new ArrayList<>();
        try {
            List<Sharing.Change> changes = new ArrayList<>();
            for (Map.Entry<String, String> text : texts.entrySet()) {
                fresh.add(writer.fresh(text.getKey(), text.getValue()));
                changes.add(change(text.getKey(), Optional.of(text.getValue())));
            }
            if (replaced.isPresent()) {
                writer.deletable(replaced.get());
                changes.add(change(replaced.get(), Optional.empty()));
            }
            Optional<String> no = changes.isEmpty() ? Optional.empty() : sharing.refusal(changes);
            if (no.isPresent()) {
                return no;
            }
            for (WholeFile.Fresh one : fresh) {
                one.put();
            }
            if (replaced.isPresent()) {
                writer.delete(replaced.get());
            }
            return Optional.empty();
        } finally {
            for (WholeFile.Fresh one : fresh) {
                one.close();
            }
        }
    }

    private Sharing.Change change(String path, Optional<String> text) throws IOException {
        return new Sharing.Change(path, writer.read(path).map(WholeFile::version), text);
    }
}
