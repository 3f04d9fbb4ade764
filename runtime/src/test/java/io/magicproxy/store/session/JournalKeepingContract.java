package io.magicproxy.store.session;

import static io.magicproxy.store.session.Drafts.end;
import static io.magicproxy.store.session.Drafts.entries;
import static io.magicproxy.store.session.Drafts.event;
import static io.magicproxy.store.session.Drafts.events;
import static io.magicproxy.store.session.Drafts.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.Following;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.Parent;
import io.magicproxy.store.session.Journal.RunEnd;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionFilter;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What everyone who keeps a {@link Journal} must do: find sessions, tell watchers, remove what is
 * old, keep bytes.
 */
public abstract class JournalKeepingContract {
    private static final Duration DAY = Duration.ofDays(1);
    private static final long LONG = 60;

    private volatile Instant now = Drafts.THEN;
    private Journal journal;

    /** Opens the test's one journal. */
    protected abstract Journal open(InstantSource clock) throws Exception;

    @BeforeEach
    void begin() throws Exception {
        journal = open(() -> now);
    }

    private long working(String runId, String sessionId) throws StoreException {
        journal.open(run(runId, sessionId));
        return journal.claim(runId, "worker").orElseThrow();
    }

    /** A session with one run that has ended. */
    private void ended(String sessionId, String request) throws StoreException {
        journal.open(with(run("run of " + sessionId, sessionId), request, Optional.empty()));
        finish(sessionId);
    }

    private void finish(String sessionId) throws StoreException {
        String runId = "run of " + sessionId;
        journal.append(runId, journal.claim(runId, "worker").orElseThrow(), end(RunState.ANSWERED));
    }

