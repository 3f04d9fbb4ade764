package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class KeyPoolTest {
    private final Scene scene = new Scene();

    @Test
    void of_two_rests_that_overlap_the_later_end_counts() {
        KeyPool pool = scene.pool("key-a");
        KeyLease one = leased(pool);
        KeyLease two = leased(pool);
        one.failed(Scene.failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(100)));
        two.failed(Scene.failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(5)));

        assertThat(((KeyState.Quarantined) pool.snapshot().getFirst().state()).until())
                .isEqualTo(scene.now.plusSeconds(100));
    }

    @Test
    void rests_grow_with_each_repeat_until_a_success() {
        KeyPool pool = scene.pool("key-a");
        for (long seconds : new long[] {60, 120, 240}) {
            fail(pool, FailureClass.RATE_LIMIT);
            assertThat(((KeyState.Quarantined) pool.snapshot().getFirst().state()).until())
                    .isEqualTo(scene.now.plusSeconds(seconds));
            scene.now = scene.now.plusSeconds(seconds);
        }
        try (KeyLease lease = leased(pool)) {
            lease.succeeded();
        }
        fail(pool, FailureClass.RATE_LIMIT);
        assertThat(((KeyState.Quarantined) pool.snapshot().getFirst().state()).until())
                .isEqualTo(scene.now.plusSeconds(60));
    }

    @Test
    void a_key_without_credit_rests_long() {
        KeyPool pool = scene.pool("key-a");
        fail(pool, FailureClass.QUOTA);

        assertThat(((KeyState.Quarantined) pool.snapshot().getFirst().state()).until())
                .isEqualTo(scene.now.plus(Duration.ofHours(1)));
    }

    @Test
    void a_probe_is_alone_and_a_failure_of_another_kind_is_no_verdict() {
        KeyPool pool = scene.pool("key-a");
        fail(pool, FailureClass.RATE_LIMIT);
        scene.now = scene.now.plusSeconds(61);

        KeyLease probe = leased(pool);
        assertThat(pool.lease(Set.of())).isInstanceOf(KeyPool.Leased.Later.class);
        probe.failed(ProviderFailure.of(FailureClass.TRANSIENT, "reset"));
        probe.close();
        KeyLease next = leased(pool);
        assertThat(pool.lease(Set.of())).isInstanceOf(KeyPool.Leased.Later.class);
        next.succeeded();
        next.close();
        assertThat(pool.snapshot().getFirst().state()).isInstanceOf(KeyState.Active.class);
    }

    @Test
    void a_refused_key_is_retired_after_as_many_refusals_in_a_row_as_are_set() {
        scene.keySettings = new KeyPoolSettings(true, Duration.ofSeconds(60), 2);
        KeyPool pool = scene.pool("key-a");
        fail(pool, FailureClass.CREDENTIAL);
        try (KeyLease lease = leased(pool)) {
            lease.succeeded();
        }
        fail(pool, FailureClass.CREDENTIAL);
        assertThat(pool.snapshot().getFirst().state()).isInstanceOf(KeyState.Active.class);
        fail(pool, FailureClass.CREDENTIAL);
        assertThat(pool.snapshot().getFirst().state()).isInstanceOf(KeyState.Retired.class);
        assertThat(pool.lease(Set.of())).isInstanceOf(KeyPool.Leased.Never.class);

        assertThat(pool.restore(pool.snapshot().getFirst().fingerprint())).isTrue();
        leased(pool).close();
    }

    @Test
    void without_quarantine_only_the_order_changes() {
        scene.keySettings = new KeyPoolSettings(false, Duration.ofSeconds(60), 1);
        KeyPool pool = scene.pool("key-a", "key-b");
        try (KeyLease lease = leased(pool)) {
            assertThat(lease.key().reveal()).isEqualTo("key-a");
            lease.failed(ProviderFailure.of(FailureClass.RATE_LIMIT, "slow down"));
        }
        for (int i = 0; i < 5; i++) {
            try (KeyLease lease = leased(pool)) {
                assertThat(lease.key().reveal()).isEqualTo("key-b");
            }
        }
    }

    @Test
    void the_least_busy_key_comes_first_then_each_in_turn_and_weights_count() {
        KeyPool pool = scene.pool("key-a", "key-b");
        KeyLease first = leased(pool);
        KeyLease second = leased(pool);
        assertThat(second.key()).isNotEqualTo(first.key());
        first.close();
        assertThat(leased(pool).key()).isEqualTo(first.key());

        KeyPool weighted =
                new KeyPool(
                        "w", scene.keySettings, scene.clock, scene.store, RoutingListener.none());
        weighted.update(
                List.of(
                        new KeyEntry(new ApiKey("light")),
                        new KeyEntry(new ApiKey("heavy"), 3, Optional.empty())),
                scene.keySettings,
                "");
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            taken.add(leased(weighted).key().reveal());
        }
        assertThat(taken.stream().filter("heavy"::equals)).hasSize(6);
    }

    @Test
    void a_rate_of_requests_is_kept() {
        KeyPool pool =
                new KeyPool(
                        "r", scene.keySettings, scene.clock, scene.store, RoutingListener.none());
        pool.update(
                List.of(new KeyEntry(new ApiKey("key-a"), 1, Optional.of(2))),
                scene.keySettings,
                "");
        leased(pool).close();
        leased(pool).close();

        assertThat(pool.lease(Set.of()))
                .isEqualTo(new KeyPool.Leased.Later(scene.now.plusSeconds(60)));
        scene.now = scene.now.plusSeconds(60);
        leased(pool).close();
    }

    @Test
    void keys_come_and_go_and_those_that_stay_keep_their_state() {
        KeyPool pool = scene.pool("key-a", "key-b");
        fail(pool, FailureClass.CREDENTIAL);
        pool.update(
                List.of(new KeyEntry(new ApiKey("key-c")), new KeyEntry(new ApiKey("key-a"))),
                scene.keySettings,
                "");

        assertThat(pool.snapshot())
                .extracting(k -> k.state().label())
                .containsExactly("active", "retired");
    }

    @Test
    void states_outlive_the_pool() {
        KeyPool before = scene.pool("key-a", "key-b", "key-c");
        fail(before, FailureClass.CREDENTIAL);
        fail(before, FailureClass.RATE_LIMIT);

        assertThat(scene.pool("key-a", "key-b", "key-c").snapshot()).isEqualTo(before.snapshot());
    }

    @Test
    void two_hundred_threads_lose_no_lease() throws Exception {
        KeyPool pool = scene.pool("key-a", "key-b", "key-c");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(
                        threads.submit(() -> {
                            for (int n = 0; n < 100; n++) {
                                try (KeyLease lease = leased(pool)) {
                                    lease.succeeded();
                                }
                            }
                        }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(pool.snapshot()).allSatisfy(key -> assertThat(key.inFlight()).isZero());
    }

    @Test
    void a_file_holds_keys_settings_and_comments_and_its_problems_show_no_key() {
        KeyFile file =
                KeyFile.parse(
                        "keys.env",
                        """
                        # a comment
                        sk-one weight=2 rpm=500 # mine

                        OPENAI_API_KEY="sk-two"
                        sk-one
                        sk-three wieght=2
                        """);

        assertThat(file.keys())
                .extracting(k -> k.key().reveal())
                .containsExactly("sk-one", "sk-two", "sk-three");
        assertThat(file.keys().getFirst().weight()).isEqualTo(2);
        assertThat(file.keys().getFirst().rpm()).contains(500);
        assertThat(file.problems())
                .containsExactly(
                        "keys.env:5: this key stands here twice; the first line counts",
                        "keys.env:6: word 2 is no setting; write weight=2 or rpm=500");
    }

    private static KeyLease leased(KeyPool pool) {
        return switch (pool.lease(Set.of())) {
            case KeyPool.Leased.Key(KeyLease lease) -> lease;
            case KeyPool.Leased.Later _, KeyPool.Leased.Never _ ->
                    throw new AssertionError("no key");
        };
    }

    private static void fail(KeyPool pool, FailureClass failureClass) {
        try (KeyLease lease = leased(pool)) {
            lease.failed(ProviderFailure.of(failureClass, "said no"));
        }
    }
}
