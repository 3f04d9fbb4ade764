package io.magicproxy.store.session;

import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.RunEnd;
import io.magicproxy.store.session.Journal.RunState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What tests write into a journal. */
public final class Drafts {
    public static final Instant THEN = Instant.parse("2026-01-01T00:00:00.123456789Z");

    private Drafts() {}

    public static NewRun run(String runId, String sessionId) {
        return run(runId, sessionId, "ann");
    }

    public static NewRun run(String runId, String sessionId, String owner) {
        return new NewRun(
                runId,
                sessionId,
                owner,
                Optional.empty(),
                Optional.empty(),
                "main",
                "react@1",
                "{\"run\":\"" + runId + "\"}",
                THEN);
    }

    public static EventDraft event(String key) {
        return new EventDraft("Custom", "{\"of\":\"" + key + "\"}", key);
    }

    public static EntryRecord entry(String path) {
        return new EntryRecord(path, "model", "main", "h-" + path, 1, false, "{\"of\":1}", THEN);
    }

    public static Batch events(String... keys) {
        return batch(List.of(), List.of(keys), Optional.empty());
    }

    public static Batch entries(String... paths) {
        return batch(List.of(paths), List.of(), Optional.empty());
    }

    public static Batch batch(List<String> paths, List<String> keys, Optional<RunEnd> end) {
        return new Batch(
                paths.stream().map(Drafts::entry).toList(),
                keys.stream().map(Drafts::event).toList(),
                Duration.ZERO,
                end);
    }

    /** The end of a run, with an event that says so. */
    public static Batch end(RunState state, String... endedBy) {
        return batch(
                List.of(),
                List.of("end " + state),
                Optional.of(new RunEnd(state, "\"" + state + "\"", List.of(endedBy))));
    }

    public static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