    private static NewRun with(NewRun run, String request, Optional<Parent> parent) {
        return new NewRun(
                run.runId(),
                run.sessionId(),
                run.owner(),
                run.idempotencyKey(),
                parent,
                run.alias(),
                run.pattern(),
                request,
                run.at());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private boolean kept(String hash) throws StoreException {
        return journal.kept(hash).isPresent();
    }

    // Sessions

    @Test
    void sessions_are_listed_by_their_last_change_and_paged_by_it() throws Exception {
        for (String id : List.of("s1", "s2", "s3", "s4", "s5")) {
            now = now.plusSeconds(1);
            ended(id, "{}");
        }
        now = now.plusSeconds(1);
        working("again", "s2");

        List<String> paged = new ArrayList<>();
        Optional<Instant> before = Optional.empty();
        for (List<SessionRecord> page = page(before); !page.isEmpty(); page = page(before)) {
            page.forEach(session -> paged.add(session.sessionId()));
            before = Optional.of(page.getLast().changedAt());
        }
        assertThat(paged).containsExactly("s2", "s5", "s4", "s3", "s1");
    }

    private List<SessionRecord> page(Optional<Instant> before) throws StoreException {
        return journal.sessions(
                new SessionFilter(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        before,
                        2));
    }

    @Test
    void sessions_are_found_by_owner_alias_pattern_state_and_time() throws Exception {
        journal.open(run("r1", "s1", "ann"));
        journal.open(run("r2", "s2", "bob"));
        now = now.plusSeconds(10);
        ended("s3", "{}");
        NewRun odd = run("r4", "s4");
        journal.open(
                new NewRun(
                        odd.runId(),
                        odd.sessionId(),
                        odd.owner(),
                        odd.idempotencyKey(),
                        odd.parent(),
                        "other",
                        "plan@2",
                        "{}",
                        odd.at()));

        assertThat(found("ann", "", "", null, null)).containsExactlyInAnyOrder("s1", "s3", "s4");
        assertThat(found("bob", "", "", null, null)).containsExactly("s2");
        assertThat(found("", "other", "", null, null)).containsExactly("s4");
        assertThat(found("", "", "plan@2", null, null)).containsExactly("s4");
        assertThat(found("ann", "main", "react@1", RunState.ANSWERED, null)).containsExactly("s3");
        assertThat(found("", "", "", null, now)).containsExactlyInAnyOrder("s3", "s4");
        assertThat(found("' OR 1=1 --", "", "", null, null)).isEmpty();

        // A session is what its latest run is.
        journal.open(run("again", "s3"));
        assertThat(found("", "", "", RunState.ANSWERED, null)).isEmpty();
    }

    private List<String> found(
            String owner,
            String alias,
            String pattern,
            @Nullable RunState state,
            @Nullable Instant since)
            throws StoreException {
        return journal
                .sessions(
                        new SessionFilter(
                                text(owner),
                                text(alias),
                                text(pattern),
                                Optional.ofNullable(state),
                                Optional.ofNullable(since),
                                Optional.empty(),
                                100))
                .stream()
                .map(SessionRecord::sessionId)
                .toList();
    }

    private static Optional<String> text(String text) {
        return Optional.of(text).filter(t -> !t.isEmpty());
    }

    // Watchers

    @Test
    void watchers_hear_of_events_that_can_be_read_by_then() throws Exception {
        long epoch = working("r1", "s1");
        Semaphore rung = new Semaphore(0);
        List<Integer> seen = new ArrayList<>();
        Following following =
                journal.follow(
                        "s1",
                        () -> {
                            try {
                                seen.add(journal.events("s1", 0, 100).size());
                            } catch (StoreException e) {
                                throw new IllegalStateException(e);
                            }
                            rung.release();
                        });
        journal.append("r1", epoch, events("a", "b"));
        assertThat(rung.tryAcquire(LONG, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).containsExactly(2);

        following.close();
        journal.append("r1", epoch, events("c"));
        assertHeardNothingBefore(rung, () -> journal.append("r1", epoch, events("d")));
    }

    /** By the time that one who came later has heard. */
    private void assertHeardNothingBefore(Semaphore rung, Step next) throws Exception {
        Semaphore other = new Semaphore(0);
        Following later = journal.follow("s1", other::release);
        next.run();
        assertThat(other.tryAcquire(LONG, TimeUnit.SECONDS)).isTrue();
        assertThat(rung.availablePermits()).isZero();
        later.close();
    }

    /** A step of a test. */
    private interface Step {
        void run() throws Exception;
    }

    @Test
    void a_slow_or_broken_watcher_holds_up_nobody_and_hears_the_last_event() throws Exception {
        long epoch = working("r1", "s1");
        CountDownLatch stuck = new CountDownLatch(1);
        Semaphore rung = new Semaphore(0);
        try (Following slow =
                        journal.follow(
                                "s1",
                                () -> {
                                    rung.release();
                                    waitFor(stuck);
                                });
                Following broken =
                        journal.follow(
                                "s1",
                                () -> {
                                    throw new IllegalStateException("a test's broken doorbell");
                                })) {
            assertThat(slow).isNotSameAs(broken);
            for (int i = 0; i < 100; i++) {
                journal.append("r1", epoch, events("e" + i));
            }
            assertThat(rung.tryAcquire(LONG, TimeUnit.SECONDS)).isTrue();
            stuck.countDown();
            assertThat(rung.tryAcquire(LONG, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONG, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_worker_hears_at_once_that_its_run_is_to_be_cancelled() throws Exception {
        working("r1", "s1");
        working("x1", "s2");
        Semaphore own = new Semaphore(0);
        Semaphore others = new Semaphore(0);
        Semaphore watcher = new Semaphore(0);
        try (Following a = journal.onCancel("r1", own::release);
                Following b = journal.onCancel("x1", others::release);
                Following c = journal.follow("s1", watcher::release)) {
            assertThat(List.of(a, b, c)).doesNotHaveDuplicates();
            journal.cancel("r1", event("cancelled"));
            assertThat(own.tryAcquire(LONG, TimeUnit.SECONDS)).isTrue();
            assertThat(watcher.tryAcquire(LONG, TimeUnit.SECONDS)).isTrue();
            assertThat(others.availablePermits()).isZero();
        }
    }

    // Removal

    @Test
    void a_deleted_session_leaves_nothing_and_its_id_may_come_again() throws Exception {
        long epoch = working("r1", "s1");
        journal.append("r1", epoch, entries("1"));
        ended("s2", "{}");
        assertThat(journal.delete("s1")).isFalse();
        journal.append("r1", epoch, end(RunState.ANSWERED));
        assertThat(journal.delete("s1")).isTrue();
        assertThat(journal.delete("s1")).isFalse();

        assertThat(journal.session("s1")).isEmpty();
        assertThat(journal.run("r1")).isEmpty();
        assertThat(journal.events("s1", 0, 10)).isEmpty();
        assertThat(journal.entries("r1")).isEmpty();
        assertThat(journal.append("r1", epoch, events("a")))
                .isEqualTo(new Journal.Appended.Fenced());
        assertThat(journal.events("s2", 0, 10)).hasSize(1);

        assertThat(journal.append("r1", working("r1", "s1"), events("a")))
                .isEqualTo(new Journal.Appended.Done(1));
        assertThat(journal.entries("r1")).isEmpty();
    }

    @Test
    void a_session_goes_with_those_that_its_runs_began() throws Exception {
        ended("s1", "{}");
        nested("child", "run of s1");
        nested("grandchild", "run of child");
        ended("stranger", "{}");
        assertThat(journal.delete("s1")).isFalse();
        finish("child");
        assertThat(journal.delete("s1")).isFalse();
        finish("grandchild");

        assertThat(journal.delete("s1")).isTrue();
        assertThat(journal.session("child")).isEmpty();
        assertThat(journal.run("run of grandchild")).isEmpty();
        assertThat(journal.session("stranger")).isPresent();
    }

    private void nested(String sessionId, String parent) throws StoreException {
        Optional<Parent> of = Optional.of(new Parent(parent, "1"));
        journal.open(with(run("run of " + sessionId, sessionId), "{}", of));
    }

    @Test
    void sessions_at_rest_expire_and_open_ones_never() throws Exception {
        ended("old", "{}");
        ended("used", "{}");
        working("r1", "open");
        now = now.plus(DAY.dividedBy(2));
        working("again", "used");
        journal.append("again", 1, end(RunState.FAILED));
        assertThat(journal.expire(DAY)).isZero();

        now = now.plus(DAY.dividedBy(2));
        assertThat(journal.expire(DAY)).isEqualTo(1);
        assertThat(journal.session("old")).isEmpty();
        assertThat(journal.session("used")).isPresent();
        now = now.plus(DAY.multipliedBy(1000));
        assertThat(journal.expire(DAY)).isEqualTo(1);
        assertThat(journal.openRuns()).hasSize(1);
        assertThat(journal.append("r1", 1, events("a"))).isEqualTo(new Journal.Appended.Done(1));
    }

    // Bytes

    @Test
    void large_events_come_a_few_at_a_time_and_all_of_them() throws Exception {
        long epoch = working("r1", "s1");
        String large = "\"" + "x".repeat(700_000) + "\"";
        for (int i = 0; i < 4; i++) {
            journal.append(
                    "r1",
                    epoch,
                    new Batch(
                            List.of(),
                            List.of(new EventDraft("Custom", large, "e" + i)),
                            Duration.ZERO,
                            Optional.empty()));
        }
        List<Long> seen = new ArrayList<>();
        for (var page = journal.events("s1", 0, 100);
                !page.isEmpty();
                page = journal.events("s1", seen.getLast(), 100)) {
            assertThat(page).hasSizeLessThanOrEqualTo(2);
            page.forEach(read -> seen.add(read.seq()));
        }
        assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void what_ended_runs_have_stored_is_rewritten_once() throws Exception {
        long epoch = working("r1", "s1");
        journal.append("r1", epoch, entries("1", "2"));
        journal.append("r1", epoch, events("a"));
        journal.append("r1", epoch, end(RunState.FAILED));
        working("open", "s2");
        now = now.plusSeconds(60);

        assertThat(journal.forget(Duration.ofSeconds(61), new Blackened())).isZero();
        assertThat(journal.forget(Duration.ofSeconds(60), new Blackened())).isOne();

        assertThat(journal.run("r1").orElseThrow().requestJson()).startsWith("request of ");
        assertThat(journal.run("r1").orElseThrow().resultJson()).startsWith("result of ");
        assertThat(journal.entries("r1"))
                .extracting(EntryRecord::resultJson)
                .containsOnly("entry of {\"of\":1}");
        assertThat(journal.eventsOf("r1"))
                .allSatisfy(e -> assertThat(e.payloadJson()).startsWith("Custom of "));
        assertThat(journal.run("open").orElseThrow().requestJson()).startsWith("{");
        assertThat(journal.reopen("r1")).isFalse();
        assertThat(journal.forget(Duration.ZERO, new Blackened())).isZero();
    }

    @Test
    void what_a_nested_run_has_stored_is_there_as_long_as_its_parents() throws Exception {
        journal.open(run("run of parent", "parent"));
        nested("nested", "run of parent");
        finish("nested");
        now = now.plusSeconds(60);
        assertThat(journal.forget(Duration.ZERO, new Blackened())).isZero();

        finish("parent");
        assertThat(journal.forget(Duration.ZERO, new Blackened())).isEqualTo(2);
    }

    @Test
    void what_only_a_forgotten_run_has_kept_goes_with_its_texts() throws Exception {
        String own = journal.keep(bytes("own"));
        String common = journal.keep(bytes("common"));
        ended("s1", own + " " + common);
        journal.keep(bytes("common"));
        journal.open(with(run("open", "s2"), common, Optional.empty()));
        now = now.plusSeconds(60);
        assertThat(journal.forget(Duration.ZERO, new Blackened())).isOne();
        assertThat(kept(own)).isFalse();
        assertThat(kept(common)).isTrue();
    }

    /** Leaves the names of the texts. */
    private record Blackened() implements Journal.Forgetting {
        @Override
        public String request(String json) {
            return "request of " + json;
        }

        @Override
        public String result(String json) {
            return "result of " + json;
        }

        @Override
        public String event(String type, String json) {
            return type + " of " + json;
        }

        @Override
        public String entry(String json) {
            return "entry of " + json;
        }
    }

    @Test
    void bytes_are_kept_once_by_their_sha_256() throws Exception {
        byte[] content = new byte[300_000];
        content[7] = -1;
        String hash = journal.keep(content);
        assertThat(journal.keep(content.clone())).isEqualTo(hash).matches("[0-9a-f]{64}");
        assertThat(journal.kept(hash).orElseThrow()).isEqualTo(content);
        assertThat(journal.keep(new byte[0]))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(journal.kept("0".repeat(64))).isEmpty();
    }

    @Test
    void what_runs_name_is_kept_as_long_as_one_of_them() throws Exception {
        String both = journal.keep(bytes("both"));
        String only = journal.keep(bytes("only the first"));
        ended("s1", "{\"a\":\"" + both + "\",\"b\":[\"sha256:" + only + "\"]}");
        journal.keep(bytes("both"));
        ended("s2", "{\"a\":\"" + both + "\"}");
        now = now.plus(DAY.multipliedBy(9));
        journal.open(run("again", "s2"));
        journal.expire(DAY);

        assertThat(journal.session("s1")).isEmpty();
        assertThat(kept(only)).isFalse();
        assertThat(kept(both)).isTrue();
        journal.cancel("again", event("cancelled"));
        journal.delete("s2");
        assertThat(kept(both)).isFalse();
    }

    @Test
    void bytes_may_be_named_by_entries_events_and_ends() throws Exception {
        long epoch = working("r1", "s1");
        List<String> hashes = new ArrayList<>();
        for (String name : List.of("entry", "event", "end")) {
            hashes.add(journal.keep(bytes(name)));
        }
        EntryRecord entry = Drafts.entry("1");
        EntryRecord naming =
                new EntryRecord("1", "model", "main", "h", 1, false, hashes.get(0), entry.at());
        RunEnd end = new RunEnd(RunState.ANSWERED, hashes.get(2), List.of());
        EventDraft event = new EventDraft("Custom", hashes.get(1), "a");
        journal.append(
                "r1",
                epoch,
                new Batch(List.of(naming), List.of(event), Duration.ZERO, Optional.of(end)));
        now = now.plus(DAY.multipliedBy(9));
        journal.open(run("again", "s1"));
        journal.expire(DAY);
        for (String hash : hashes) {
            assertThat(kept(hash)).isTrue();
        }
        journal.cancel("again", event("cancelled"));
        journal.delete("s1");
        for (String hash : hashes) {
            assertThat(kept(hash)).isFalse();
        }
    }

    @Test
    void what_is_kept_to_be_named_soon_outlives_others_who_named_it() throws Exception {
        String hash = journal.keep(bytes("common"));
        ended("s1", hash);
        journal.keep(bytes("common"));
        journal.delete("s1");
        assertThat(kept(hash)).isTrue();
        ended("s2", hash);
        journal.delete("s2");
        assertThat(kept(hash)).isFalse();
    }

    @Test
    void what_nobody_names_expires() throws Exception {
        for (int i = 0; i < 450; i++) {
            journal.keep(bytes("unnamed " + i));
        }
        String again = journal.keep(bytes("again"));
        String first = Drafts.hash("unnamed 0");
        String last = Drafts.hash("unnamed 449");
        assertThat(kept(first) && kept(last)).isTrue();
        now = now.plus(DAY);
        journal.keep(bytes("again"));
        journal.expire(DAY);
        assertThat(kept(first) || kept(last)).isFalse();
        assertThat(kept(again)).isTrue();
    }
}
