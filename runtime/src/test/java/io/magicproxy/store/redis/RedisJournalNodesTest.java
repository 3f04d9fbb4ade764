package io.magicproxy.store.redis;

import static io.magicproxy.store.session.Drafts.end;
import static io.magicproxy.store.session.Drafts.entries;
import static io.magicproxy.store.session.Drafts.event;
import static io.magicproxy.store.session.Drafts.events;
import static io.magicproxy.store.session.Drafts.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.Appended;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.Following;
import io.magicproxy.store.session.Journal.Forgetting;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways on one Redis, and that Redis when it dies. */
class RedisJournalNodesTest {
    private static final long LONG = 60;

    @TempDir private static Path folder;
    private static RealRedis server;

    private final Redis redis =
            new Redis(() -> List.of(server.url()), RedisConfig.Mode.SINGLE, Duration.ofSeconds(2));
    private RedisLink link;
    private RedisJournal one;
    private RedisJournal other;

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
        link = redis.link();
        one = redis.opened(new RedisJournal(link, InstantSource.system()));
        other = redis.opened(new RedisJournal(redis.link(), InstantSource.system()));
    }

    @AfterEach
    void close() throws Exception {
        redis.closeAll();
    }

    private long working(String runId, String sessionId) throws StoreException {
        one.open(run(runId, sessionId));
        return one.claim(runId, "worker").orElseThrow();
    }

    private static boolean heard(Semaphore rung) throws InterruptedException {
        return rung.tryAcquire(LONG, TimeUnit.SECONDS);
    }

    @Test
    void a_watcher_at_one_hears_what_is_appended_at_the_other() throws Exception {
        long epoch = working("r1", "s1");
        Semaphore rung = new Semaphore(0);
        try (Following following = other.follow("s1", rung::release)) {
            assertThat(following).isNotNull();
            for (long i = 1; i <= 20; i++) {
                one.append("r1", epoch, events("e" + i));
                assertThat(heard(rung)).isTrue();
                assertThat(other.events("s1", i - 1, 10))
                        .extracting(EventRecord::seq)
                        .containsExactly(i);
            }
        }
    }

    @Test
    void a_cancel_at_one_rings_the_worker_at_the_other() throws Exception {
        one.open(run("r1", "s1"));
        Semaphore rung = new Semaphore(0);
        try (Following following = other.onCancel("r1", rung::release)) {
            assertThat(following).isNotNull();
            long epoch = other.claim("r1", "worker").orElseThrow();
            assertThat(one.cancel("r1", event("unused"))).isTrue();
            assertThat(heard(rung)).isTrue();
            assertThat(other.append("r1", epoch, events("a"))).isEqualTo(new Appended.Cancelled());
        }
    }

    @Test
    void a_claim_at_one_fences_the_other() throws Exception {
        long epoch = working("r1", "s1");
        assertThat(other.claim("r1", "other")).contains(epoch + 1);
        assertThat(one.append("r1", epoch, events("a"))).isEqualTo(new Appended.Fenced());
        assertThat(other.append("r1", epoch + 1, events("a"))).isEqualTo(new Appended.Done(1));
    }

    @Test
    void what_one_has_deleted_the_other_doesn_t_know() throws Exception {
        one.append("r1", working("r1", "s1"), end(RunState.ANSWERED));
        assertThat(other.run("r1")).isPresent();
        assertThat(one.delete("s1")).isTrue();
        assertThat(other.run("r1")).isEmpty();
        assertThat(other.entries("r1")).isEmpty();

        one.open(run("r1", "elsewhere"));
        assertThat(other.run("r1").orElseThrow().sessionId()).isEqualTo("elsewhere");
        assertThat(other.claim("r1", "worker")).contains(1L);
    }

    @Test
    void a_watcher_whose_connection_breaks_hears_what_came_meanwhile() throws Exception {
        long epoch = working("r1", "s1");
        Semaphore rung = new Semaphore(0);
        Semaphore cancelled = new Semaphore(0);
        try (Following a = other.follow("s1", rung::release);
                Following b = other.onCancel("r1", cancelled::release)) {
            assertThat(a).isNotSameAs(b);
            for (int i = 0; i < 2; i++) {
                rung.drainPermits();
                server.command("CLIENT", "KILL", "TYPE", "pubsub");
                one.append("r1", epoch, events("e" + i));
                assertThat(heard(rung)).isTrue();
            }
            server.command("CLIENT", "KILL", "TYPE", "pubsub");
            one.cancel("r1", event("unused"));
            assertThat(heard(cancelled)).isTrue();
            awaitListenerOf("s1");
        }
    }

    /** It doesn't just look once a second for ever. */
    private void awaitListenerOf(String sessionId) {
        String bell = new SessionSlot(link).bell(sessionId);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG);
        while (!server.command("PUBSUB", "NUMSUB", bell).endsWith("\n1\n")) {
            assertThat(System.nanoTime()).as("somebody listens again").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void nobody_listens_any_more_when_the_last_watcher_has_left() throws Exception {
        Following first = other.follow("s1", () -> {});
        Following second = other.follow("s1", () -> {});
        first.close();
        awaitListenerOf("s1");
        second.close();
        String bell = new SessionSlot(link).bell("s1");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG);
        while (!server.command("PUBSUB", "NUMSUB", bell).endsWith("\n0\n")) {
            assertThat(System.nanoTime()).as("nobody listens").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void runs_with_long_requests_come_a_few_at_a_time_and_all_of_them() throws Exception {
        for (int i = 1; i <= 5; i++) {
            NewRun plain = run("r" + i, "s1");
            one.open(
                    new NewRun(
                            plain.runId(),
                            plain.sessionId(),
                            plain.owner(),
                            plain.idempotencyKey(),
                            plain.parent(),
                            plain.alias(),
                            plain.pattern(),
                            "\"" + "x".repeat(700_000) + "\"",
                            plain.at()));
            one.cancel("r" + i, event("cancelled"));
        }
        assertThat(other.runs("s1")).extracting(RunRecord::number).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void many_watch_and_few_connections_listen() throws Exception {
        List<Following> all = new ArrayList<>();
        Semaphore rung = new Semaphore(0);
        for (int i = 0; i < 1_000; i++) {
            all.add(other.follow("s" + i, rung::release));
        }
        int listening = server.command("CLIENT", "LIST", "TYPE", "pubsub").lines().toList().size();
        assertThat(listening).isLessThan(5);
        one.append("r7", working("r7", "s7"), events("a"));
        assertThat(heard(rung)).isTrue();
        all.forEach(Following::close);
    }

    @Test
    void scripts_are_sent_once() throws Exception {
        long epoch = working("r1", "s1");
        one.append("r1", epoch, events("first"));
        server.command("CONFIG", "RESETSTAT");
        for (int i = 0; i < 50; i++) {
            one.append("r1", epoch, events("e" + i));
        }
        String commands = server.command("INFO", "commandstats");
        assertThat(commands).containsPattern("cmdstat_evalsha:calls=5[0-9],");
        assertThat(commands).doesNotContain("cmdstat_eval:").doesNotContain("cmdstat_script");
    }

    @Test
    void a_script_that_fails_is_an_error_and_doesn_t_mean_that_redis_is_away() throws Exception {
        String session = new SessionSlot(link).session("odd");
        server.command("SET", session, "no hash");
        assertThatThrownBy(() -> one.open(run("r1", "odd")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("refuses")
                .hasMessageContaining("WRONGTYPE");
        assertThat(link.isUp()).isTrue();
        assertThat(working("r2", "s2")).isEqualTo(1);
    }

    @Test
    void one_that_is_full_takes_nothing_new_and_lets_go_of_what_is_old() throws Exception {
        one.append("r1", working("r1", "s1"), end(RunState.ANSWERED));
        long epoch = working("r2", "s2");
        server.command("CONFIG", "SET", "maxmemory", "1");
        try {
            assertThatThrownBy(() -> one.open(run("r3", "s3")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("maxmemory");
            assertThatThrownBy(() -> one.append("r2", epoch, events("a")))
                    .isInstanceOf(StoreException.class);
            assertThat(link.isUp()).isTrue();
            assertThat(one.delete("s1")).isTrue();
            assertThat(one.session("s1")).isEmpty();
        } finally {
            server.command("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(one.append("r2", epoch, events("a"))).isEqualTo(new Appended.Done(1));
    }

    @Test
    void several_who_forget_at_once_rewrite_each_run_once() throws Exception {
        int runs = 40;
        for (int i = 0; i < runs; i++) {
            long epoch = working("r" + i, "s" + i);
            one.append("r" + i, epoch, entries("1", "2"));
            one.append("r" + i, epoch, end(RunState.FAILED));
        }
        List<Callable<Integer>> all =
                List.of(
                        () -> one.forget(Duration.ZERO, new Marked()),
                        () -> other.forget(Duration.ZERO, new Marked()),
                        () -> one.forget(Duration.ZERO, new Marked()));
        assertThat(together(all).stream().mapToInt(n -> n).sum()).isEqualTo(runs);
        for (int i = 0; i < runs; i++) {
            assertThat(one.entries("r" + i))
                    .extracting(entry -> entry.resultJson())
                    .containsExactly("<{\"of\":1}>", "<{\"of\":1}>");
            assertThat(one.events("s" + i, 0, 10).getFirst().payloadJson()).startsWith("<{");
        }
    }

    /** Shows how often a text was rewritten. */
    private record Marked() implements Forgetting {
        @Override
        public String request(String json) {
            return "<" + json + ">";
        }

        @Override
        public String result(String json) {
            return "<" + json + ">";
        }

        @Override
        public String event(String type, String json) {
            return "<" + json + ">";
        }

        @Override
        public String entry(String json) {
            return "<" + json + ">";
        }
    }

    @Test
    void several_who_expire_at_once_remove_each_session_once() throws Exception {
        int sessions = 60;
        for (int i = 0; i < sessions; i++) {
            one.append("r" + i, working("r" + i, "s" + i), end(RunState.ANSWERED));
        }
        one.open(run("open", "open"));
        List<Callable<Integer>> all =
                List.of(
                        () -> one.expire(Duration.ZERO),
                        () -> other.expire(Duration.ZERO),
                        () -> one.expire(Duration.ZERO));
        int removed = together(all).stream().mapToInt(n -> n).sum();
        // Who goes through a list from which others take may leave out some, until next time.
        removed += other.expire(Duration.ZERO);
        assertThat(removed).isEqualTo(sessions);
        assertThat(one.openRuns()).hasSize(1);
    }

    private static <T> List<T> together(List<Callable<T>> all) throws Exception {
        List<T> results = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<T> done : threads.invokeAll(all)) {
                results.add(done.get());
            }
        }
        return results;
    }

    @Test
    void killed_and_started_again_it_has_lost_nothing_and_watchers_hear_the_rest()
            throws Exception {
        long epoch = working("r1", "s1");
        Semaphore rung = new Semaphore(0);
        AtomicBoolean stop = new AtomicBoolean();
        try (Following following = other.follow("s1", rung::release)) {
            assertThat(following).isNotNull();
            CompletableFuture<List<String>> writer =
                    CompletableFuture.supplyAsync(
                            () -> acknowledged(epoch, stop),
                            task -> Thread.ofVirtual().start(task));
            for (int i = 0; i < 2; i++) {
                assertThat(heard(rung)).isTrue();
                server.kill();
                assertThatThrownBy(() -> other.claim("r1", "other"))
                        .isInstanceOf(StoreException.class);
                server.begin();
                rung.drainPermits();
                assertThat(heard(rung)).isTrue();
            }
            awaitListenerOf("s1");
            stop.set(true);
            List<String> said = writer.get(LONG, TimeUnit.SECONDS);
            List<EventRecord> events = one.events("s1", 0, 1_000_000);
            assertThat(events).extracting(EventRecord::key).containsAll(said);
            assertThat(events)
                    .extracting(EventRecord::seq)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, events.size()).boxed().toList());
            assertThat(one.session("s1").orElseThrow().lastSeq()).isEqualTo(events.size());
        }
    }

    /** The keys of the events that were said to be written, up to one after the stop. */
    private List<String> acknowledged(long epoch, AtomicBoolean stop) {
        List<String> said = new ArrayList<>();
        boolean last = false;
        for (int i = 0; !last; i++) {
            boolean stopped = stop.get();
            try {
                if (one.append("r1", epoch, events("e" + i)) instanceof Appended.Done) {
                    said.add("e" + i);
                    last = stopped;
                }
            } catch (StoreException e) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        return said;
    }

    @Test
    void who_follows_while_redis_is_away_hears_when_it_is_back() throws Exception {
        working("r1", "s1");
        server.kill();
        try {
            assertThatThrownBy(() -> other.run("r1")).isInstanceOf(StoreException.class);
            Semaphore rung = new Semaphore(0);
            Semaphore cancelled = new Semaphore(0);
            try (Following a = other.follow("s1", rung::release);
                    Following b = other.onCancel("r1", cancelled::release)) {
                assertThat(a).isNotSameAs(b);
                server.begin();
                assertThat(heard(rung)).isTrue();
                assertThat(cancelled.availablePermits()).isZero();
                cancelOnceItIsBack();
                assertThat(heard(cancelled)).isTrue();
            }
        } finally {
            if (!server.isAlive()) {
                server.begin();
            }
        }
    }

    private void cancelOnceItIsBack() {
        Optional<Boolean> asked = Optional.empty();
        while (asked.isEmpty()) {
            try {
                asked = Optional.of(one.cancel("r1", event("unused")));
            } catch (StoreException e) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        assertThat(asked).contains(true);
    }
}
