package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureTableTest {
    private final Lab lab = new Lab();
    private final FakeProvider first = new FakeProvider();
    private final FakeProvider second = new FakeProvider();

    private Routed<JsonReply> chat(Route route) throws RoutingException {
        return chat(route, Lab.patience());
    }

    private Routed<JsonReply> chat(Route route, Cancellation cancellation) throws RoutingException {
        return lab.failover(2).chat(route, Lab.request(), cancellation);
    }

    private RoutingFailure refused(Route route, Cancellation cancellation) {
        try {
            chat(route, cancellation);
        } catch (RoutingException e) {
            return e.failure();
        }
        throw new AssertionError("answered");
    }

    private static void idle(Profile profile) {
        profile.pool().ifPresent(p -> assertThat(p.snapshot()).allMatch(k -> k.inFlight() == 0));
        profile.slots().ifPresent(s -> assertThat(s.availablePermits()).isEqualTo(1));
    }

    @Test
    void a_bad_key_and_a_limited_key_hand_over_to_a_good_one() throws Exception {
        KeyPool pool = lab.pool("a", "b", "c");
        Profile profile = lab.profile("gpt", first, pool);
        first.fails(FailureClass.CREDENTIAL).fails(FailureClass.RATE_LIMIT, Duration.ofSeconds(9));
        Routed<JsonReply> routed = chat(Lab.route(profile));
        assertThat(first.calls)
                .containsExactly(
                        Optional.of(Lab.key("a")),
                        Optional.of(Lab.key("b")),
                        Optional.of(Lab.key("c")));
        assertThat(routed.attempts())
                .extracting(Attempt::outcome)
                .containsExactly("credential", "rate_limit", "ok");
        assertThat(routed.fallbacks()).isZero();
        assertThat(lab.heard).isEqualTo(routed.attempts());
        assertThat(pool.snapshot())
                .extracting(KeyPool.Snapshot::state)
                .satisfiesExactly(
                        a ->
                                assertThat(a)
                                        .isEqualTo(
                                                new KeyState.Retired(
                                                        KeyState.By.PROVIDER,
                                                        "credential: credential")),
                        b -> assertThat(b).isInstanceOf(KeyState.Quarantined.class),
                        c -> assertThat(c).isEqualTo(new KeyState.Active()));
        idle(profile);
        lab.clock.advance(Duration.ofSeconds(9));
        chat(Lab.route(profile));
        assertThat(first.calls.getLast()).as("the probe").contains(Lab.key("b"));
        assertThat(pool.snapshot().get(1).state()).isEqualTo(new KeyState.Active());
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"RATE_LIMIT", "QUOTA", "CREDENTIAL"})
    void a_failure_of_the_key_leads_to_the_next_key_then_to_the_next_profile(FailureClass kind)
            throws Exception {
        first.fails(kind).fails(kind);
        Profile profile = lab.profile("gpt", first, lab.pool("a", "b"));
        Routed<JsonReply> routed = chat(Lab.route(profile, lab.profile("claude", second)));
        assertThat(first.calls).hasSize(2).doesNotHaveDuplicates();
        assertThat(routed.profile().name()).isEqualTo("claude");
        assertThat(routed.fallbacks()).isEqualTo(1);
        assertThat(profile.pool().orElseThrow().snapshot())
                .noneMatch(k -> k.state() instanceof KeyState.Active);
        assertThat(lab.pauses).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"MODEL_ACCESS", "MODEL_GONE", "UNKNOWN"})
    void a_failure_of_the_model_keeps_the_key_and_leads_to_the_next_profile(FailureClass kind)
            throws Exception {
        KeyPool pool = lab.pool("a", "b");
        first.fails(kind);
        Routed<JsonReply> routed =
                chat(Lab.route(lab.profile("gpt", first, pool), lab.profile("claude", second)));
        assertThat(first.calls).hasSize(1);
        assertThat(routed.profile().name()).isEqualTo("claude");
        assertThat(pool.snapshot()).allMatch(k -> k.state() instanceof KeyState.Active);
        assertThat(lab.pauses).isEmpty();
    }

    @Test
    void a_passing_failure_is_tried_again_with_growing_pauses_then_elsewhere() throws Exception {
        for (int i = 0; i < 3; i++) {
            first.fails(FailureClass.TRANSIENT);
        }
        KeyPool pool = lab.pool("a");
        Profile profile = lab.profile("gpt", first, pool);
        Routed<JsonReply> routed = chat(Lab.route(profile, lab.profile("claude", second)));
        assertThat(first.calls).hasSize(3);
        assertThat(routed.profile().name()).isEqualTo("claude");
        assertThat(lab.pauses).hasSize(2);
        assertThat(lab.pauses.get(0)).isBetween(Duration.ofNanos(1), Duration.ofMillis(100));
        assertThat(lab.pauses.get(1)).isBetween(Duration.ofNanos(1), Duration.ofMillis(200));
        assertThat(pool.snapshot()).allMatch(k -> k.state() instanceof KeyState.Active);
        idle(profile);
    }

    @Test
    void pauses_differ_from_request_to_request() throws Exception {
        Profile profile = lab.profile("gpt", first);
        for (int i = 0; i < 20; i++) {
            first.fails(FailureClass.TRANSIENT).then(_ -> new FakeStream());
            chat(Lab.route(profile));
        }
        assertThat(lab.pauses).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void a_passing_failure_waits_as_long_as_the_provider_asks() throws Exception {
        first.fails(FailureClass.TRANSIENT, Duration.ofSeconds(3));
        chat(Lab.route(lab.profile("gpt", first)));
        assertThat(lab.pauses).containsExactly(Duration.ofSeconds(3));
    }

    @Test
    void the_callers_fault_goes_straight_back() {
        KeyPool pool = lab.pool("a");
        Profile profile = lab.profile("gpt", first, pool);
        first.fails(FailureClass.CALLER_FAULT);
        RoutingFailure failure =
                refused(Lab.route(profile, lab.profile("claude", second)), Lab.patience());
        assertThat(failure)
                .isInstanceOfSatisfying(
                        RoutingFailure.Refused.class,
                        r -> assertThat(r.failure().message()).isEqualTo("caller_fault"));
        assertThat(failure.attempts()).hasSize(1);
        assertThat(second.calls).isEmpty();
        assertThat(pool.snapshot()).allMatch(k -> k.state() instanceof KeyState.Active);
        idle(profile);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"CONTEXT_WINDOW", "CONTENT_POLICY"})
    void a_misfit_goes_to_the_chain_of_its_kind_or_to_the_caller(FailureClass kind)
            throws Exception {
        Profile gpt = lab.profile("gpt", first);
        Profile other = lab.profile("other", new FakeProvider());
        List<Profile> special = List.of(gpt, lab.profile("special", second));
        boolean tooLong = kind == FailureClass.CONTEXT_WINDOW;
        first.fails(kind).fails(kind);
        Route route =
                new Route(
                        "main",
                        List.of(gpt, other),
                        tooLong ? special : List.of(),
                        tooLong ? List.of() : special);
        assertThat(chat(route).profile().name()).isEqualTo("special");
        assertThat(first.calls).as("not again, though it stands in both").hasSize(1);
        Route opposite =
                new Route(
                        "main",
                        List.of(gpt, other),
                        /* ifTooLong= */ route.ifRefused(),
                        /* ifRefused= */ route.ifTooLong());
        assertThat(refused(opposite, Lab.patience())).isInstanceOf(RoutingFailure.Refused.class);
    }

    @Test
    void a_misfit_is_not_asked_again_while_the_other_chain_rests() throws Exception {
        KeyPool pool = lab.pool("a");
        second.fails(FailureClass.RATE_LIMIT, Duration.ofSeconds(20));
        first.fails(FailureClass.CONTEXT_WINDOW);
        Route route =
                new Route(
                        "main",
                        List.of(lab.profile("gpt", first)),
                        List.of(lab.profile("long", second, pool)),
                        List.of());
        assertThat(chat(route).profile().name()).isEqualTo("long");
        assertThat(first.calls).hasSize(1);
        assertThat(second.calls).hasSize(2);
        assertThat(lab.clock.passed()).isEqualTo(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"MODEL_GONE", "TRANSIENT", "UNKNOWN"})
    void a_profile_that_failed_is_not_asked_again_while_another_rests(FailureClass kind)
            throws Exception {
        for (int i = 0; i < 3; i++) {
            first.fails(kind);
        }
        second.fails(FailureClass.RATE_LIMIT, Duration.ofSeconds(20));
        Profile other = lab.profile("claude", second, lab.pool("a"));
        assertThat(chat(Lab.route(lab.profile("gpt", first), other)).profile()).isEqualTo(other);
        assertThat(first.calls).hasSize(kind == FailureClass.TRANSIENT ? 3 : 1);
    }

    @Test
    void no_key_anywhere_says_where_to_put_one() {
        RoutingFailure failure =
                refused(
                        Lab.route(
                                lab.profile("gpt", first, lab.pool()),
                                lab.profile("claude", second, lab.pool())),
                        Lab.patience());
        assertThat(failure)
                .isInstanceOfSatisfying(
                        RoutingFailure.NoKey.class,
                        n -> assertThat(n.remedy()).isEqualTo("put a key into "));
        assertThat(first.calls).isEmpty();
    }

    @Test
    void keys_that_all_rest_are_waited_for_within_the_deadline() throws Exception {
        KeyPool pool = lab.pool("a", "b");
        first.fails(FailureClass.RATE_LIMIT, Duration.ofSeconds(40))
                .fails(FailureClass.RATE_LIMIT, Duration.ofSeconds(8));
        Routed<JsonReply> routed = chat(Lab.route(lab.profile("gpt", first, pool)));
        assertThat(lab.clock.passed()).isEqualTo(Duration.ofSeconds(8));
        assertThat(first.calls.getLast()).contains(Lab.key("b"));
        assertThat(routed.attempts()).hasSize(3);
        assertThat(lab.pauses).allMatch(p -> p.compareTo(Duration.ofMillis(250)) <= 0);
    }

    @Test
    void a_rest_beyond_the_deadline_is_told_with_its_end() {
        KeyPool pool = lab.pool("a");
        Route route = Lab.route(lab.profile("gpt", first, pool));
        first.fails(FailureClass.RATE_LIMIT, Duration.ofMinutes(20));
        assertThat(refused(route, Lab.patience()))
                .isInstanceOfSatisfying(
                        RoutingFailure.Exhausted.class,
                        e -> assertThat(e.retryAfter()).contains(Duration.ofMinutes(20)));
        lab.clock.advance(Duration.ofMinutes(5));
        assertThat(refused(route, Lab.patience()))
                .isEqualTo(new RoutingFailure.CoolingDown(Duration.ofMinutes(15), List.of()));
        assertThat(lab.pauses).isEmpty();
    }

    @Test
    void a_key_restored_meanwhile_is_used_at_once() throws Exception {
        KeyPool pool = lab.pool("a");
        first.fails(FailureClass.RATE_LIMIT, Duration.ofMinutes(5));
        lab.duringPause = () -> pool.restore(Lab.key("a").fingerprint());
        chat(Lab.route(lab.profile("gpt", first, pool)));
        assertThat(lab.clock.passed()).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void a_profile_that_needs_no_key_is_called_without_one() throws Exception {
        chat(Lab.route(lab.profile("local", first)));
        assertThat(first.calls).containsExactly(Optional.empty());
    }

    @Test
    void being_cancelled_ends_a_wait_and_releases_everything() {
        for (boolean backoff : new boolean[] {true, false}) {
            FakeProvider provider = new FakeProvider();
            provider.fails(
                    backoff ? FailureClass.TRANSIENT : FailureClass.RATE_LIMIT,
                    Duration.ofSeconds(3));
            Profile profile =
                    lab.profile(
                            "gpt",
                            provider,
                            Optional.of(lab.pool("a")),
                            Optional.of(new Semaphore(1)));
            profile.pool().orElseThrow().restore(Lab.key("a").fingerprint());
            Cancellation cancellation = Lab.patience();
            lab.duringPause = () -> cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
            assertThatThrownBy(() -> chat(Lab.route(profile), cancellation))
                    .isInstanceOf(CallCancelledException.class);
            assertThat(provider.calls).hasSize(1);
            idle(profile);
        }
    }

    @Test
    void being_cancelled_in_a_call_is_no_verdict_and_releases_everything() throws Exception {
        KeyPool pool = lab.pool("a");
        Profile profile =
                lab.profile("gpt", first, Optional.of(pool), Optional.of(new Semaphore(1)));
        for (int i = 0; i < 3; i++) {
            failedElsewhere(profile);
        }
        lab.clock.advance(Duration.ofSeconds(30));
        first.then(_ -> {
            throw new CallCancelledException(Cancellation.Reason.CLIENT_GONE);
        });
        assertThatThrownBy(() -> chat(Lab.route(profile)))
                .isInstanceOf(CallCancelledException.class);
        idle(profile);
        assertThat(profile.breaker().state()).isEqualTo(Breaker.State.HALF_OPEN);
        chat(Lab.route(profile));
        assertThat(profile.breaker().state()).isEqualTo(Breaker.State.CLOSED);
        assertThat(lab.pauses).as("the place of the probe was free").isEmpty();
    }

    @Test
    void a_request_that_is_given_up_calls_nobody() {
        Cancellation cancellation = Lab.patience();
        cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
        assertThatThrownBy(() -> chat(Lab.route(lab.profile("gpt", first)), cancellation))
                .isInstanceOf(CallCancelledException.class);
        assertThat(first.calls).isEmpty();
    }

    @Test
    void a_profile_at_its_limit_is_passed_over_or_waited_for() throws Exception {
        Semaphore slots = new Semaphore(1);
        slots.acquire();
        Profile full = lab.profile("gpt", first, Optional.empty(), Optional.of(slots));
        assertThat(chat(Lab.route(full, lab.profile("claude", second))).profile().name())
                .isEqualTo("claude");
        lab.duringPause = slots::release;
        assertThat(chat(Lab.route(full)).profile()).isEqualTo(full);
        assertThat(slots.availablePermits()).isEqualTo(1);
    }

    @Test
    void a_profile_that_always_fails_is_left_out_after_a_few_requests() throws Exception {
        for (int i = 0; i < 25; i++) {
            first.fails(FailureClass.TRANSIENT);
        }
        Profile gpt = lab.profile("gpt", first);
        Route route = Lab.route(gpt, lab.profile("claude", second));
        for (int i = 0; i < 25; i++) {
            assertThat(chat(route).profile().name()).isEqualTo("claude");
        }
        assertThat(gpt.breaker().state()).isEqualTo(Breaker.State.OPEN);
        assertThat(first.calls).hasSize(9);
        lab.clock.advance(Duration.ofSeconds(30));
        chat(route);
        assertThat(first.calls).as("the probe is tried once").hasSize(10);
        assertThat(gpt.breaker().state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void an_open_breaker_is_waited_for_if_there_is_nobody_else() throws Exception {
        Profile gpt = lab.profile("gpt", first);
        for (int i = 0; i < 3; i++) {
            failedElsewhere(gpt);
        }
        chat(Lab.route(gpt));
        assertThat(lab.clock.passed()).isEqualTo(Duration.ofSeconds(30));
        assertThat(gpt.breaker().state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void an_attempt_gets_what_is_left_of_the_requests_time() throws Exception {
        chat(Lab.route(lab.profile("gpt", first)), new Cancellation(Duration.ofSeconds(30)));
        assertThat(first.contexts.getFirst().timeouts().total())
                .isLessThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(first.contexts.getFirst().timeouts().response())
                .isLessThanOrEqualTo(Duration.ofSeconds(30));
    }

    private static void failedElsewhere(Profile profile) {
        switch (profile.breaker().ask()) {
            case Breaker.Leave.Granted leave -> profile.breaker().failed(leave);
            case Breaker.Leave.Refused(var until) -> throw new AssertionError(until);
        }
    }
}
