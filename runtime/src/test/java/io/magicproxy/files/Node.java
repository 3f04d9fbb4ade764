package io.magicproxy.files;

import io.magicproxy.plugin.Sharing;
import io.magicproxy.plugin.WholeFile;
import io.magicproxy.prompt.TextEditor;
import io.magicproxy.prompt.TextFolder;
import io.magicproxy.prompt.TextIntake;
import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.SavedFiles.Kind;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedCounters;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.store.redis.RedisStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A gateway as far as its prompts are concerned, with its own folder and memory. */
final class Node {
    private final Path home;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final SharedFiles shared;
    private final TextEditor editor;

    /** Starts with what stands in its folders. */
    Node(Path home, String redis, String prefix) throws Exception {
        this.home = home;
        InstantSource clock = InstantSource.system();
        DataFolder data = opened(DataFolder.open(home.resolve("data")));
        EmbeddedDatabase database = opened(EmbeddedDatabase.open(data));
        EmbeddedSharedState own = new EmbeddedSharedState(database, clock);
        RedisStores stores =
                opened(
                        new RedisStores(
                                config(redis, prefix),
                                own,
                                opened(new EmbeddedCounters(database, clock)),
                                clock));
        TextFolder folder = new TextFolder(home.resolve("prompts"), clock);
        this.shared =
                new SharedFiles(
                        new SharedFiles.Shared(stores.files(), stores.versions()),
                        new SharedFiles.Own(
                                Map.of(Kind.PROMPT, new TextIntake(folder)),
                                own,
                                home.resolve("data/replaced")));
        this.editor = new TextEditor(folder, shared.of(Kind.PROMPT));
        shared.start();
        opened(shared);
    }

    private static RedisConfig config(String url, String prefix) {
        return new RedisConfig(
                List.of(url),
                RedisConfig.Mode.SINGLE,
                "mymaster",
                Optional.empty(),
                Optional.empty(),
                prefix,
                Duration.ofSeconds(1),
                false);
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.push(one);
        return one;
    }

    SharedFiles.Status status() {
        return shared.status();
    }

    TextEditor editor() {
        return editor;
    }

    /** By hand, on disk. */
    static void write(Path home, String name, String text) throws Exception {
        Files.createDirectories(home.resolve("prompts"));
        Files.writeString(home.resolve("prompts").resolve(name), text);
    }

    /** Saved through the API; of whatever version there is. */
    TextEditor.Outcome save(String name, String text) {
        boolean known = Files.exists(home.resolve("prompts").resolve(name));
        return editor.save(name, text, known ? Optional.of("*") : Optional.empty());
    }

    /** Tells the others of a save, and writes nothing. */
    void tell(String name, String before, String text) {
        var change =
                new Sharing.Change(
                        name,
                        Optional.of(WholeFile.version(before.getBytes(StandardCharsets.UTF_8))),
                        Optional.of(text));
        Optional<String> no = shared.of(Kind.PROMPT).refusal(List.of(change));
        if (no.isPresent()) {
            throw new AssertionError(no.get());
        }
    }

    String text(String name) throws Exception {
        Path file = home.resolve("prompts").resolve(name);
        return Files.exists(file) ? Files.readString(file) : "none";
    }

    /** Copies of what was replaced. */
    List<String> copies() throws Exception {
        Path folder = home.resolve("data/replaced");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.map(Node::read).toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaits(String name, String text) throws Exception {
        until(() -> text(name).equals(text));
    }

    /** Something that becomes true. */
    interface Check {
        boolean holds() throws Exception;
    }

    static void until(Check check) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!check.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
