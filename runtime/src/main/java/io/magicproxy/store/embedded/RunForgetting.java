package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.Forgetting;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Rewrites what runs have stored, page by page, so that other writers don't wait for long. Marks a
 * run first, so that it isn't opened again, and again when it is done: one whose rewriting broke
 * off is rewritten anew.
 */
final class RunForgetting {
    private static final int BEGUN = 1;
    private static final int DONE = 2;
    private static final int PAGE = 200;

    private final EmbeddedDatabase database;
    private final Forgetting how;

    private record Run(long id, long session, String request, String result) {}

    private record Text(long id, String type, String json) {}

    RunForgetting(EmbeddedDatabase database, Forgetting how) {
        this.database = database;
        this.how = how;
    }

    /** Returns how many runs that had ended by then were rewritten. */
    int forget(Instant endedBy) throws StoreException {
        int count = 0;
        for (List<Run> due = due(endedBy); !due.isEmpty(); due = due(endedBy)) {
            for (Run run : due) {
                if (begin(run)) {
                    events(run);
                    entries(run);
                    database.with(c -> {
                        Blobs.forgetRun(c, run.id());
                        return run.id();
                    });
                    mark(run, DONE);
                }
                count++;
            }
        }
        return count;
    }

    private List<Run> due(Instant endedBy) throws StoreException {
        return database.read(c ->
                Sql.list(
                        c,
                        """
                        SELECT id, session, request, result FROM runs
                        WHERE forgotten < ? AND ended_at <= ? AND NOT EXISTS (
                          SELECT 1 FROM runs AS parent
                          WHERE parent.run_id = runs.parent_run_id AND parent.forgotten = 0)
                        LIMIT ?\
                        """,
                        row ->
                                new Run(
                                        row.getLong(1),
                                        row.getLong(2),
                                        row.getString(3),
                                        row.getString(4)),
                        DONE,
                        endedBy,
                        PAGE));
    }

    /** False if somebody has opened the run again. */
    private boolean begin(Run run) throws StoreException {
        return database.with(c ->
                Sql.update(
                        c,
                        "UPDATE runs SET forgotten = ?, request = ?, result = ?"
                                + " WHERE id = ? AND ended_at IS NOT NULL",
                        BEGUN,
                        how.request(run.request()),
                        how.result(run.result()),
                        run.id()))
                > 0;
    }

    private void mark(Run run, int state) throws StoreException {
        database.with(
                c -> Sql.update(c, "UPDATE runs SET forgotten = ? WHERE id = ?", state, run.id()));
    }

    private void events(Run run) throws StoreException {
        rewrite(
                run,
                """
                SELECT seq, type, payload FROM events
                WHERE session = (SELECT session FROM runs WHERE id = ?1) AND run = ?1 AND seq > ?2
                ORDER BY seq LIMIT ?3\
                """,
                (c, text) ->
                        Sql.update(
                                c,
                                "UPDATE events SET payload = ? WHERE session = ? AND seq = ?",
                                how.event(text.type(), text.json()),
                                run.session(),
                                text.id()));
    }

    private void entries(Run run) throws StoreException {
        rewrite(
                run,
                """
                SELECT id, kind, result FROM entries WHERE run = ?1 AND id > ?2
                ORDER BY id LIMIT ?3\
                """,
                (c, text) ->
                        Sql.update(
                                c,
                                "UPDATE entries SET result = ? WHERE id = ?",
                                how.entry(text.json()),
                                text.id()));
    }

    @FunctionalInterface
    private interface Write {
        int text(Connection connection, Text text) throws SQLException;
    }

    private void rewrite(Run run, String select, Write write) throws StoreException {
        long after = 0;
        for (List<Text> page = page(select, run.id(), after);
                !page.isEmpty();
                page = page(select, run.id(), after)) {
            List<Text> texts = page;
            database.with(c -> {
                int changed = 0;
                for (Text text : texts) {
                    changed += write.text(c, text);
                }
                return changed;
            });
            after = page.getLast().id();
        }
    }

    private List<Text> page(String select, long run, long after) throws StoreException {
        return database.read(c ->
                Sql.list(
                        c,
                        select,
                        row -> new Text(row.getLong(1), row.getString(2), row.getString(3)),
                        run,
                        after,
                        PAGE));
    }
}
