package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyProbesTest {
    private final Scene scene = new Scene();

    @Test
    void a_key_that_has_rested_comes_back_and_one_that_rests_is_left_alone() {
        KeyPool pool = scene.pool("key-a", "key-b");
        fail(pool, Scene.failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(10)));
        fail(pool, Scene.failure(FailureClass.RATE_LIMIT, Duration.ofSeconds(1_000)));
        scene.now = scene.now.plusSeconds(10);

        probe(pool, "good");

        assertThat(scene.calls).containsExactly("probe p:key-a");
        assertThat(pool.snapshot())
                .extracting(k -> k.state().label())
                .containsExactly("active", "quarantined");
    }

    @Test
    void a_refused_key_stays_retired_with_the_fresh_reason_until_a_probe_goes_well() {
        KeyPool pool = scene.pool("key-a");
        fail(pool, ProviderFailure.of(FailureClass.CREDENTIAL, "invalid"));

        probe(pool, ProviderFailure.of(FailureClass.CREDENTIAL, "expired"));
        assertThat(state(pool))
                .isEqualTo(new KeyState.Retired(KeyState.By.PROVIDER, "credential: expired"));
        assertThat(scene.pool("key-a").snapshot()).isEqualTo(pool.snapshot());

        probe(pool, "good");
        assertThat(state(pool)).isEqualTo(new KeyState.Active());
        assertThat(scene.store.list("")).isEmpty();
    }

    @Test
    void a_key_that_an_operator_has_retired_is_never_tried() {
        KeyPool pool = scene.pool("key-a");
        pool.retire(pool.snapshot().getFirst().fingerprint(), "leaked");

        probe(pool, "good");
        probe(scene.pool("key-a"), "good");

        assertThat(scene.calls).isEmpty();
        assertThat(state(pool)).isEqualTo(new KeyState.Retired(KeyState.By.OPERATOR, "leaked"));
    }

    @Test
    void a_working_key_is_not_tried() {
        probe(scene.pool("key-a"), "good");

        assertThat(scene.calls).isEmpty();
    }

    @Test
    void a_rested_key_that_is_refused_again_rests_longer_or_is_retired() {
        KeyPool pool = scene.pool("key-a");
        fail(pool, ProviderFailure.of(FailureClass.RATE_LIMIT, "slow down"));
        scene.now = scene.now.plusSeconds(60);
        probe(pool, FailureClass.RATE_LIMIT);
        assertThat(state(pool))
                .isInstanceOfSatisfying(
                        KeyState.Quarantined.class,
                        q -> assertThat(q.until()).isEqualTo(scene.now.plusSeconds(120)));

        scene.now = scene.now.plusSeconds(120);
        probe(pool, FailureClass.CREDENTIAL);
        assertThat(state(pool)).isInstanceOf(KeyState.Retired.class);
    }

    @Test
    void a_probe_that_goes_well_does_not_make_the_next_rest_short_again() {
        KeyPool pool = scene.pool("key-a");
        fail(pool, ProviderFailure.of(FailureClass.QUOTA, "no credit"));
        scene.now = scene.now.plus(Duration.ofHours(1));
        probe(pool, "good");
        fail(pool, ProviderFailure.of(FailureClass.QUOTA, "no credit"));

        assertThat(state(pool))
                .isInstanceOfSatisfying(
                        KeyState.Quarantined.class,
                        q -> assertThat(q.until()).isEqualTo(scene.now.plus(Duration.ofHours(2))));
    }

    @Test
    void a_real_success_after_a_probe_makes_the_next_rest_short_again() {
        KeyPool pool = scene.pool("key-a");
        fail(pool, ProviderFailure.of(FailureClass.RATE_LIMIT, "slow down"));
        scene.now = scene.now.plusSeconds(60);
        probe(pool, "good");
        try (KeyLease lease = lease(pool)) {
            lease.succeeded();
        }
        fail(pool, ProviderFailure.of(FailureClass.RATE_LIMIT, "slow down"));

        assertThat(state(pool))
                .isInstanceOfSatisfying(
                        KeyState.Quarantined.class,
                        q -> assertThat(q.until()).isEqualTo(scene.now.plusSeconds(60)));
    }

    @ParameterizedTest
    @EnumSource(names = {"MODEL_GONE", "MODEL_ACCESS", "UNKNOWN", "TRANSIENT"})
    void a_failure_that_does_not_concern_the_key_changes_nothing(FailureClass of) {
        KeyPool pool = scene.pool("key-a");
        fail(pool, ProviderFailure.of(FailureClass.CREDENTIAL, "invalid"));
        KeyState before = state(pool);

        probe(pool, of);

        assertThat(scene.calls).hasSize(1);
        assertThat(state(pool)).isEqualTo(before);
    }

    @Test
    void an_upstream_in_trouble_is_asked_once_a_round() {
        KeyPool pool = scene.pool("key-a", "key-b", "key-c");
        for (int i = 0; i < 3; i++) {
            fail(pool, ProviderFailure.of(FailureClass.CREDENTIAL, "invalid"));
        }
        probe(pool, FailureClass.TRANSIENT);
        assertThat(scene.calls).hasSize(1);
        probe(pool, FailureClass.CREDENTIAL);
        assertThat(scene.calls).hasSize(4);
    }

    @Test
    void what_an_operator_or_a_request_does_meanwhile_counts_more() {
        KeyPool pool = scene.pool("key-a");
        fail(pool, ProviderFailure.of(FailureClass.CREDENTIAL, "invalid"));
        KeyPool.Doubt doubt = pool.doubts().getFirst();
        pool.retire(pool.snapshot().getFirst().fingerprint(), "leaked");
        pool.probed(doubt, Optional.empty());
        assertThat(state(pool)).isEqualTo(new KeyState.Retired(KeyState.By.OPERATOR, "leaked"));

        pool.restore(pool.snapshot().getFirst().fingerprint());
        pool.probed(doubt, Optional.of(ProviderFailure.of(FailureClass.CREDENTIAL, "invalid")));
        assertThat(state(pool)).isEqualTo(new KeyState.Active());
    }

    @Test
    void a_key_that_a_real_request_is_trying_is_left_to_it() {
        KeyPool pool = scene.pool("key-a");
        fail(pool, ProviderFailure.of(FailureClass.RATE_LIMIT, "slow down"));
        scene.now = scene.now.plusSeconds(60);

        try (KeyLease _ = lease(pool)) {
            assertThat(pool.doubts()).isEmpty();
        }
        assertThat(pool.doubts()).hasSize(1);
    }

    private void probe(KeyPool pool, Object outcome) {
        KeyProbes.of(pool, scene.profile("p", pool, outcome), new Cancellation());
    }

    private static KeyState state(KeyPool pool) {
        return pool.snapshot().getFirst().state();
    }

    private static void fail(KeyPool pool, ProviderFailure failure) {
        try (KeyLease lease = lease(pool)) {
            lease.failed(failure);
        }
    }

    private static KeyLease lease(KeyPool pool) {
        return switch (pool.lease(Set.of())) {
            case KeyPool.Leased.Key(KeyLease lease) -> lease;
            case KeyPool.Leased.Later _, KeyPool.Leased.Never _ ->
                    throw new AssertionError("no key");
        };
    }
}
