package io.magicproxy.store.redis;

import static io.magicproxy.store.session.Drafts.events;
import static io.magicproxy.store.session.Drafts.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.session.Drafts;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionFilter;
import io.magicproxy.store.session.Journal.SessionRecord;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of sessions, of whose changes the index hears only now and then. */
class SessionListingTest {
    @TempDir private static Path folder;
    private static RealRedis server;

    private final Redis redis = new Redis(() -> server.url());
    private volatile Instant now = Drafts.THEN;
    private RedisJournal journal;

    @BeforeAll
    static void start() {
        server = RealRedis.start(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws Exception {
        journal = redis.opened(new RedisJournal(redis.link(), () -> now));
    }

    @AfterEach
    void close() throws Exception {
        redis.closeAll();
    }

    private List<SessionRecord> page(Optional<String> owner, Optional<Instant> before, int max)
            throws Exception {
        return journal.sessions(
                new SessionFilter(
                        owner,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.<RunState>empty(),
                        Optional.empty(),
                        before,
                        max));
    }

    private void opened(String session, String owner) throws Exception {
        journal.open(run("run of " + session, session, owner));
        journal.claim("run of " + session, "worker");
    }

    private void changed(String session, String key) throws Exception {
        journal.append("run of " + session, 1, events(key));
    }

    @Test
    void a_change_of_which_the_index_has_not_heard_counts() throws Exception {
        opened("s1", "ann");
        now = now.plusMillis(500);
        opened("s2", "ann");
        now = now.plusMillis(400);
        changed("s1", "a");
        assertThat(page(Optional.empty(), Optional.empty(), 1))
                .extracting(SessionRecord::sessionId)
                .containsExactly("s1");
        now = now.plusMillis(1);
        changed("s2", "a");
        assertThat(page(Optional.of("ann"), Optional.empty(), 2))
                .extracting(SessionRecord::sessionId)
                .containsExactly("s2", "s1");
        assertThat(page(Optional.of("ann"), Optional.of(now), 2))
                .extracting(SessionRecord::sessionId)
                .containsExactly("s1");
    }

    @Test
    void of_those_that_changed_at_one_time_the_one_opened_last_comes_first() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            opened("s" + i, "ann");
            expected.addFirst("s" + i);
        }
        assertThat(page(Optional.empty(), Optional.empty(), 12))
                .extracting(SessionRecord::sessionId)
                .isEqualTo(expected);
    }

    @Test
    void pages_show_each_session_once_in_the_order_of_its_last_change() throws Exception {
        var random = new Random(7);
        Map<String, Instant> changes = new HashMap<>();
        for (int i = 0; i < 170; i++) {
            now = now.plusMillis(5);
            opened("s" + i, i % 3 == 0 ? "bob" : "ann");
            changes.put("s" + i, now);
        }
        for (int i = 0; i < 600; i++) {
            // No two at one time, since pages go by it.
            now = now.plusMillis(1 + random.nextInt(20));
            String session = "s" + random.nextInt(170);
            changed(session, "e" + i);
            changes.put(session, now);
        }
        List<String> expected =
                new ArrayList<>(
                        changes.entrySet().stream()
                                .sorted(Map.Entry.<String, Instant>comparingByValue().reversed())
                                .map(Map.Entry::getKey)
                                .toList());
        assertThat(paged(Optional.empty(), 7)).isEqualTo(expected);
        expected.removeIf(session -> Integer.parseInt(session.substring(1)) % 3 != 0);
        assertThat(paged(Optional.of("bob"), 60)).isEqualTo(expected);
    }

    private List<String> paged(Optional<String> owner, int size) throws Exception {
        List<String> all = new ArrayList<>();
        Optional<Instant> before = Optional.empty();
        for (var page = page(owner, before, size);
                !page.isEmpty();
                page = page(owner, before, size)) {
            page.forEach(session -> all.add(session.sessionId()));
            before = Optional.of(page.getLast().changedAt());
        }
        return all;
    }
}
