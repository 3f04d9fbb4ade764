package io.magicproxy.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.session.Drafts;
import io.magicproxy.store.session.Journal.Following;
import io.magicproxy.store.session.ManyWriters;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Redis journal under load, with the settings that a server mostly has. */
@Tag("drill")
class RedisJournalDrillTest {
    private static final long LONG = 60;

    @TempDir private Path folder;
    private RealRedis server;
    private final Redis redis = new Redis(() -> server.url());
    private RedisJournal journal;
    private RedisJournal other;

    @BeforeEach
    void start() throws Exception {
        server =
                RealRedis.start(
                        folder,
                        "--appendonly",
                        "yes",
                        "--maxmemory-policy",
                        "noeviction",
                        "--appendfsync",
                        "everysec");
        journal = redis.opened(new RedisJournal(redis.link(), InstantSource.system()));
        other = redis.opened(new RedisJournal(redis.link(), InstantSource.system()));
    }

    @AfterEach
    void stop() throws Exception {
        redis.closeAll();
        server.close();
    }

    @Test
    void sixty_four_sessions_append() throws Exception {
        long before = memory();
        for (int round = 1; round <= 4; round++) {
            assertThat(ManyWriters.append(journal, "r" + round)).isEqualTo(64_000);
        }
        System.out.printf("%d bytes an event%n", (memory() - before) / 256_000);
        for (int i = 0; i < 2_000; i++) {
            journal.open(Drafts.run("small" + i, "small" + i));
        }
        long sessions = memory();
        for (int i = 2_000; i < 12_000; i++) {
            journal.open(Drafts.run("small" + i, "small" + i));
        }
        System.out.printf("%d bytes a session with a run%n", (memory() - sessions) / 10_000);
        long start = System.nanoTime();
        assertThat(journal.openRuns()).hasSize(12_256);
        System.out.printf("%.0f ms for 12,256 open runs%n", (System.nanoTime() - start) / 1e6);
    }

    private long memory() {
        return server.command("INFO", "memory")
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void watchers_and_workers_hear_soon() throws Exception {
        List<Long> events = new ArrayList<>();
        List<Long> cancels = new ArrayList<>();
        List<Following> more = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            more.add(other.follow("other" + i, () -> {}));
        }
        for (int i = 0; i < 500; i++) {
            String run = "r" + i;
            journal.open(Drafts.run(run, "s" + i));
            Semaphore rung = new Semaphore(0);
            Semaphore cancelled = new Semaphore(0);
            try (Following a = other.follow("s" + i, rung::release);
                    Following b = other.onCancel(run, cancelled::release)) {
                assertThat(a).isNotSameAs(b);
                long epoch = other.claim(run, "worker").orElseThrow();
                events.add(until(rung, () -> other.append(run, epoch, Drafts.events("a"))));
                cancels.add(until(cancelled, () -> journal.cancel(run, Drafts.event("b"))));
            }
        }
        more.forEach(Following::close);
        System.out.printf("watchers hear: %s, workers: %s%n", spread(events), spread(cancels));
    }

    /** What makes a bell ring. */
    private interface Step {
        Object take() throws Exception;
    }

    private static long until(Semaphore rung, Step step) throws Exception {
        long start = System.nanoTime();
        assertThat(step.take()).isNotNull();
        assertThat(rung.tryAcquire(LONG, TimeUnit.SECONDS)).isTrue();
        return System.nanoTime() - start;
    }

    private static String spread(List<Long> times) {
        times.sort(Long::compare);
        return "p50 %.2f ms, p99 %.2f ms, max %.2f ms"
                .formatted(
                        times.get(times.size() / 2) / 1e6,
                        times.get(times.size() * 99 / 100) / 1e6,
                        times.getLast() / 1e6);
    }
}
