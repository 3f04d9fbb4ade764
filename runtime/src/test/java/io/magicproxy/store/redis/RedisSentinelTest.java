package io.magicproxy.store.redis;

import static io.magicproxy.store.session.Drafts.events;
import static io.magicproxy.store.session.Drafts.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.Appended;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.Following;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master whose replica takes its place. */
@Tag("drill")
class RedisSentinelTest {
    private static final long LONG = 60;

    @TempDir private Path folder;
    private final Redis redis =
            new Redis(this::sentinels, RedisConfig.Mode.SENTINEL, Duration.ofSeconds(1));
    private Optional<RealRedis> sentinel = Optional.empty();

    private List<String> sentinels() {
        return List.of(sentinel.orElseThrow().url());
    }

    @AfterEach
    void close() throws Exception {
        redis.closeAll();
    }

    @Test
    void a_journal_goes_on_at_the_replica_and_its_watchers_hear() throws Exception {
        try (RealRedis master = server("master");
                RealRedis replica =
                        server(
                                "replica",
                                "--replicaof",
                                "127.0.0.1",
                                Integer.toString(master.port()));
                RealRedis watching = RealRedis.sentinelOf(master, folder.resolve("sentinel"))) {
            sentinel = Optional.of(watching);
            await(() -> offset(replica, "slave_repl_offset").equals(offset(master)));
            var journal = redis.opened(new RedisJournal(redis.link(), InstantSource.system()));
            journal.open(run("r1", "s1"));
            long epoch = journal.claim("r1", "worker").orElseThrow();
            journal.append("r1", epoch, events("before"));
            await(() -> offset(replica, "slave_repl_offset").equals(offset(master)));
            String address = ":" + replica.port();
            await(() -> watching.command("SENTINEL", "REPLICAS", "mymaster").contains(address));

            Semaphore rung = new Semaphore(0);
            try (Following following = journal.follow("s1", rung::release)) {
                assertThat(following).isNotNull();
                master.kill();
                await(() -> appended(journal, epoch));
                assertThat(journal.events("s1", 0, 10))
                        .extracting(EventRecord::key)
                        .containsExactly("before", "after");
                rung.drainPermits();
                journal.append("r1", epoch, events("more"));
                assertThat(rung.tryAcquire(LONG, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private RealRedis server(String name, String... more) {
        Stream<String> keeping =
                Stream.of("--appendonly", "yes", "--maxmemory-policy", "noeviction");
        return RealRedis.start(
                folder.resolve(name),
                Stream.concat(keeping, Stream.of(more)).toArray(String[]::new));
    }

    private static boolean appended(RedisJournal journal, long epoch) {
        try {
            return journal.append("r1", epoch, events("after")) instanceof Appended.Done;
        } catch (StoreException e) {
            return false;
        }
    }

    private static String offset(RealRedis master) {
        return offset(master, "master_repl_offset");
    }

    private static String offset(RealRedis server, String field) {
        var found =
                Pattern.compile(field + ":(\\d+)").matcher(server.command("INFO", "replication"));
        return found.find() ? found.group(1) : "";
    }

    /** What is to become true. */
    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("soon enough").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
