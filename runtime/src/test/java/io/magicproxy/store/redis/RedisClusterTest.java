package io.magicproxy.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.Counters;
import io.magicproxy.store.CountersContract;
import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.SharedStateContract;
import io.magicproxy.store.session.Drafts;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.Following;
import io.magicproxy.store.session.Journal.RunEnd;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionFilter;
import io.magicproxy.store.session.Journal.SessionRecord;
import io.magicproxy.store.session.JournalContract;
import io.magicproxy.store.session.JournalKeepingContract;
import io.magicproxy.store.session.KeptNames;
import io.magicproxy.testing.RealRedisCluster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster takes no command whose keys are in several slots. */
class RedisClusterTest {
    @TempDir private static Path folder;
    private static RealRedisCluster cluster;

    private static final SessionFilter ALL =
            new SessionFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    100);

    private final Redis redis =
            new Redis(() -> cluster.urls(), RedisConfig.Mode.CLUSTER, Duration.ofSeconds(20));

    @BeforeAll
    static void start() {
        cluster = RealRedisCluster.start(folder);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void close() throws Exception {
        redis.closeAll();
    }

    private RedisJournal journal(InstantSource clock) throws Exception {
        redis.closeAll();
        return redis.opened(new RedisJournal(redis.link(), clock));
    }

    @Test
    void a_session_is_opened_watched_worked_at_listed_and_removed() throws Exception {
        RedisJournal journal = journal(InstantSource.system());
        for (int i = 0; i < 8; i++) {
            String session = "s" + i;
            String hash = journal.keep(session.getBytes(StandardCharsets.UTF_8));
            Semaphore rung = new Semaphore(0);
            journal.open(Drafts.run("r" + i, session));
            try (Following following = journal.follow(session, rung::release)) {
                assertThat(following).isNotNull();
                long epoch = journal.claim("r" + i, "worker").orElseThrow();
                journal.append("r" + i, epoch, naming(hash));
                assertThat(rung.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(journal.kept(hash)).isPresent();
        }
        assertThat(journal.sessions(ALL)).hasSize(8);
        for (SessionRecord session : journal.sessions(ALL)) {
            assertThat(journal.delete(session.sessionId())).isTrue();
        }
        assertThat(journal.sessions(ALL)).isEmpty();
        assertThat(journal.openRuns()).isEmpty();
        assertThat(journal.kept(KeptNames.of("s0".getBytes(StandardCharsets.UTF_8)))).isEmpty();
    }

    private static Batch naming(String hash) {
        return new Batch(
                List.of(Drafts.entry("1")),
                List.of(new EventDraft("Custom", "\"" + hash + "\"", "a")),
                Duration.ofSeconds(1),
                Optional.of(new RunEnd(RunState.ANSWERED, "1", List.of())));
    }

    @Nested
    @Tag("drill")
    class Runs extends JournalContract {
        @Override
        protected Journal open(InstantSource clock) throws Exception {
            return journal(clock);
        }
    }

    @Nested
    @Tag("drill")
    class Keeping extends JournalKeepingContract {
        @Override
        protected Journal open(InstantSource clock) throws Exception {
            return journal(clock);
        }
    }

    @Nested
    @Tag("drill")
    class Counting extends CountersContract {
        @Override
        protected Counters open(InstantSource clock) throws Exception {
            redis.closeAll();
            return redis.opened(
                    new RedisCounters(redis.link(), () -> Long.toString(clock.millis())));
        }
    }

    @Nested
    @Tag("drill")
    class Sharing extends SharedStateContract {
        @Override
        protected SharedState open(InstantSource clock) throws Exception {
            redis.closeAll();
            return new RedisSharedState(redis.link(), clock);
        }
    }
}
