package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeyStatesTest {
    private static final KeyPoolSettings SETTINGS =
            new KeyPoolSettings(true, Duration.ofSeconds(60), 1);
    private static final KeyEntry A = entry("sk-key-a-0123456789");
    private static final KeyEntry B = entry("sk-key-b-0123456789");

    private final FakeClock clock = new FakeClock();
    private final MemoryState store = new MemoryState();

    private static KeyEntry entry(String secret) {
        return new KeyEntry(new ApiKey(secret));
    }

    private KeyPool pool(KeyPoolSettings settings, KeyEntry... entries) {
        KeyPool pool = new KeyPool("p", settings, clock, store, RoutingListener.none());
        pool.update(Arrays.asList(entries), settings, "add a key");
        return pool;
    }

    private static ProviderFailure failure(FailureClass kind, Duration... retryAfter) {
        return new ProviderFailure(
                kind,
                Optional.of(429),
                "slow down",
                Optional.empty(),
                Optional.empty(),
                Arrays.stream(retryAfter).findFirst());
    }

    private static KeyLease lease(KeyPool pool) {
        return switch (pool.lease(Set.of())) {
            case KeyPool.Leased.Key(KeyLease lease) -> lease;
            case KeyPool.Leased.Later _, KeyPool.Leased.Never _ ->
                    throw new AssertionError("no key: " + pool.snapshot());
        };
    }

    private static void fail(KeyPool pool, FailureClass kind, Duration... retryAfter) {
        try (KeyLease lease = lease(pool)) {
            lease.failed(failure(kind, retryAfter));
        }
    }

    private static void succeed(KeyPool pool) {
        try (KeyLease lease = lease(pool)) {
            lease.succeeded();
        }
    }

    private static Instant due(KeyPool pool) {
        return switch (pool.lease(Set.of())) {
            case KeyPool.Leased.Later(Instant at) -> at;
            case KeyPool.Leased.Key _, KeyPool.Leased.Never _ ->
                    throw new AssertionError("not resting: " + pool.snapshot());
        };
    }

    private static KeyState state(KeyPool pool) {
        return pool.snapshot().getFirst().state();
    }

    private Instant in(Duration time) {
        return clock.instant().plus(time);
    }

    @Test
    void a_limited_key_rests_as_long_as_the_provider_asks_and_a_probe_brings_it_back() {
        KeyPool pool = pool(SETTINGS, A);
        fail(pool, FailureClass.RATE_LIMIT, Duration.ofSeconds(7));
        assertThat(due(pool)).isEqualTo(in(Duration.ofSeconds(7)));
        assertThat(state(pool)).isInstanceOf(KeyState.Quarantined.class);
        clock.advance(Duration.ofSeconds(7));
        succeed(pool);
        assertThat(state(pool)).isEqualTo(new KeyState.Active());
    }

    @Test
    void repeats_double_the_rest_up_to_an_hour_and_success_starts_anew() {
        KeyPool pool = pool(SETTINGS, A);
        List<Long> minutes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            fail(pool, FailureClass.RATE_LIMIT);
            Duration rest = Duration.between(clock.instant(), due(pool));
            minutes.add(rest.toMinutes());
            clock.advance(rest);
        }
        assertThat(minutes).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
        succeed(pool);
        fail(pool, FailureClass.RATE_LIMIT);
        assertThat(due(pool)).isEqualTo(in(Duration.ofMinutes(1)));
    }

    @Test
    void of_overlapping_rests_the_later_end_counts() {
        KeyPool pool = pool(SETTINGS, A);
        KeyLease first = lease(pool);
        KeyLease second = lease(pool);
        KeyLease third = lease(pool);
        first.failed(failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(30)));
        second.failed(failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(5)));
        assertThat(due(pool)).isEqualTo(in(Duration.ofSeconds(30)));
        third.failed(failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(90)));
        assertThat(due(pool)).isEqualTo(in(Duration.ofSeconds(90)));
    }

    @Test
    void calls_that_fail_together_are_one_repeat() {
        KeyPool pool = pool(SETTINGS, A);
        List<KeyLease> leases = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            leases.add(lease(pool));
        }
        leases.forEach(l -> l.failed(failure(FailureClass.RATE_LIMIT)));
        assertThat(due(pool)).isEqualTo(in(Duration.ofSeconds(60)));
    }

    @Test
    void a_call_from_before_the_rest_does_not_end_it() {
        KeyPool pool = pool(SETTINGS, A);
        KeyLease old = lease(pool);
        fail(pool, FailureClass.RATE_LIMIT, Duration.ofHours(1));
        old.succeeded();
        old.close();
        assertThat(due(pool)).isEqualTo(in(Duration.ofHours(1)));
    }

    @Test
    void a_probe_is_alone_even_while_an_older_call_ends() {
        KeyPool pool = pool(SETTINGS, A);
        KeyLease old = lease(pool);
        fail(pool, FailureClass.RATE_LIMIT, Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        KeyLease probe = lease(pool);
        assertThat(due(pool)).isAfter(clock.instant());
        old.close();
        assertThat(due(pool)).isAfter(clock.instant());
        probe.failed(failure(FailureClass.TRANSIENT));
        probe.close();
        assertThat(state(pool))
                .as("no verdict")
                .isInstanceOfSatisfying(
                        KeyState.Quarantined.class,
                        q -> assertThat(q.until()).isEqualTo(clock.instant()));
        succeed(pool);
        assertThat(state(pool)).isEqualTo(new KeyState.Active());
    }

    @Test
    void the_next_real_request_is_the_probe_and_others_pass_by() {
        KeyPool pool = pool(SETTINGS, A, B);
        KeyLease a = lease(pool);
        assertThat(a.key()).isEqualTo(A.key());
        a.failed(failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(1)));
        a.close();
        clock.advance(Duration.ofSeconds(1));
        assertThat(lease(pool).key()).isEqualTo(A.key());
        assertThat(lease(pool).key()).isEqualTo(B.key());
        assertThat(lease(pool).key()).isEqualTo(B.key());
    }

    @Test
    void a_key_without_credit_rests_long() {
        KeyPool pool = pool(SETTINGS, A);
        fail(pool, FailureClass.QUOTA, Duration.ofSeconds(1));
        assertThat(due(pool)).isEqualTo(in(Duration.ofHours(1)));
        clock.advance(Duration.ofHours(1));
        fail(pool, FailureClass.QUOTA);
        assertThat(due(pool)).isEqualTo(in(Duration.ofHours(2)));
    }

    @Test
    void asking_to_retry_at_once_or_never_is_taken_with_measure() {
        KeyPool pool = pool(SETTINGS, A);
        fail(pool, FailureClass.RATE_LIMIT, Duration.ZERO);
        assertThat(due(pool)).isEqualTo(in(Duration.ofSeconds(1)));
        clock.advance(Duration.ofSeconds(1));
        fail(pool, FailureClass.RATE_LIMIT, Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(due(pool)).isEqualTo(in(Duration.ofDays(7)));
    }

    @Test
    void a_refused_key_is_retired_with_the_reason() {
        KeyPool pool = pool(SETTINGS, A);
        fail(pool, FailureClass.CREDENTIAL);
        assertThat(state(pool))
                .isInstanceOfSatisfying(
                        KeyState.Retired.class,
                        r -> assertThat(r.reason()).isEqualTo("credential (429): slow down"));
        assertThat(pool.lease(Set.of())).isInstanceOf(KeyPool.Leased.Never.class);
    }

    @Test
    void retire_after_2_counts_refusals_in_a_row() {
        KeyPool pool = pool(new KeyPoolSettings(true, Duration.ofSeconds(60), 2), A);
        fail(pool, FailureClass.CREDENTIAL);
        succeed(pool);
        fail(pool, FailureClass.CREDENTIAL);
        assertThat(state(pool)).isEqualTo(new KeyState.Active());
        fail(pool, FailureClass.CREDENTIAL);
        assertThat(state(pool)).isInstanceOf(KeyState.Retired.class);
    }

    @Test
    void failures_that_are_not_the_keys_leave_it_alone() {
        KeyPool pool = pool(SETTINGS, A);
        for (FailureClass kind :
                List.of(
                        FailureClass.MODEL_ACCESS,
                        FailureClass.MODEL_GONE,
                        FailureClass.TRANSIENT,
                        FailureClass.CONTEXT_WINDOW,
                        FailureClass.CONTENT_POLICY,
                        FailureClass.CALLER_FAULT,
                        FailureClass.UNKNOWN)) {
            fail(pool, kind);
            assertThat(state(pool)).as(kind.wire()).isEqualTo(new KeyState.Active());
        }
    }

    @Test
    void without_quarantine_only_the_order_changes() {
        KeyPool pool = pool(new KeyPoolSettings(false, Duration.ofSeconds(60), 1), A, B);
        try (KeyLease a = lease(pool)) {
            assertThat(a.key()).isEqualTo(A.key());
            a.failed(failure(FailureClass.RATE_LIMIT, Duration.ofHours(1)));
        }
        assertThat(state(pool)).isEqualTo(new KeyState.Active());
        for (int i = 0; i < 5; i++) {
            assertThat(lease(pool).key()).isEqualTo(B.key());
        }
        assertThat(pool.lease(Set.of(B.key().fingerprint())))
                .isInstanceOf(KeyPool.Leased.Key.class);
    }

    @Test
    void a_key_with_a_rate_serves_so_many_a_minute_and_then_waits() {
        KeyPool pool = pool(SETTINGS, new KeyEntry(A.key(), 1, Optional.of(3)));
        for (int i = 0; i < 3; i++) {
            succeed(pool);
            clock.advance(Duration.ofSeconds(10));
        }
        assertThat(due(pool)).isEqualTo(FakeClock.START.plusSeconds(60));
        clock.advance(Duration.ofSeconds(30));
        succeed(pool);
    }

    @Test
    void the_least_busy_key_comes_first_then_each_in_turn() {
        KeyPool pool = pool(SETTINGS, A, B);
        KeyLease busy = lease(pool);
        assertThat(busy.key()).isEqualTo(A.key());
        try (KeyLease other = lease(pool)) {
            assertThat(other.key()).isEqualTo(B.key());
        }
        try (KeyLease other = lease(pool)) {
            assertThat(other.key()).isEqualTo(B.key());
        }
        busy.close();
        List<ApiKey> turns = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            try (KeyLease lease = lease(pool)) {
                turns.add(lease.key());
            }
        }
        assertThat(turns).containsExactly(A.key(), B.key(), A.key(), B.key());
    }

    @Test
    void a_weight_of_3_means_three_times_as_many_one_after_the_other_and_at_once() {
        KeyPool pool = pool(SETTINGS, new KeyEntry(A.key(), 3, Optional.empty()), B);
        int ofA = 0;
        for (int i = 0; i < 400; i++) {
            try (KeyLease lease = lease(pool)) {
                ofA += lease.key().equals(A.key()) ? 1 : 0;
            }
        }
        assertThat(ofA).isBetween(295, 305);
        for (int i = 0; i < 40; i++) {
            lease(pool);
        }
        assertThat(pool.snapshot().getFirst().inFlight()).isBetween(29, 31);
    }

    @Test
    void a_key_that_comes_later_does_not_catch_up() {
        KeyPool pool = pool(SETTINGS, A);
        for (int i = 0; i < 100; i++) {
            succeed(pool);
        }
        pool.update(List.of(A, B), SETTINGS, "");
        int ofB = 0;
        for (int i = 0; i < 20; i++) {
            try (KeyLease lease = lease(pool)) {
                ofB += lease.key().equals(B.key()) ? 1 : 0;
            }
        }
        assertThat(ofB).isBetween(9, 11);
    }

    @Test
    void saving_the_file_adds_and_removes_keys_and_keeps_the_states() {
        KeyPool pool = pool(SETTINGS, A);
        fail(pool, FailureClass.RATE_LIMIT);
        KeyState resting = state(pool);
        pool.update(List.of(A, B), SETTINGS, "");
        assertThat(state(pool)).isEqualTo(resting);
        assertThat(lease(pool).key()).isEqualTo(B.key());
        pool.update(List.of(B), SETTINGS, "");
        assertThat(pool.snapshot()).hasSize(1);
        pool.update(List.of(A, B), SETTINGS, "");
        assertThat(state(pool)).as("a key that comes back").isEqualTo(resting);
    }

    @Test
    void an_operator_retires_and_restores_by_fingerprint() {
        KeyPool pool = pool(SETTINGS, A);
        assertThat(pool.retire(A.key().fingerprint(), "leaked")).isTrue();
        assertThat(state(pool)).isEqualTo(new KeyState.Retired(KeyState.By.OPERATOR, "leaked"));
        assertThat(pool.restore(A.key().fingerprint())).isTrue();
        succeed(pool);
        assertThat(pool.retire("000000000000", "")).isFalse();
        assertThat(pool.restore("000000000000")).isFalse();
    }

    @Test
    void states_survive_a_restart() {
        KeyPool pool = pool(SETTINGS, A, B);
        fail(pool, FailureClass.RATE_LIMIT);
        fail(pool, FailureClass.CREDENTIAL);
        KeyPool restarted = pool(SETTINGS, A, B);
        assertThat(restarted.snapshot()).isEqualTo(pool.snapshot());
        clock.advance(Duration.ofMinutes(1));
        fail(restarted, FailureClass.RATE_LIMIT);
        assertThat(due(restarted)).as("grown").isEqualTo(in(Duration.ofMinutes(2)));
        restarted.restore(A.key().fingerprint());
        restarted.restore(B.key().fingerprint());
        assertThat(pool(SETTINGS, A, B).snapshot())
                .allMatch(s -> s.state() instanceof KeyState.Active);
    }

    @Test
    void many_requests_at_once_lose_no_lease() throws Exception {
        KeyPool pool = pool(SETTINGS, A, B, entry("sk-key-c-0123456789"));
        AtomicInteger served = new AtomicInteger();
        CyclicBarrier atOnce = new CyclicBarrier(200);
        Callable<Boolean> requests =
                () -> {
                    atOnce.await();
                    for (int n = 0; n < 50; n++) {
                        try (KeyLease lease = lease(pool)) {
                            lease.succeeded();
                            served.incrementAndGet();
                        }
                    }
                    return true;
                };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> done : threads.invokeAll(Collections.nCopies(200, requests))) {
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(served).hasValue(10_000);
        assertThat(pool.snapshot()).hasSize(3).allMatch(s -> s.inFlight() == 0);
    }
}
