package io.magicproxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.Counters.Admission;
import io.magicproxy.store.Counters.Change;
import io.magicproxy.store.Counters.Counter;
import io.magicproxy.store.Counters.Span;
import io.magicproxy.store.Counters.Want;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What everyone who keeps {@link Counters} must do. */
public abstract class CountersContract {
    private static final Counter REQUESTS = new Counter("requests/a", Span.MINUTE);
    private static final Counter CALLS = new Counter("calls/a", Span.HELD);
    private static final Counter DAY = new Counter("spend/a", Span.DAY);
    private static final Counter MONTH = new Counter("spend/a", Span.MONTH);

    private volatile Instant now = Instant.parse("2026-01-30T23:58:00Z");
    private Counters counters;

    /** Opens the test's one store; the one opened before is closed first. */
    protected abstract Counters open(InstantSource clock) throws Exception;

    @BeforeEach
    void begin() throws Exception {
        counters = open(() -> now);
    }

    private static Want want(Counter counter, long amount, long limit) {
        return new Want(counter, amount, OptionalLong.of(limit));
    }

    private boolean granted(Want... wants) throws Exception {
        return counters.admit(List.of(wants)) instanceof Admission.Granted;
    }

    private Admission.Full full(Want... wants) throws Exception {
        Admission admission = counters.admit(List.of(wants));
        assertThat(admission).isInstanceOf(Admission.Full.class);
        return (Admission.Full) admission;
    }

    private long used(Counter counter) throws Exception {
        return counters.levels(List.of(counter)).getFirst().used();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void no_minute_holds_more_than_the_limit_wherever_it_begins() throws Exception {
        List<Instant> admitted = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            if (granted(want(REQUESTS, 1, 60))) {
                admitted.add(now);
            }
            pass(Duration.ofMillis(97));
        }
        for (Instant from : admitted) {
            Instant to = from.plus(Duration.ofMinutes(1));
            assertThat(admitted.stream().filter(at -> !at.isBefore(from) && at.isBefore(to)))
                    .as("from " + from)
                    .hasSizeLessThanOrEqualTo(60);
        }
        // In nearly five minutes: five times the limit, if none was refused that would have fitted.
        assertThat(admitted).hasSizeBetween(4 * 60 + 40, 5 * 60);
    }

