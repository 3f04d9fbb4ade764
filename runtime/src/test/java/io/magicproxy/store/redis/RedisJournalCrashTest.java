package io.magicproxy.store.redis;

import static io.magicproxy.store.session.Drafts.end;
import static io.magicproxy.store.session.Drafts.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.redis.JournalIndex.Known;
import io.magicproxy.store.session.Drafts;
import io.magicproxy.store.session.Journal.Forgetting;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.Opened;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionFilter;
import io.magicproxy.store.session.Journal.SessionRecord;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that dies between two of its steps: what others find then. */
class RedisJournalCrashTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir private static Path folder;
    private static RealRedis server;

    private final Redis redis = new Redis(() -> server.url());
    private volatile Instant now = Drafts.THEN;
    private RedisLink link;
    private JournalIndex index;
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
        link = redis.link();
        index = new JournalIndex(link);
        journal = redis.opened(new RedisJournal(link, () -> now));
    }

    @AfterEach
    void close() throws Exception {
        redis.closeAll();
    }

    private static NewRun wish(String runId, String sessionId) {
        NewRun plain = run(runId, sessionId);
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

    /** Somebody told the index, and died. */
    private void announced(NewRun run) throws Exception {
        assertThat(index.opening(run, now, false)).isInstanceOf(Known.Go.class);
    }

    /** What the index has under that name. */
    private String indexed(String command, String name, String... more) {
        String[] all = new String[2 + more.length];
        all[0] = command;
        all[1] = link.name("journal") + ":" + name;
        System.arraycopy(more, 0, all, 2, more.length);
        return server.command(all);
    }

    private List<String> listed() throws Exception {
        return journal
                .sessions(
                        new SessionFilter(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                10))
                .stream()
                .map(SessionRecord::sessionId)
                .toList();
    }

    @Test
    void a_run_of_which_only_the_index_was_told_isn_t_there_and_can_be_opened() throws Exception {
        announced(run("r1", "s1"));
        assertThat(journal.openRuns()).isEmpty();
        assertThat(listed()).isEmpty();
        assertThat(journal.run("r1")).isEmpty();
        assertThat(journal.claim("r1", "worker")).isEmpty();

        assertThat(journal.open(run("r1", "s1"))).isInstanceOf(Opened.Fresh.class);
        assertThat(journal.openRuns()).hasSize(1);
        assertThat(listed()).containsExactly("s1");
    }

    @Test
    void it_can_be_opened_in_another_session_too_and_that_session_by_somebody_else()
            throws Exception {
        announced(run("r1", "s1"));
        assertThat(journal.open(run("r1", "s2"))).isInstanceOf(Opened.Fresh.class);
        assertThat(journal.run("r1").orElseThrow().sessionId()).isEqualTo("s2");
        assertThat(journal.open(run("r2", "s1", "bob"))).isInstanceOf(Opened.Fresh.class);
        assertThat(listed()).containsExactlyInAnyOrder("s1", "s2");
    }

    @Test
    void who_repeats_the_wish_of_one_who_died_opens_that_very_run() throws Exception {
        announced(wish("r1", "s1"));
        Opened opened = journal.open(wish("r2", "s2"));
        assertThat(opened).isInstanceOf(Opened.Fresh.class);
        RunRecord run = ((Opened.Fresh) opened).run();
        assertThat(run.runId()).isEqualTo("r1");
        assertThat(run.sessionId()).isEqualTo("s1");
        assertThat(journal.open(wish("r3", "s3"))).isEqualTo(new Opened.Rejoined(run));
        assertThat(journal.openRuns()).containsExactly(run);
    }

    @Test
    void a_wish_that_came_to_nothing_is_free_again() throws Exception {
        journal.open(run("r1", "s1"));
        assertThat(journal.open(wish("r2", "s1"))).isEqualTo(new Opened.Busy("r1"));
        assertThat(journal.open(wish("r3", "s3"))).isInstanceOf(Opened.Fresh.class);
        assertThat(journal.run("r3")).isPresent();
        assertThat(journal.run("r2")).isEmpty();
    }

    @Test
    void the_index_loses_what_never_came_to_be_after_a_while() throws Exception {
        announced(wish("r1", "s1"));
        journal.openRuns();
        assertThat(indexed("ZSCORE", "open", "r1")).isNotEmpty();

        indexed("ZADD", "open", "1000", "r1");
        assertThat(journal.openRuns()).isEmpty();
        assertThat(indexed("ZSCORE", "open", "r1")).isEmpty();
        assertThat(indexed("HLEN", "runs")).isEqualTo("0");
        assertThat(indexed("HLEN", "wishes")).isEqualTo("0");

        assertThat(listed()).isEmpty();
        assertThat(indexed("ZCARD", "sessions")).isEqualTo("1");
        now = now.plusSeconds(120);
        assertThat(listed()).isEmpty();
        assertThat(indexed("ZCARD", "sessions")).isEqualTo("0");
        assertThat(indexed("HLEN", "owners")).isEqualTo("0");
    }

    @Test
    void an_end_that_the_index_wasn_t_told_of_is_found_out() throws Exception {
        journal.open(run("r1", "s1"));
        long epoch = journal.claim("r1", "worker").orElseThrow();
        journal.append("r1", epoch, end(RunState.FAILED));
        // As if the worker had died right after writing the end.
        indexed("ZADD", "open", "1000", "r1");
        indexed("ZREM", "ended", "r1");

        assertThat(journal.forget(Duration.ZERO, new Emptied())).isOne();
        assertThat(journal.openRuns()).isEmpty();
        assertThat(indexed("ZCARD", "open")).isEqualTo("0");
    }

    /** Leaves nothing. */
    private record Emptied() implements Forgetting {
        @Override
        public String request(String json) {
            return "{}";
        }

        @Override
        public String result(String json) {
            return "{}";
        }

        @Override
        public String event(String type, String json) {
            return "{}";
        }

        @Override
        public String entry(String json) {
            return "{}";
        }
    }

    @Test
    void one_who_died_while_he_forgot_is_followed_by_another() throws Exception {
        journal.open(run("r1", "s1"));
        long epoch = journal.claim("r1", "worker").orElseThrow();
        journal.append("r1", epoch, Drafts.entries("1", "2"));
        journal.append("r1", epoch, end(RunState.FAILED));
        SessionSlot slot = new SessionSlot(link);
        SessionSlot.Place place = new SessionSlot.Place("r1", "s1");
        slot.ask("forget", place, "the dead one", "1");
        slot.ask("rewrite", place, "the dead one", "entries", "5", "1", "path", "1", "at", "0");

        while (journal.forget(Duration.ZERO, new Emptied()) == 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(journal.reopen("r1")).isFalse();
        assertThat(journal.entries("r1"))
                .extracting(entry -> entry.path() + entry.resultJson())
                .containsExactly("1{}", "2{}");
    }

    @Test
    void an_announced_change_that_never_came_moves_no_session() throws Exception {
        journal.open(run("r1", "s1"));
        now = now.plusSeconds(10);
        journal.open(run("r2", "s2"));
        now = now.plusSeconds(10);
        index.changing("s1", now);
        assertThat(listed()).containsExactly("s2", "s1");
        now = now.plusSeconds(100);
        assertThat(listed()).containsExactly("s2", "s1");
        assertThat(index.session("s1").orElseThrow().score()).isEqualTo(Times.micros(Drafts.THEN));
    }

    @Test
    void a_use_by_a_run_that_never_came_holds_nothing_for_ever() throws Exception {
        String hash = journal.keep("bytes".getBytes(UTF_8));
        new KeptBytes(link, index).use("never", Set.of(hash));
        journal.expire(DAY);
        assertThat(journal.kept(hash)).isPresent();
        now = now.plus(DAY);
        journal.expire(DAY);
        assertThat(journal.kept(hash)).isEmpty();
        assertThat(indexed("ZCARD", "kept")).isEqualTo("0");
    }

    @Test
    void a_session_that_was_removed_by_one_who_died_then_leaves_the_index_in_time()
            throws Exception {
        journal.open(run("r1", "s1"));
        String hash = journal.keep("bytes".getBytes(UTF_8));
        long epoch = journal.claim("r1", "worker").orElseThrow();
        journal.append("r1", epoch, Drafts.events("a " + hash));
        journal.append("r1", epoch, end(RunState.ANSWERED));
        SessionSlot slot = new SessionSlot(link);
        String order = slot.ask("family", "s1").get(3);
        assertThat(slot.ask("delete", "s1", "", order).getFirst()).isEqualTo("deleted");

        assertThat(journal.run("r1")).isEmpty();
        assertThat(journal.kept(hash)).isPresent();
        now = now.plus(DAY);
        journal.expire(DAY);
        for (String set : List.of("sessions", "ended", "open", "kept")) {
            assertThat(indexed("ZCARD", set)).isEqualTo("0");
        }
        for (String map : List.of("runs", "owners", "wishes", "wished")) {
            assertThat(indexed("HLEN", map)).isEqualTo("0");
        }
        assertThat(journal.kept(hash)).isEmpty();
    }

    @Test
    void nothing_is_left_in_redis_of_sessions_that_are_gone() throws Exception {
        NewRun wish = wish("r1", "s1");
        journal.open(wish);
        String hash = journal.keep("bytes".getBytes(UTF_8));
        long epoch = journal.claim("r1", "worker").orElseThrow();
        journal.append("r1", epoch, Drafts.batch(List.of("1"), List.of(hash), Optional.empty()));
        journal.append("r1", epoch, end(RunState.FAILED, "1"));
        journal.reopen("r1");
        journal.cancel("r1", Drafts.event("cancelled"));
        journal.open(run("r2", "s1"));
        journal.withdraw("r2");
        assertThat(journal.delete("s1")).isTrue();
        now = now.plus(DAY);
        journal.expire(DAY);
        String mine = link.name("").replace("}", "*");
        assertThat(server.command("KEYS", mine).lines().toList())
                .containsExactly(link.name("journal") + ":order");
    }
}
