package io.magicproxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.AuditLog.Change;
import io.magicproxy.store.AuditLog.Entry;
import io.magicproxy.store.AuditLog.Filter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What everyone who keeps an {@link AuditLog} must do. */
public abstract class AuditLogContract {
    protected static final Duration RETENTION = Duration.ofDays(90);
    private static final Filter ALL = filter(Optional.empty(), Optional.empty(), 100);

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private AuditLog log;

    /** Opens the test's one log; the one opened before is closed first. */
    protected abstract AuditLog open(InstantSource clock) throws Exception;

    @BeforeEach
    void begin() throws Exception {
        log = open(() -> now);
    }

    @Test
    void changes_come_back_whole_and_the_newest_first() throws Exception {
        Change first = change("key 1", "config.save", "proxy_config.yaml");
        log.append(first);
        now = now.plusMillis(1);
        Change second = change("session 2", "pattern.delete", "plan.js");
        log.append(second);

        log = open(() -> now);

        assertThat(log.list(ALL)).extracting(Entry::change).containsExactly(second, first);
        assertThat(log.list(ALL))
                .extracting(Entry::id)
                .isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void a_list_goes_on_where_another_ended() throws Exception {
        for (int i = 0; i < 5; i++) {
            log.append(change("key 1", "config.save", "file " + i));
        }
        List<Entry> first = log.list(filter(Optional.empty(), Optional.empty(), 2));
        List<Entry> second =
                log.list(filter(Optional.empty(), Optional.of(first.getLast().id()), 2));

        assertThat(first).extracting(e -> e.change().name()).containsExactly("file 4", "file 3");
        assertThat(second).extracting(e -> e.change().name()).containsExactly("file 2", "file 1");
    }

    @Test
    void an_action_is_a_whole_one_or_the_part_before_its_dot() throws Exception {
        log.append(change("a", "key.add", "x"));
        log.append(change("a", "keys.other", "x"));
        log.append(change("a", "key.retire", "x"));

        assertThat(actions("key")).containsExactly("key.retire", "key.add");
        assertThat(actions("key.add")).containsExactly("key.add");
        assertThat(actions("k%")).isEmpty();
        assertThat(actions("ke")).isEmpty();
    }

    @Test
    void times_names_and_authors_choose() throws Exception {
        log.append(change("key 1", "a.b", "x"));
        now = now.plusSeconds(1);
        Instant between = now;
        log.append(change("key 2", "a.b", "y"));

        assertThat(
                        log.list(
                                new Filter(
                                        Optional.of("key 1"),
                                        none(),
                                        none(),
                                        none(),
                                        none(),
                                        none(),
                                        9)))
                .hasSize(1);
        assertThat(
                        log.list(
                                new Filter(
                                        none(),
                                        none(),
                                        Optional.of("y"),
                                        none(),
                                        none(),
                                        none(),
                                        9)))
                .hasSize(1);
        assertThat(
                        log.list(
                                new Filter(
                                        none(),
                                        none(),
                                        none(),
                                        Optional.of(between),
                                        none(),
                                        none(),
                                        9)))
                .extracting(e -> e.change().name())
                .containsExactly("y");
        assertThat(
                        log.list(
                                new Filter(
                                        none(),
                                        none(),
                                        none(),
                                        none(),
                                        Optional.of(between),
                                        none(),
                                        9)))
                .extracting(e -> e.change().name())
                .containsExactly("x");
    }

    @Test
    void what_is_too_old_is_neither_shown_nor_kept() throws Exception {
        log.append(change("key 1", "config.save", "old"));
        now = now.plus(RETENTION).plusSeconds(1);
        assertThat(log.list(ALL)).isEmpty();

        log.append(change("key 1", "config.save", "new"));
        now = now.minus(Duration.ofDays(1));
        assertThat(log.list(ALL)).extracting(e -> e.change().name()).containsExactly("new");
    }

    private List<String> actions(String action) throws StoreException {
        return log.list(filter(Optional.of(action), Optional.empty(), 100)).stream()
                .map(e -> e.change().action())
                .toList();
    }

    private static <T> Optional<T> none() {
        return Optional.empty();
    }

    private static Filter filter(Optional<String> action, Optional<Long> below, int limit) {
        return new Filter(none(), action, none(), none(), none(), below, limit);
    }

    private Change change(String who, String action, String name) {
        return new Change(now, who, "127.0.0.1", "req_1", action, name, "v1", "v2", "-a\n+b\n");
    }
}