    @Test
    void who_waits_as_long_as_told_is_let_in_and_not_half_a_second_sooner() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(granted(want(REQUESTS, 1, 10))).isTrue();
            pass(Duration.ofSeconds(1));
        }
        Duration told = full(want(REQUESTS, 1, 10)).roomAfter();
        assertThat(told).isBetween(Duration.ofSeconds(50), Duration.ofMillis(50_500));

        pass(told.minusMillis(1));
        assertThat(granted(want(REQUESTS, 1, 10))).isFalse();
        pass(Duration.ofMillis(1));
        assertThat(granted(want(REQUESTS, 1, 10))).isTrue();
    }

    @Test
    void a_big_amount_waits_for_as_much_room() throws Exception {
        assertThat(granted(want(REQUESTS, 30, 100))).isTrue();
        pass(Duration.ofSeconds(20));
        assertThat(granted(want(REQUESTS, 60, 100))).isTrue();

        assertThat(granted(want(REQUESTS, 10, 100))).isTrue();
        assertThat(full(want(REQUESTS, 30, 100)).roomAfter())
                .isBetween(Duration.ofSeconds(40), Duration.ofMillis(40_500));
        assertThat(full(want(REQUESTS, 31, 100)).roomAfter())
                .isBetween(Duration.ofSeconds(60), Duration.ofMillis(60_500));
        assertThat(full(want(REQUESTS, 101, 100)).roomAfter()).isZero();
    }

    @Test
    void all_are_counted_or_none_and_the_first_that_is_full_is_named() throws Exception {
        assertThat(granted(want(CALLS, 2, 2))).isTrue();

        Admission.Full full =
                full(want(REQUESTS, 1, 10), want(CALLS, 1, 2), want(DAY, 5, 0), want(MONTH, 5, 0));

        assertThat(full.which()).isEqualTo(1);
        assertThat(full.levels()).hasSize(4);
        assertThat(full.levels().get(1).used()).isEqualTo(2);
        assertThat(used(REQUESTS)).isZero();
        assertThat(used(DAY)).isZero();
    }

    @Test
    void what_is_held_counts_until_it_is_given_back() throws Exception {
        assertThat(granted(want(CALLS, 1, 2), new Want(REQUESTS, 1, OptionalLong.empty())))
                .isTrue();
        assertThat(granted(want(CALLS, 1, 2))).isTrue();
        pass(Duration.ofHours(3));
        assertThat(full(want(CALLS, 1, 2)).roomAfter()).isZero();

        counters.adjust(now, List.of(new Change(CALLS, -1)));
        assertThat(granted(want(CALLS, 1, 2))).isTrue();
        assertThat(granted(want(CALLS, 1, 2))).isFalse();
    }

    @Test
    void a_budget_takes_what_comes_as_long_as_it_is_not_spent() throws Exception {
        assertThat(granted(want(DAY, 99, 100))).isTrue();
        assertThat(granted(want(DAY, 50, 100))).isTrue();
        assertThat(used(DAY)).isEqualTo(149);

        assertThat(full(want(DAY, 1, 100)).roomAfter()).isEqualTo(Duration.ofMinutes(2));
        assertThat(granted(want(DAY, 0, 100))).isFalse();
        assertThat(granted(want(DAY, 0, 150))).isTrue();
        assertThat(granted(want(DAY, 0, 0))).isFalse();
    }

    @Test
    void a_correction_goes_to_the_day_and_the_month_of_the_admission() throws Exception {
        pass(Duration.ofDays(1)); // the last day of January
        var admitted =
                (Admission.Granted)
                        counters.admit(List.of(want(DAY, 10, 100), want(MONTH, 10, 100)));
        pass(Duration.ofMinutes(5));
        assertThat(used(DAY)).isZero();
        assertThat(used(MONTH)).isZero();
        assertThat(granted(want(DAY, 1, 100), want(MONTH, 1, 100))).isTrue();

        counters.adjust(admitted.at(), List.of(new Change(DAY, 60), new Change(MONTH, 60)));

        assertThat(used(DAY)).isEqualTo(1);
        assertThat(used(MONTH)).isEqualTo(1);
        now = admitted.at();
        assertThat(used(DAY)).isEqualTo(70);
        assertThat(used(MONTH)).isEqualTo(70);
    }

    @Test
    void less_of_a_minutes_counter_goes_back_to_its_time_and_more_counts_now() throws Exception {
        var admitted = (Admission.Granted) counters.admit(List.of(want(REQUESTS, 80, 100)));
        pass(Duration.ofSeconds(30));
        counters.adjust(admitted.at(), List.of(new Change(REQUESTS, -50)));
        assertThat(used(REQUESTS)).isEqualTo(30);

        counters.adjust(admitted.at(), List.of(new Change(REQUESTS, 40)));
        pass(Duration.ofSeconds(31));
        assertThat(used(REQUESTS)).isEqualTo(40);

        counters.adjust(admitted.at(), List.of(new Change(REQUESTS, -10)));
        assertThat(used(REQUESTS)).isEqualTo(40);
        pass(Duration.ofSeconds(31));
        assertThat(used(REQUESTS)).isZero();
    }

    @Test
    void a_thousand_at_once_get_no_more_than_there_is() throws Exception {
        List<Callable<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            callers.add(() -> granted(want(REQUESTS, 1, 60), want(DAY, 1, 100)));
        }
        int in = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> one : threads.invokeAll(callers)) {
                in += one.get() ? 1 : 0;
            }
        }
        assertThat(in).isEqualTo(60);
        assertThat(used(REQUESTS)).isEqualTo(60);
        assertThat(used(DAY)).isEqualTo(60);
    }

    @Test
    void days_and_months_are_kept_through_a_restart_and_forgotten_when_told() throws Exception {
        Counter other = new Counter("spend/b", Span.DAY);
        assertThat(granted(want(DAY, 7, 100), want(MONTH, 7, 100), want(other, 3, 100))).isTrue();

        counters = open(() -> now);
        assertThat(used(DAY)).isEqualTo(7);
        assertThat(used(MONTH)).isEqualTo(7);

        counters.forget(List.of("spend/a"));
        assertThat(used(DAY)).isZero();
        counters = open(() -> now);
        assertThat(used(DAY)).isZero();
        assertThat(used(MONTH)).isZero();
        assertThat(used(other)).isEqualTo(3);
    }
}
