package io.magicproxy.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.chat.Json;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.store.embedded.EmbeddedCache;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who asks, who waits, and what becomes of those who wait. */
@Timeout(60)
class ProfileCacheTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final JsonReply GOOD = reply("stop");
    private static final JsonReply CUT = reply("length");

    private Instant now = Instant.parse("2026-11-27T12:00:00Z");
    private final ResponseCache cache = new ResponseCache(new EmbeddedCache(), () -> now);
    private ProfileCache profile = profile(Duration.ofHours(1), LONG);

    ProfileCacheTest() {
        cache.limit(1 << 20);
    }

    @Test
    void who_comes_second_waits_for_the_first_and_has_its_answer() throws Exception {
        Passage.Ask<JsonReply> leader = asks(enter());
        Waiter one = waiter(new Cancellation());
        Waiter two = waiter(new Cancellation());

        assertThat(leader.answered(GOOD)).isSameAs(GOOD);

        assertThat(known(one.passage())).isEqualTo(GOOD.body());
        assertThat(known(two.passage())).isEqualTo(GOOD.body());
        assertThat(known(enter())).isEqualTo(GOOD.body());
    }

    @Test
    void after_a_failure_each_asks_by_itself() throws Exception {
        Passage.Ask<JsonReply> leader = asks(enter());
        Waiter one = waiter(new Cancellation());
        Waiter two = waiter(new Cancellation());

        leader.failed();

        // Both at once: neither waits for the other's failure.
        Passage.Ask<JsonReply> first = asks(one.passage());
        Passage.Ask<JsonReply> second = asks(two.passage());
        assertThat(first.use()).isEqualTo(CacheUse.MISS);
        second.answered(GOOD);
        assertThat(known(enter())).isEqualTo(GOOD.body());
    }

    @Test
    void an_answer_that_was_cut_off_is_shared_with_nobody() throws Exception {
        Passage.Ask<JsonReply> leader = asks(enter());
        Waiter other = waiter(new Cancellation());

        leader.answered(CUT);

        assertThat(asks(other.passage()).use()).isEqualTo(CacheUse.MISS);
        assertThat(asks(enter()).use()).isEqualTo(CacheUse.MISS);
    }

    @Test
    void when_the_first_has_left_one_of_the_others_asks_for_the_rest() throws Exception {
        Passage.Ask<JsonReply> leader = asks(enter());
        Waiter one = waiter(new Cancellation());
        Waiter two = waiter(new Cancellation());

        leader.left();

        until(() -> one.task.isDone() || two.task.isDone());
        Waiter next = one.task.isDone() ? one : two;
        Waiter last = next.equals(one) ? two : one;
        until(last::waits);
        asks(next.passage()).answered(GOOD);
        assertThat(known(last.passage())).isEqualTo(GOOD.body());
    }

    @Test
    void who_waits_can_be_given_up_without_harm_to_the_others() throws Exception {
        Passage.Ask<JsonReply> leader = asks(enter());
        Cancellation cancellation = new Cancellation();
        Waiter leaving = waiter(cancellation);
        Waiter staying = waiter(new Cancellation());

        cancellation.cancel(Cancellation.Reason.CLIENT_GONE);

        assertThatThrownBy(leaving::passage).hasCauseInstanceOf(CallCancelledException.class);
        leader.answered(GOOD);
        assertThat(known(staying.passage())).isEqualTo(GOOD.body());
    }

    @Test
    void who_has_waited_long_enough_asks_by_itself() throws Exception {
        profile = profile(Duration.ofHours(1), Duration.ofMillis(20));
        asks(enter());

        assertThat(asks(enter()).use()).isEqualTo(CacheUse.MISS);
    }

    @Test
    void what_is_heard_once_is_over_and_a_later_word_changes_nothing() throws Exception {
        Passage.Ask<JsonReply> leader = asks(enter());
        leader.answered(GOOD);
        leader.left();
        leader.failed();

        assertThat(known(enter())).isEqualTo(GOOD.body());
    }

    @Test
    void an_answer_is_remembered_as_long_as_the_rule_of_today_says() throws Exception {
        asks(enter()).answered(GOOD);
        now = now.plusSeconds(60);
        assertThat(known(enter())).isEqualTo(GOOD.body());

        profile = profile(Duration.ofSeconds(60), LONG);
        assertThat(asks(enter()).use()).isEqualTo(CacheUse.MISS);
    }

    @Test
    void who_leaves_nothing_behind_keeps_nobody_waiting() throws Exception {
        Passage.Ask<JsonReply> silent = asks(enter(Set.of(CacheTerms.Directive.NO_STORE)));
        assertThat(silent.use()).isEqualTo(CacheUse.BYPASS);

        assertThat(asks(enter()).use()).isEqualTo(CacheUse.MISS);
        assertThat(silent.answered(GOOD)).isSameAs(GOOD);
    }

    @Test
    void who_will_not_read_does_not_wait_either() throws Exception {
        asks(enter());

        Passage.Ask<JsonReply> fresh = asks(enter(Set.of(CacheTerms.Directive.NO_CACHE)));
        fresh.answered(GOOD);

        assertThat(fresh.use()).isEqualTo(CacheUse.BYPASS);
        assertThat(known(enter())).isEqualTo(GOOD.body());
    }

    private ProfileCache profile(Duration keepFor, Duration patience) {
        return new ProfileCache(
                cache,
                "p",
                new CacheRule(List.of("gpt"), List.of(), keepFor, false),
                Json.object().put("name", "gpt"),
                new ProfileCache.Limits(keepFor, 1 << 16, patience));
    }

    private Passage<JsonReply> enter() throws Exception {
        return enter(Set.of());
    }

    private Passage<JsonReply> enter(Set<CacheTerms.Directive> directives) throws Exception {
        return profile.enter(request(directives, new Cancellation()));
    }

    private static CacheRequest<JsonReply> request(
            Set<CacheTerms.Directive> directives, Cancellation cancellation) throws Exception {
        return new CacheRequest<>(
                new AnswerKind.Chat(),
                new RequestScanner(64).scan("{\"model\":\"m\",\"messages\":[]}".getBytes(UTF_8)),
                new CacheTerms("", directives),
                cancellation);
    }

    /** A request on a thread of its own. */
    private record Waiter(FutureTask<Passage<JsonReply>> task, Thread thread) {
        boolean waits() {
            return thread.getState() == Thread.State.TIMED_WAITING;
        }

        Passage<JsonReply> passage() throws Exception {
            return task.get(30, TimeUnit.SECONDS);
        }
    }

    /** One that waits. */
    private Waiter waiter(Cancellation cancellation) throws Exception {
        CacheRequest<JsonReply> request = request(Set.of(), cancellation);
        FutureTask<Passage<JsonReply>> task = new FutureTask<>(() -> profile.enter(request));
        Waiter waiter = new Waiter(task, Thread.ofPlatform().start(task));
        until(waiter::waits);
        return waiter;
    }

    private static void until(Callable<Boolean> check) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!check.call()) {
            assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }

    private static Passage.Ask<JsonReply> asks(Passage<JsonReply> passage) {
        assertThat(passage).isInstanceOf(Passage.Ask.class);
        return (Passage.Ask<JsonReply>) passage;
    }

    private static byte[] known(Passage<JsonReply> passage) {
        assertThat(passage).isInstanceOf(Passage.Known.class);
        return ((Passage.Known<JsonReply>) passage).answer().body();
    }

    private static JsonReply reply(String finish) {
        return new JsonReply(
                ("{\"choices\":[{\"finish_reason\":\"" + finish + "\"}]}").getBytes(UTF_8),
                Optional.empty(),
                List.of());
    }
}
