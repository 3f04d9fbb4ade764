package io.magicproxy.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.magicproxy.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are committed together, and what one does to the others. */
class GroupCommitTest {
    private static final String PUT = "INSERT INTO state (name, value) VALUES (?, ?)";

    @TempDir private Path path;
    private final Opening opening = new Opening();
    private EmbeddedDatabase database;

    @BeforeEach
    void begin() throws Exception {
        database = opening.anew(path);
    }

    @AfterEach
    void close() throws Exception {
        opening.close();
    }

    private static int put(Connection connection, String name, String value) throws SQLException {
        return Sql.update(connection, PUT, name, value);
    }

    private List<String> names() throws StoreException {
        return database.read(
                c -> Sql.list(c, "SELECT name FROM state ORDER BY name", row -> row.getString(1)));
    }

    /** Runs all of them in one commit: they come while the writer is held up by an earlier job. */
    private List<Future<Integer>> together(List<EmbeddedDatabase.Work<Integer>> jobs)
            throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Integer>> results = new ArrayList<>();
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            Future<Integer> first =
                    threads.submit(() ->
                            database.with(c -> {
                                held.countDown();
                                await(go);
                                return 0;
                            }));
            held.await();
            List<Thread> callers = new ArrayList<>();
            for (var job : jobs) {
                results.add(
                        threads.submit(() -> {
                            synchronized (callers) {
                                callers.add(Thread.currentThread());
                            }
                            return database.with(job);
                        }));
                while (waiting(callers) < results.size()) {
                    Thread.onSpinWait();
                }
            }
            go.countDown();
            first.get();
        }
        return results;
    }

    private static long waiting(List<Thread> callers) {
        synchronized (callers) {
            return callers.stream().filter(t -> t.getState() == Thread.State.WAITING).count();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_job_that_fails_takes_back_its_own_part_only() throws Exception {
        List<Future<Integer>> results =
                together(
                        List.of(
                                c -> put(c, "a", "1"),
                                c -> {
                                    put(c, "b", "1");
                                    throw new IllegalStateException("a test's broken job");
                                },
                                c -> put(c, "c", "1"),
                                c -> put(c, "d", "1") + put(c, "a", "2"),
                                c -> put(c, "e", "1")));
        assertThat(results.get(0).get()).isEqualTo(1);
        assertThat(results.get(2).get()).isEqualTo(1);
        assertThat(results.get(4).get()).isEqualTo(1);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> results.get(1).get())
                .havingCause()
                .isInstanceOf(IllegalStateException.class)
                .withMessage("a test's broken job");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> results.get(3).get())
                .havingCause()
                .isInstanceOf(StoreException.class);
        assertThat(names()).containsExactly("a", "c", "e");
    }

    @Test
    void a_job_that_undoes_the_whole_transaction_fails_alone() throws Exception {
        database.with(c -> Sql.list(c, "PRAGMA max_page_count = 1", row -> row.getInt(1)));
        List<Future<Integer>> results =
                together(
                        List.of(
                                c -> put(c, "a", "1"),
                                c -> Sql.update(c, "ROLLBACK"),
                                c -> put(c, "big", "x".repeat(1_000_000)),
                                c -> put(c, "b", "1")));
        assertThat(results.get(0).get()).isEqualTo(1);
        assertThat(results.get(3).get()).isEqualTo(1);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> results.get(2).get())
                .havingCause()
                .withMessageContaining("free some room");
        assertThat(names()).containsExactly("a", "b");
        database.with(c -> put(c, "after", "1"));
        assertThat(names()).contains("after");
    }

    @Test
    void what_is_written_is_seen_by_readers_and_readers_cannot_write() throws Exception {
        for (int i = 0; i < 100; i++) {
            String name = "n" + i;
            database.with(c -> put(c, name, "1"));
            assertThat(names()).contains(name);
        }
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> database.read(c -> put(c, "r", "1")));
    }

    @Test
    void a_job_within_a_job_is_refused_instead_of_waiting_for_itself() {
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        database.with(c -> {
                            try {
                                return database.with(d -> 1);
                            } catch (StoreException e) {
                                throw new SQLException(e);
                            }
                        }))
                .withMessageContaining("must not start another");
    }

    @Test
    void a_closed_database_says_so() throws Exception {
        database.close();
        database.close();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> database.with(c -> 1))
                .withMessageContaining("closed");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(this::names)
                .withMessageContaining("closed");
    }

    @Test
    void a_file_of_a_newer_version_is_refused_and_an_older_one_brought_up() throws Exception {
        database.with(c -> put(c, "old", "1"));
        // The first one knew this table alone.
        List<String> later =
                database.read(c ->
                        Sql.list(
                                c,
                                "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'state'"
                                        + " AND name NOT LIKE 'sqlite_%'",
                                row -> row.getString(1)));
        for (String table : later) {
            database.with(c -> Sql.update(c, "DROP TABLE " + table));
        }
        database.with(c -> Sql.update(c, "PRAGMA user_version = 0"));
        database = opening.anew(path);
        assertThat(names()).containsExactly("old");
        assertThat(
                        database.<Integer>read(c ->
                                Sql.list(c, "SELECT 1 FROM sessions", row -> row.getInt(1)).size()))
                .isZero();

        database.with(c -> Sql.update(c, "PRAGMA user_version = 99"));
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> opening.anew(path))
                .withMessageContainingAll("newer Magic Proxy", "99", "--data-dir");
    }
}
