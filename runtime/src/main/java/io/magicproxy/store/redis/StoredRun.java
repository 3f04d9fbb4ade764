package io.magicproxy.store.redis;

import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.Parent;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run's hash, as {@code journal.lua} writes it. */
record StoredRun(String runId, String sessionId, Map<String, String> fields) {
    private static final String ASKED = "1";
    private static final String NOT_FORGOTTEN = "0";

    /** From the texts that {@code HGETALL} gives. */
    static StoredRun of(String runId, String sessionId, List<String> told) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < told.size(); i += 2) {
            fields.put(told.get(i), told.get(i + 1));
        }
        return new StoredRun(runId, sessionId, fields);
    }

    /** What only the new run itself tells. */
    static List<String> fields(NewRun run) {
        List<String> fields = new ArrayList<>(List.of("request", run.requestJson()));
        run.parent()
                .ifPresent(parent ->
                        fields.addAll(
                                List.of("parent", parent.runId(), "parent_path", parent.path())));
        run.trace().ifPresent(trace -> fields.addAll(List.of("trace", trace)));
        return fields;
    }

    RunRecord record() {
        return new RunRecord(
                runId,
                sessionId,
                Integer.parseInt(text("number")),
                owner(),
                parent(),
                text("alias"),
                text("pattern"),
                text("request"),
                state(),
                maybe("cancel").filter(ASKED::equals).isPresent(),
                Long.parseLong(text("epoch")),
                Duration.ofNanos(Long.parseLong(text("worked"))),
                text("result"),
                Times.instant(text("created")),
                endedAt(),
                maybe("trace"));
    }

    String owner() {
        return text("owner");
    }

    RunState state() {
        return RunState.valueOf(text("state"));
    }

    Optional<Parent> parent() {
        return maybe("parent").map(id -> new Parent(id, maybe("parent_path").orElse("")));
    }

    Optional<Instant> endedAt() {
        return maybe("ended").map(Times::instant);
    }

    /** Whether its texts were, or are being, rewritten. */
    boolean isForgotten() {
        return !text("forgotten").equals(NOT_FORGOTTEN);
    }

    private String text(String field) {
        return maybe(field)
                .orElseThrow(() ->
                        new IllegalStateException(
                                "the run " + runId + " in Redis has no " + field));
    }

    private Optional<String> maybe(String field) {
        return Optional.ofNullable(fields.get(field));
    }
}
