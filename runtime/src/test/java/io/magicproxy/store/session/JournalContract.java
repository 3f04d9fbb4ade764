package io.magicproxy.store.session;

import static io.magicproxy.store.session.Drafts.end;
import static io.magicproxy.store.session.Drafts.entries;
import static io.magicproxy.store.session.Drafts.entry;
import static io.magicproxy.store.session.Drafts.event;
import static io.magicproxy.store.session.Drafts.events;
import static io.magicproxy.store.session.Drafts.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.Appended;
import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.Opened;
import io.magicproxy.store.session.Journal.RunEnd;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What everyone who keeps a {@link Journal} must do: runs and what is written into them. */
public abstract class JournalContract {
    private volatile Instant now = Drafts.THEN;
    private Journal journal;

    /** Opens the test's one journal; the one opened before is closed first. */
    protected abstract Journal open(InstantSource clock) throws Exception;

    @BeforeEach
    void begin() throws Exception {
        reopen();
    }

    private void reopen() throws Exception {
        journal = open(() -> now);
    }

    /** Opens a run and claims it. */
    private long working(String runId, String sessionId) throws StoreException {
        assertThat(journal.open(run(runId, sessionId))).isInstanceOf(Opened.Fresh.class);
        return journal.claim(runId, "worker").orElseThrow();
    }

    private RunRecord record(String runId) throws StoreException {
        return journal.run(runId).orElseThrow();
    }

    private List<String> keys(String sessionId) throws StoreException {
        return journal.events(sessionId, 0, 1_000).stream().map(EventRecord::key).toList();
    }

    private List<String> paths(String runId) throws StoreException {
        return journal.entries(runId).stream().map(EntryRecord::path).toList();
    }

    private static Appended done(long lastSeq) {
        return new Appended.Done(lastSeq);
    }

    @Test
    void a_new_run_opens_its_session_and_waits() throws Exception {
        NewRun draft =
                new NewRun(
                        "r1",
                        "s1",
                        "ann",
                        Optional.of("key"),
                        Optional.of(new Journal.Parent("r0", "2.1")),
                        "main",
                        "react@7",
                        "{\"q\":\"grün 😀\\u0000\"}",
                        Drafts.THEN);
        RunRecord expected =
                new RunRecord(
                        "r1",
                        "s1",
                        1,
                        "ann",
                        draft.parent(),
                        "main",
                        "react@7",
                        draft.requestJson(),
                        RunState.QUEUED,
                        false,
                        0,
                        Duration.ZERO,
                        "",
                        Drafts.THEN,
                        Optional.empty());
        assertThat(journal.open(draft)).isEqualTo(new Opened.Fresh(expected));
        reopen();
        assertThat(journal.run("r1")).contains(expected);
        assertThat(journal.runs("s1")).containsExactly(expected);
        assertThat(journal.openRuns()).containsExactly(expected);
        assertThat(journal.session("s1"))
                .contains(
                        new Journal.SessionRecord(
                                "s1",
                                "ann",
                                "main",
                                "react@7",
                                RunState.QUEUED,
                                1,
                                0,
                                Drafts.THEN,
                                Drafts.THEN));
    }

    @Test
    void what_nobody_opened_is_not_known() throws Exception {
        assertThat(journal.run("r1")).isEmpty();
        assertThat(journal.session("s1")).isEmpty();
        assertThat(journal.runs("s1")).isEmpty();
        assertThat(journal.events("s1", 0, 10)).isEmpty();
        assertThat(journal.eventsOf("r1")).isEmpty();
        assertThat(journal.entries("r1")).isEmpty();
        assertThat(journal.claim("r1", "worker")).isEmpty();
        assertThat(journal.append("r1", 1, events("a"))).isEqualTo(new Appended.Fenced());
        assertThat(journal.cancel("r1", event("cancelled"))).isFalse();
        assertThat(journal.reopen("r1")).isFalse();
        assertThat(journal.delete("s1")).isFalse();
    }

    @Test
    void a_session_has_one_open_run_at_a_time() throws Exception {
        long epoch = working("r1", "s1");
        assertThat(journal.open(run("r2", "s1"))).isEqualTo(new Opened.Busy("r1"));
        assertThat(journal.run("r2")).isEmpty();

        journal.append("r1", epoch, end(RunState.ANSWERED));
        assertThat(journal.open(run("r2", "s1"))).isInstanceOf(Opened.Fresh.class);
        assertThat(journal.runs("s1")).extracting(RunRecord::number).containsExactly(1, 2);
        assertThat(journal.openRuns()).extracting(RunRecord::runId).containsExactly("r2");
        assertThat(journal.session("s1").orElseThrow().runs()).isEqualTo(2);
    }

