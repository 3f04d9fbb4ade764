package io.magicproxy.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.magicproxy.store.StoreException;
import io.magicproxy.testing.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What befalls a database: damage, a full disk, the death of its gateway. */
class EmbeddedDatabaseTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String BIG = "x".repeat(50_000);

    @TempDir private Path path;
    private Path file;

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;

    @BeforeEach
    void name() {
        file = path.resolve("magic-proxy.db");
    }

    /** Something to do with an opened database. */
    private interface Use {
        void with(EmbeddedDatabase database, EmbeddedSharedState state) throws Exception;
    }

    private void use(Use use) throws Exception {
        try (DataFolder folder = DataFolder.open(path);
                EmbeddedDatabase database = EmbeddedDatabase.open(folder)) {
            use.with(database, new EmbeddedSharedState(database, clock));
        }
    }

    private static void put(EmbeddedSharedState state, String name, String value)
            throws StoreException {
        state.put(name, value, Optional.empty());
    }

    private static int execute(EmbeddedDatabase database, String sql) throws StoreException {
        return database.with(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql) ? 1 : 0;
            }
        });
    }

    @Test
    void a_file_that_is_no_database_stops_the_start_and_is_left_as_it_is() throws Exception {
        Files.writeString(file, "Dear diary, this is no database. ".repeat(300));
        Files.writeString(path.resolve("magic-proxy.db-wal"), "nor is this a log of one");
        refusesAndKeeps("is damaged");
    }

    @Test
    void a_database_whose_beginning_was_overwritten_keeps_its_log() throws Exception {
        writtenAndKilled(50);
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 0, 100, (byte) 0);
        Files.write(file, bytes);
        refusesAndKeeps("is damaged");
    }

    @Test
    void a_database_that_was_cut_short_stops_the_start_and_is_left_as_it_is() throws Exception {
        use((database, state) -> put(state, "name", BIG));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        refusesAndKeeps("is damaged");
    }

    @Test
    void a_database_that_was_emptied_stops_the_start_while_its_log_still_holds_something()
            throws Exception {
        writtenAndKilled(50);
        assertThat(path.resolve("magic-proxy.db-wal")).isNotEmptyFile();
        Files.write(file, new byte[0]);
        refusesAndKeeps("is damaged");
    }

    private void refusesAndKeeps(String what) throws Exception {
        Map<String, String> before = content();
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> use((database, state) -> {}))
                    .withMessageContainingAll(file.toString(), what, "move it")
                    .withMessageContaining("left as it is");
        }
        assertThat(content()).isEqualTo(before);
    }

    /** The files but the lock and the log's index, which holds nothing of its own. */
    private Map<String, String> content() throws Exception {
        Map<String, String> content = new TreeMap<>();
        try (var files = Files.list(path)) {
            for (Path each : files.toList()) {
                String name = each.getFileName().toString();
                if (!name.equals("lock") && !name.endsWith("-shm")) {
                    byte[] bytes = Files.readAllBytes(each);
                    content.put(name, bytes.length + " bytes, hash " + Arrays.hashCode(bytes));
                }
            }
        }
        return content;
    }

    @Test
    void damage_in_the_middle_is_told_when_it_is_met() throws Exception {
        use((database, state) -> {
            for (int i = 0; i < 2_000; i++) {
                put(state, "name" + i, "value".repeat(20));
            }
        });
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 3 * 4096, bytes.length, (byte) 0x5a);
        Files.write(file, bytes);

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> use((database, state) -> state.list("")))
                .withMessageContainingAll(file.toString(), "is damaged", "put a copy in its place");
    }

    @Test
    void a_full_disk_is_told_and_nothing_is_lost_by_it() throws Exception {
        use((database, state) -> {
            put(state, "before", "value");
            execute(database, "PRAGMA max_page_count = 6");
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> put(state, "before", BIG))
                    .withMessageContainingAll(file.toString(), "free some room");
            assertThat(state.get("before")).contains("value");

            execute(database, "PRAGMA max_page_count = 1000");
            put(state, "after", BIG);
        });
        use((database, state) -> {
            assertThat(state.get("before")).contains("value");
            assertThat(state.get("after")).contains(BIG);
        });
    }

    @Test
    void a_database_that_may_not_be_written_is_named_with_the_remedy() throws Exception {
        use((database, state) -> {
            execute(database, "PRAGMA query_only = 1");
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> put(state, "name", "value"))
                    .withMessageContainingAll(file.toString(), "can't be written", "writable");
        });
    }

    @Test
    void a_folder_in_the_files_place_is_named_with_the_remedy() throws Exception {
        Files.createDirectory(file);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> use((database, state) -> {}))
                .withMessageContainingAll(file.toString(), "must be a file");
    }

    @Test
    void a_program_that_holds_the_database_is_told_of() throws Exception {
        use((database, state) -> {
            execute(database, "PRAGMA busy_timeout = 50");
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                    var statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(() -> put(state, "name", "value"))
                        .withMessageContainingAll(file.toString(), "stop the other program");
                statement.execute("ROLLBACK");
            }
            put(state, "name", "value");
        });
    }

    @Test
    void what_is_forgotten_leaves_the_file() throws Exception {
        use((database, state) -> {
            for (int i = 0; i < 1_000; i++) {
                state.put("name" + i, "value", Optional.of(Duration.ofSeconds(10)));
                now = now.plusSeconds(1);
            }
            assertThat(rows(database)).isLessThan(20);
        });
    }

    private static int rows(EmbeddedDatabase database) throws StoreException {
        return database.with(EmbeddedDatabaseTest::count);
    }

    private static int count(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM state")) {
            return row.getInt(1);
        }
    }

    @Test
    void a_gateway_killed_while_it_writes_loses_nothing_that_it_said_was_kept() throws Exception {
        for (int round = 1; round <= 3; round++) {
            List<String> kept = writtenAndKilled(100 * round);
            use((database, state) -> {
                Map<String, String> found = state.list("");
                for (String name : kept) {
                    assertThat(found.get(name)).isEqualTo("value of " + name);
                }
            });
        }
    }

    private List<String> writtenAndKilled(int atLeast) {
        try (ChildJvm gateway =
                ChildJvm.start(KeepsWriting.class, path, Map.of(), path.toString())) {
            gateway.awaitOut(atLeast, LONG);
            gateway.kill();
            // The last line may be half of one.
            List<String> said = gateway.out();
            assertThat(said).hasSizeGreaterThanOrEqualTo(atLeast);
            assertThat(String.join("", gateway.err()).getBytes(StandardCharsets.UTF_8)).isEmpty();
            return said.subList(0, said.size() - 1);
        }
    }
}
