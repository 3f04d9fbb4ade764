package io.magicproxy.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.AuditLog;
import io.magicproxy.store.AuditLog.Change;
import io.magicproxy.store.AuditLog.Filter;
import io.magicproxy.store.UsageStore;
import io.magicproxy.store.UsageStore.Account;
import io.magicproxy.store.UsageStore.Amount;
import io.magicproxy.store.UsageStore.Line;
import io.magicproxy.store.UsageStore.Question;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedAuditLog;
import io.magicproxy.store.embedded.EmbeddedCounters;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.store.embedded.EmbeddedUsageStore;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Usage and changes of two gateways, while Redis is there and while it isn't. */
class FallbackRecordsTest {
    private static final Instant HOUR = Instant.parse("2026-11-27T10:00:00Z");
    private static final Account ANN = new Account("ann", "t", "a", "p", "v", "m", "chat");
    private static final Question ALL =
            new Question(HOUR, HOUR.plus(Duration.ofHours(1)), Map.of(), List.of());

    @TempDir private Path folder;
    private RealRedis server;
    private final Redis redis = new Redis(() -> server.url());

    /** A gateway's records. */
    private record Records(UsageStore usage, AuditLog audit) {
        void use(int requests) throws Exception {
            usage.add(List.of(new Line(HOUR, ANN, amount(requests))));
        }

        long requests() throws Exception {
            return usage.sums(ALL).getFirst().amount().requests();
        }

        void change(String name) throws Exception {
            audit.append(change(HOUR, name));
        }

        private static Change change(Instant at, String name) {
            return new Change(at, "who", "127.0.0.1", "req", "config.save", name, "a", "b", "-\n");
        }

        List<String> changes() throws Exception {
            Optional<String> any = Optional.empty();
            var all =
                    new Filter(
                            any, any, any, Optional.empty(), Optional.empty(), Optional.empty(), 9);
            return audit.list(all).stream().map(entry -> entry.change().name()).toList();
        }
    }

    private static Amount amount(int requests) {
        return new Amount(requests, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1);
    }

    @BeforeEach
    void start() {
        server = RealRedis.start(folder.resolve("redis"));
    }

    @AfterEach
    void stop() throws Exception {
        redis.closeAll();
        server.close();
    }

    @Test
    void each_shows_what_was_used_and_changed_at_both() throws Exception {
        Records one = records("one");
        Records other = records("other");
        one.use(2);
        other.use(3);
        one.change("first");
        other.change("second");
        for (Records records : List.of(one, other)) {
            assertThat(records.requests()).isEqualTo(5);
            assertThat(records.changes()).containsExactly("second", "first");
        }
    }

    @Test
    void what_was_before_there_was_a_redis_is_told_once() throws Exception {
        EmbeddedDatabase database = database("one");
        new EmbeddedUsageStore(database).add(List.of(new Line(HOUR, ANN, amount(7))));
        EmbeddedAuditLog before = new EmbeddedAuditLog(database, Duration.ofDays(90), () -> HOUR);
        before.append(Records.change(HOUR, "older"));
        before.append(Records.change(HOUR, "old"));
        redis.closeAll();

        records("one").use(1);
        redis.closeAll();
        Records again = records("one");
        assertThat(again.requests()).isEqualTo(8);
        assertThat(again.changes()).containsExactly("old", "older");
        assertThat(records("other").requests()).isEqualTo(8);
    }

    @Test
    void while_redis_is_away_each_shows_its_own_and_tells_it_once_when_it_is_back()
            throws Exception {
        Records one = records("one");
        Records other = records("other");
        one.use(1);
        other.use(2);
        one.change("before");
        server.kill();
        for (int i = 0; i < 5; i++) {
            one.use(10);
        }
        one.change("meanwhile");
        other.use(100);
        assertThat(one.requests()).isEqualTo(51);
        assertThat(one.changes()).containsExactly("meanwhile", "before");
        assertThat(other.requests()).isEqualTo(102);
        redis.closeAll();

        server.begin();
        Records again = records("one");
        Records otherAgain = records("other");
        until(() -> again.requests() == 153 && otherAgain.requests() == 153);
        assertThat(otherAgain.changes()).containsExactly("meanwhile", "before");
    }

    @Test
    void one_that_lives_through_it_tells_by_itself() throws Exception {
        Records one = records("one");
        server.kill();
        one.use(1);
        one.change("meanwhile");
        server.begin();
        Records other = records("other");
        until(() -> other.requests() == 1 && other.changes().equals(List.of("meanwhile")));
    }

    private EmbeddedDatabase database(String name) throws Exception {
        DataFolder data = redis.opened(DataFolder.open(folder.resolve(name)));
        return redis.opened(EmbeddedDatabase.open(data));
    }

    private Records records(String name) throws Exception {
        InstantSource clock = () -> HOUR;
        EmbeddedDatabase database = database(name);
        var own = new EmbeddedSharedState(database, clock);
        var counters = redis.opened(new EmbeddedCounters(database, clock));
        RedisStores stores =
                redis.opened(new RedisStores(redis.config(false), own, counters, clock));
        Duration kept = Duration.ofDays(90);
        return new Records(
                stores.usage(new EmbeddedUsageStore(database), own),
                stores.audit(new EmbeddedAuditLog(database, kept, clock), own, kept, clock));
    }

    /** Something that becomes true. */
    private interface Check {
        boolean holds() throws Exception;
    }

    private static void until(Check check) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!check.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