    @Test
    void of_many_who_open_a_session_at_once_one_gets_it() throws Exception {
        List<Callable<Opened>> all = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            String runId = "r" + i;
            all.add(() -> journal.open(run(runId, "s1")));
        }
        List<Opened> opened = together(all);
        assertThat(opened).filteredOn(o -> o instanceof Opened.Fresh).hasSize(1);
        String winner = journal.openRuns().getFirst().runId();
        assertThat(opened).filteredOn(new Opened.Busy(winner)::equals).hasSize(31);
        assertThat(journal.runs("s1")).hasSize(1);
    }

    @Test
    void a_repeated_wish_gets_the_run_that_it_had() throws Exception {
        RunRecord first = ((Opened.Fresh) journal.open(wish("r1", "s1", "ann"))).run();
        assertThat(journal.open(wish("r2", "s1", "ann"))).isEqualTo(new Opened.Rejoined(first));
        assertThat(journal.open(wish("r3", "s3", "ann"))).isEqualTo(new Opened.Rejoined(first));
        assertThat(journal.open(run("r1", "s1"))).isEqualTo(new Opened.Rejoined(first));
        assertThat(journal.session("s3")).isEmpty();

        journal.append("r1", journal.claim("r1", "w").orElseThrow(), end(RunState.FAILED));
        assertThat(journal.open(wish("r4", "s1", "ann")))
                .isEqualTo(new Opened.Rejoined(record("r1")));
        assertThat(journal.open(wish("r5", "s5", "bob"))).isInstanceOf(Opened.Fresh.class);
    }

    @Test
    void of_many_who_repeat_a_wish_at_once_all_get_one_run() throws Exception {
        List<Callable<Opened>> all = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            NewRun wish = wish("r" + i, "s" + i, "ann");
            all.add(() -> journal.open(wish));
        }
        List<Opened> opened = together(all);
        RunRecord run = journal.openRuns().getFirst();
        assertThat(opened).filteredOn(new Opened.Rejoined(run)::equals).hasSize(31);
        assertThat(journal.openRuns()).hasSize(1);
    }

    private static NewRun wish(String runId, String sessionId, String owner) {
        NewRun plain = run(runId, sessionId, owner);
        return new NewRun(
                plain.runId(),
                plain.sessionId(),
                plain.owner(),
                Optional.of("the same"),
                plain.parent(),
                plain.alias(),
                plain.pattern(),
                plain.requestJson(),
                plain.at());
    }

    @Test
    void where_in_a_trace_a_run_was_asked_for_is_kept_with_it() throws Exception {
        NewRun plain = run("r1", "s1", "alice");
        Optional<String> trace =
                Optional.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 a=b");
        var _ =
                journal.open(
                        new NewRun(
                                plain.runId(),
                                plain.sessionId(),
                                plain.owner(),
                                plain.idempotencyKey(),
                                plain.parent(),
                                plain.alias(),
                                plain.pattern(),
                                plain.requestJson(),
                                plain.at(),
                                trace));
        reopen();
        assertThat(journal.run("r1").orElseThrow().trace()).isEqualTo(trace);
        assertThat(journal.openRuns().getFirst().trace()).isEqualTo(trace);
    }

    @Test
    void a_session_belongs_to_who_opened_it() throws Exception {
        long epoch = working("r1", "s1");
        assertThat(journal.open(run("r2", "s1", "bob"))).isEqualTo(new Opened.Foreign());
        assertThat(journal.open(run("r1", "s9", "bob"))).isEqualTo(new Opened.Foreign());
        journal.append("r1", epoch, end(RunState.ANSWERED));
        assertThat(journal.open(run("r2", "s1", "bob"))).isEqualTo(new Opened.Foreign());
        assertThat(journal.runs("s1")).hasSize(1);
        assertThat(journal.session("s9")).isEmpty();
    }

    @Test
    void only_the_one_who_claimed_last_may_write() throws Exception {
        long first = working("r1", "s1");
        assertThat(journal.append("r1", first, events("a"))).isEqualTo(done(1));
        long second = journal.claim("r1", "other").orElseThrow();
        assertThat(second).isGreaterThan(first);
        assertThat(record("r1").epoch()).isEqualTo(second);
        assertThat(record("r1").state()).isEqualTo(RunState.RUNNING);

        assertThat(journal.append("r1", first, events("b"))).isEqualTo(new Appended.Fenced());
        assertThat(journal.append("r1", second + 1, events("b"))).isEqualTo(new Appended.Fenced());
        assertThat(journal.append("r1", first, end(RunState.FAILED)))
                .isEqualTo(new Appended.Fenced());
        assertThat(journal.append("r1", second, events("c"))).isEqualTo(done(2));
        assertThat(keys("s1")).containsExactly("a", "c");
    }

    @Test
    void nobody_may_write_before_the_claim_or_after_the_end() throws Exception {
        journal.open(run("r1", "s1"));
        assertThat(journal.append("r1", 0, events("a"))).isEqualTo(new Appended.Fenced());
        long epoch = journal.claim("r1", "worker").orElseThrow();
        now = now.plusSeconds(3);
        assertThat(journal.append("r1", epoch, end(RunState.ANSWERED))).isEqualTo(done(1));

        assertThat(journal.append("r1", epoch, events("b"))).isEqualTo(new Appended.Fenced());
        assertThat(journal.append("r1", epoch, end(RunState.FAILED)))
                .isEqualTo(new Appended.Fenced());
        assertThat(journal.claim("r1", "worker")).isEmpty();
        assertThat(record("r1").state()).isEqualTo(RunState.ANSWERED);
        assertThat(record("r1").resultJson()).isEqualTo("\"ANSWERED\"");
        assertThat(record("r1").endedAt()).contains(now);
        assertThat(journal.openRuns()).isEmpty();
        assertThat(keys("s1")).containsExactly("end ANSWERED");
    }

    @Test
    void events_are_numbered_from_one_over_all_runs_of_a_session() throws Exception {
        long epoch = working("r1", "s1");
        long other = working("x1", "s2");
        journal.append("r1", epoch, events("a", "b"));
        journal.append("x1", other, events("a"));
        journal.append("r1", epoch, end(RunState.ANSWERED));
        now = now.plusSeconds(1);
        journal.append("r2", working("r2", "s1"), events("a", "b"));

        assertThat(journal.events("s1", 0, 100))
                .extracting(EventRecord::seq)
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(keys("s1")).containsExactly("a", "b", "end ANSWERED", "a", "b");
        assertThat(journal.events("s1", 3, 1))
                .containsExactly(new EventRecord(4, "r2", 2, "Custom", "{\"of\":\"a\"}", "a", now));
        assertThat(journal.eventsOf("r2")).isEqualTo(journal.events("s1", 3, 100));
        assertThat(journal.session("s1").orElseThrow().lastSeq()).isEqualTo(5);
        assertThat(journal.session("s2").orElseThrow().lastSeq()).isEqualTo(1);
    }

    @Test
    void what_a_replay_says_again_is_left_out_without_a_gap() throws Exception {
        long epoch = working("r1", "s1");
        journal.append("r1", epoch, events("a", "b"));
        long again = journal.claim("r1", "other").orElseThrow();
        assertThat(journal.append("r1", again, events("a", "c", "b", "c", "d"))).isEqualTo(done(4));
        assertThat(journal.append("r1", again, events("a"))).isEqualTo(done(4));
        assertThat(keys("s1")).containsExactly("a", "b", "c", "d");
    }

    @Test
    void entries_come_back_as_they_were_in_the_order_of_writing() throws Exception {
        long epoch = working("r1", "s1");
        EntryRecord failed =
                new EntryRecord(
                        "0.2", "tool", "search", "h", 3, true, "{\"e\":\"ü\"}", Drafts.THEN);
        journal.append(
                "r1",
                epoch,
                new Batch(List.of(entry("9"), failed), List.of(), Duration.ofNanos(5), none()));
        journal.append(
                "r1", epoch, new Batch(List.of(entry("1")), List.of(), Duration.ofDays(2), none()));
        reopen();
        assertThat(journal.entries("r1")).containsExactly(entry("9"), failed, entry("1"));
        assertThat(record("r1").worked()).isEqualTo(Duration.ofDays(2).plusNanos(5));
    }

    @Test
    void a_call_is_recorded_once_and_a_refused_batch_leaves_nothing() throws Exception {
        long epoch = working("r1", "s1");
        journal.append("r1", epoch, entries("1"));
        Batch bad =
                new Batch(
                        List.of(entry("2"), entry("1")),
                        List.of(event("a")),
                        Duration.ofSeconds(9),
                        Optional.of(new RunEnd(RunState.ANSWERED, "1", List.of())));
        assertThatIllegalStateException()
                .isThrownBy(() -> journal.append("r1", epoch, bad))
                .withMessageContainingAll("r1", "1");
        assertThat(paths("r1")).containsExactly("1");
        assertThat(keys("s1")).isEmpty();
        assertThat(record("r1").state()).isEqualTo(RunState.RUNNING);
        assertThat(record("r1").worked()).isZero();

        assertThatIllegalStateException()
                .isThrownBy(() -> journal.append("r1", epoch, entries("3", "3")));
        assertThat(journal.append("r1", epoch, entries("2"))).isEqualTo(done(0));
        journal.append("x1", working("x1", "s2"), entries("1"));
        assertThat(paths("x1")).containsExactly("1");
    }

    @Test
    void a_run_that_nobody_has_claimed_is_cancelled_at_once() throws Exception {
        journal.open(run("r1", "s1"));
        assertThat(journal.cancel("r1", event("cancelled"))).isTrue();
        assertThat(record("r1").state()).isEqualTo(RunState.CANCELLED);
        assertThat(record("r1").resultJson()).isEqualTo(event("cancelled").payloadJson());
        assertThat(record("r1").endedAt()).contains(now);
        assertThat(keys("s1")).containsExactly("cancelled");
        assertThat(journal.claim("r1", "worker")).isEmpty();
        assertThat(journal.cancel("r1", event("again"))).isFalse();
        assertThat(journal.open(run("r2", "s1"))).isInstanceOf(Opened.Fresh.class);
    }

    @Test
    void a_claimed_run_is_cancelled_by_its_worker() throws Exception {
        long epoch = working("r1", "s1");
        assertThat(journal.cancel("r1", event("unused"))).isTrue();
        assertThat(journal.cancel("r1", event("unused"))).isTrue();
        assertThat(record("r1").state()).isEqualTo(RunState.RUNNING);
        assertThat(record("r1").cancelAsked()).isTrue();

        assertThat(journal.append("r1", epoch, events("a"))).isEqualTo(new Appended.Cancelled());
        assertThat(journal.append("r1", epoch, entries("1"))).isEqualTo(new Appended.Cancelled());
        long next = journal.claim("r1", "other").orElseThrow();
        assertThat(journal.append("r1", next, events("a"))).isEqualTo(new Appended.Cancelled());
        assertThat(journal.append("r1", epoch, end(RunState.CANCELLED)))
                .isEqualTo(new Appended.Fenced());
        assertThat(journal.append("r1", next, end(RunState.CANCELLED))).isEqualTo(done(1));
        assertThat(record("r1").state()).isEqualTo(RunState.CANCELLED);
        assertThat(paths("r1")).isEmpty();
        assertThat(keys("s1")).containsExactly("end CANCELLED");
    }

    @Test
    void a_run_is_opened_again_without_the_entry_that_ended_it() throws Exception {
        long epoch = working("r1", "s1");
        journal.append("r1", epoch, entries("1", "2", "3"));
        journal.append("r1", epoch, end(RunState.FAILED, "2"));

        assertThat(journal.reopen("r1")).isTrue();
        assertThat(journal.reopen("r1")).isFalse();
        RunRecord run = record("r1");
        assertThat(run.state()).isEqualTo(RunState.QUEUED);
        assertThat(run.resultJson()).isEmpty();
        assertThat(run.endedAt()).isEmpty();
        assertThat(paths("r1")).containsExactly("1", "3");
        assertThat(keys("s1")).containsExactly("end FAILED");
        assertThat(journal.openRuns()).extracting(RunRecord::runId).containsExactly("r1");

        assertThat(journal.append("r1", epoch, events("late"))).isEqualTo(new Appended.Fenced());
        long next = journal.claim("r1", "worker").orElseThrow();
        assertThat(next).isGreaterThan(epoch);
        assertThat(journal.append("r1", next, entries("2"))).isEqualTo(done(1));
        journal.append("r1", next, end(RunState.FAILED));
        assertThat(journal.reopen("r1")).isTrue();
        assertThat(paths("r1")).containsExactly("1", "3", "2");
    }

    @Test
    void a_run_is_opened_again_without_all_the_entries_that_ended_it() throws Exception {
        long epoch = working("r1", "s1");
        journal.append("r1", epoch, entries("1", "2", "2/1", "2/2", "2:0:1"));
        journal.append("r1", epoch, end(RunState.FAILED, "2", "2/1"));
        reopen();
        assertThat(journal.reopen("r1")).isTrue();
        assertThat(paths("r1")).containsExactly("1", "2/2", "2:0:1");
    }

    @Test
    void a_run_is_taken_back_as_if_it_had_never_been_opened() throws Exception {
        NewRun wish =
                new NewRun(
                        "r1",
                        "s1",
                        "ann",
                        Optional.of("key"),
                        Optional.empty(),
                        "main",
                        "react@1",
                        "{}",
                        Drafts.THEN);
        journal.open(wish);
        assertThat(journal.withdraw("r1")).isTrue();
        assertThat(journal.withdraw("r1")).isFalse();
        assertThat(journal.run("r1")).isEmpty();
        assertThat(journal.session("s1")).isEmpty();
        assertThat(journal.openRuns()).isEmpty();
        assertThat(journal.open(wish)).isInstanceOf(Opened.Fresh.class);

        long epoch = journal.claim("r1", "worker").orElseThrow();
        assertThat(journal.withdraw("r1")).isFalse();
        journal.append("r1", epoch, end(RunState.ANSWERED));
        journal.open(run("r2", "s1"));
        assertThat(journal.withdraw("r2")).isTrue();
        assertThat(journal.runs("s1")).extracting(RunRecord::runId).containsExactly("r1");
        assertThat(journal.session("s1").orElseThrow().runs()).isEqualTo(1);
        journal.open(run("r3", "s1"));
        assertThat(record("r3").number()).isEqualTo(2);
        journal.cancel("r3", event("cancelled"));
        assertThat(journal.withdraw("r3")).isFalse();
    }

    @Test
    void a_cancelled_run_is_opened_again_and_no_longer_to_be_cancelled() throws Exception {
        long epoch = working("r1", "s1");
        journal.cancel("r1", event("unused"));
        journal.append("r1", epoch, end(RunState.CANCELLED));
        assertThat(journal.reopen("r1")).isTrue();
        assertThat(record("r1").cancelAsked()).isFalse();
        assertThat(journal.cancel("r1", event("while it waits"))).isTrue();
        assertThat(record("r1").state()).isEqualTo(RunState.CANCELLED);

        journal.reopen("r1");
        long next = journal.claim("r1", "worker").orElseThrow();
        assertThat(journal.append("r1", next, events("a"))).isEqualTo(done(3));
    }

    @Test
    void a_run_is_not_opened_again_after_an_answer_or_beside_another() throws Exception {
        journal.append("r1", working("r1", "s1"), end(RunState.FAILED));
        long epoch = working("r2", "s1");
        assertThat(journal.reopen("r1")).isFalse();
        journal.append("r2", epoch, end(RunState.ANSWERED));
        assertThat(journal.reopen("r2")).isFalse();
        assertThat(record("r2").state()).isEqualTo(RunState.ANSWERED);
        assertThat(journal.reopen("r1")).isTrue();
    }

    @Test
    void sixty_four_writers_side_by_side_leave_no_gap_and_lose_nothing() throws Exception {
        List<Callable<Long>> writers = new ArrayList<>();
        for (int w = 0; w < 64; w++) {
            String runId = "r" + w;
            // Half of them write into a run that another one writes into as well.
            String shared = "shared" + w / 16;
            if (w % 16 == 0) {
                working(shared, "session of " + shared);
            }
            long own = working(runId, "session of " + runId);
            writers.add(() -> {
                for (int i = 0; i < 25; i++) {
                    journal.append(runId, own, events(i + "a", i + "b"));
                    journal.append(runId, own, entries("" + i));
                    journal.append(shared, 1, events(runId + "." + i));
                }
                return own;
            });
        }
        together(writers);
        for (int w = 0; w < 64; w++) {
            assertNumbered("session of r" + w, 50);
            assertThat(journal.entries("r" + w)).hasSize(25);
        }
        for (int s = 0; s < 4; s++) {
            assertNumbered("session of shared" + s, 16 * 25);
        }
    }

    private void assertNumbered(String sessionId, int events) throws StoreException {
        assertThat(journal.events(sessionId, 0, 100_000))
                .extracting(EventRecord::seq)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, events).boxed().toList());
    }

    private static Optional<RunEnd> none() {
        return Optional.empty();
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
}
