package io.magicproxy.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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

class FailoverTest {
    private static final Duration DEADLINE = Duration.ofMinutes(10);

    private final Scene scene = new Scene();

    @ParameterizedTest
    @EnumSource(names = {"RATE_LIMIT", "QUOTA", "CREDENTIAL"})
    void a_failure_of_the_key_hands_over_to_the_next_key_then_to_the_next_profile(FailureClass of)
            throws Exception {
        Profile first = scene.profile("first", scene.pool("key-a", "key-b"), of, of);
        Profile second = scene.profile("second", scene.pool("key-c"), "good");

        Routed<JsonReply> routed = chat(Scene.route(first, second));

        assertThat(scene.calls).containsExactly("first:key-a", "first:key-b", "second:key-c");
        assertThat(routed.profile().name()).isEqualTo("second");
        assertThat(routed.fallbacks()).isEqualTo(1);
        assertThat(routed.attempts())
                .extracting(Attempt::outcome)
                .containsExactly(of.wire(), of.wire(), "ok");
    }

    @ParameterizedTest
    @EnumSource(names = {"MODEL_ACCESS", "MODEL_GONE", "UNKNOWN"})
    void a_failure_of_the_model_hands_over_to_the_next_profile_and_leaves_the_key_alone(
            FailureClass of) throws Exception {
        KeyPool keys = scene.pool("key-a", "key-b");
        Profile first = scene.profile("first", keys, of);

        chat(Scene.route(first, scene.profile("second", scene.pool("key-c"), "good")));

        assertThat(scene.calls).containsExactly("first:key-a", "second:key-c");
        assertThat(keys.snapshot())
                .allSatisfy(key -> assertThat(key.state()).isInstanceOf(KeyState.Active.class));
    }

    @Test
    void a_passing_failure_is_tried_again_after_a_pause_then_elsewhere() throws Exception {
        Profile first = scene.profile("first", scene.pool("key-a"), FailureClass.TRANSIENT);

        chat(Scene.route(first, scene.profile("second", scene.pool("key-c"), "good")));

        assertThat(scene.calls)
                .containsExactly(
                        "first:key-a",
                        "pause",
                        "first:key-a",
                        "pause",
                        "first:key-a",
                        "second:key-c");
    }

    @Test
    void a_profile_that_keeps_failing_rests_and_comes_back() throws Exception {
        scene.retries = 0;
        Profile first = scene.profile("first", scene.pool("key-a"), FailureClass.TRANSIENT);
        Route route = Scene.route(first, scene.profile("second", scene.pool("key-c"), "good"));
        for (int i = 0; i < 25; i++) {
            chat(route);
        }
        assertThat(scene.calls.stream().filter(c -> c.startsWith("first"))).hasSize(3);
        assertThat(first.breaker().state()).isEqualTo(Breaker.State.OPEN);

        scene.now = scene.now.plusSeconds(31);
        assertThat(first.breaker().state()).isEqualTo(Breaker.State.HALF_OPEN);
        chat(route);
        chat(route);
        assertThat(scene.calls.stream().filter(c -> c.startsWith("first")))
                .as("one probe")
                .hasSize(4);
    }

    @Test
    void the_callers_fault_goes_back_at_once() {
        Profile first = scene.profile("first", scene.pool("key-a"), FailureClass.CALLER_FAULT);

        assertThat(failed(Scene.route(first, scene.profile("second", scene.pool("key-c"), "good"))))
                .isInstanceOf(RoutingFailure.Refused.class);
        assertThat(scene.calls).containsExactly("first:key-a");
    }

    @Test
    void a_request_that_is_too_long_or_refused_takes_its_own_chain_or_goes_back() throws Exception {
        Profile big = scene.profile("big", scene.pool("key-b"), "good");
        Profile mild = scene.profile("mild", scene.pool("key-m"), "good");
        Profile longOne = scene.profile("first", scene.pool("key-a"), FailureClass.CONTEXT_WINDOW);
        assertThat(
                        chat(new Route("r", List.of(longOne), List.of(big), List.of(mild)))
                                .profile()
                                .name())
                .isEqualTo("big");

        Profile refused = scene.profile("first", scene.pool("key-a"), FailureClass.CONTENT_POLICY);
        assertThat(
                        chat(new Route("r", List.of(refused), List.of(big), List.of(mild)))
                                .profile()
                                .name())
                .isEqualTo("mild");
        assertThat(failed(Scene.route(refused, big))).isInstanceOf(RoutingFailure.Refused.class);
    }

    @Test
    void when_all_rest_the_first_one_due_is_waited_for_within_the_deadline() throws Exception {
        Profile only =
                scene.profile(
                        "only",
                        scene.pool("key-a"),
                        Scene.failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(20)),
                        "good");

        assertThat(new String(chat(Scene.route(only)).value().body(), UTF_8)).isEqualTo("good");
        assertThat(scene.upstreamCalls()).containsExactly("only:key-a", "only:key-a");
    }

    @Test
    void beyond_the_deadline_the_wait_is_told_instead() {
        Profile only =
                scene.profile(
                        "only",
                        scene.pool("key-a"),
                        Scene.failure(FailureClass.RATE_LIMIT, Duration.ofHours(1)));

        assertThat(failed(Scene.route(only)))
                .isInstanceOfSatisfying(
                        RoutingFailure.Exhausted.class,
                        e -> assertThat(e.retryAfter()).contains(Duration.ofHours(1)));
        assertThat(failed(Scene.route(only)))
                .isInstanceOfSatisfying(
                        RoutingFailure.CoolingDown.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofHours(1)));
        assertThat(scene.calls).hasSize(1);
    }

    @Test
    void without_any_key_the_remedy_is_told() {
        assertThat(failed(Scene.route(scene.profile("only", scene.pool(), "good"))))
                .isInstanceOfSatisfying(
                        RoutingFailure.NoKey.class,
                        e -> assertThat(e.remedy()).isEqualTo("add a key to p"));
    }

    @Test
    void a_profile_whose_places_are_taken_is_passed_over() throws Exception {
        Semaphore slots = new Semaphore(1);
        Profile busy = scene.profile("busy", scene.pool("key-a"), Optional.of(slots), "good");
        Route route = Scene.route(busy, scene.profile("second", scene.pool("key-c"), "good"));
        slots.acquire();
        assertThat(chat(route).profile().name()).isEqualTo("second");
        slots.release();
        assertThat(chat(route).profile().name()).isEqualTo("busy");
        assertThat(slots.availablePermits()).isEqualTo(1);
    }

    @Test
    void a_caller_who_leaves_during_a_wait_ends_it_and_nothing_stays_taken() throws Exception {
        KeyPool keys = scene.pool("key-a");
        Profile only =
                scene.profile(
                        "only",
                        keys,
                        Scene.failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(20)),
                        "good");
        Cancellation cancellation = new Cancellation(DEADLINE);
        Failover failover =
                new Failover(
                        new Failover.Settings(0, Duration.ZERO),
                        scene.clock,
                        Pause.real(),
                        RoutingListener.none());
        cancellation.cancel(Cancellation.Reason.CLIENT_GONE);

        assertThatThrownBy(() -> failover.chat(Scene.route(only), Scene.request(), cancellation))
                .isInstanceOf(CallCancelledException.class);
        assertThat(keys.snapshot().getFirst().inFlight()).isZero();
    }

    private Routed<JsonReply> chat(Route route) throws Exception {
        return scene.failover().chat(route, Scene.request(), new Cancellation(DEADLINE));
    }

    private RoutingFailure failed(Route route) {
        return catchThrowableOfType(RoutingException.class, () -> chat(route)).failure();
    }
}
