package io.magicproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.telemetry.ProfileFigures.Minute;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** One profile's figures, by a clock that is set by hand. */
class ProfileFiguresTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T10:00:30Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(BEGIN);
    private final InstantSource clock = now::get;
    private final ProfileFigures figures = new ProfileFigures(clock);

    @Test
    void a_percentile_is_a_time_that_a_call_really_took() {
        for (int i = 1; i <= 100; i++) {
            figures.attempt("ok", Duration.ofMillis(i));
        }
        figures.attempt("transient", Duration.ofHours(1));

        ProfileFigures.Latency latency = figures.view().latency().orElseThrow();
        assertThat(latency.p50()).isEqualTo(Duration.ofMillis(50));
        assertThat(latency.p95()).isEqualTo(Duration.ofMillis(95));
        assertThat(latency.samples()).isEqualTo(100);
        assertThat(figures.view().attempts())
                .containsEntry("ok", 100L)
                .containsEntry("transient", 1L);
    }

    @Test
    void what_is_long_ago_says_nothing_of_the_latency_of_now() {
        figures.attempt("ok", Duration.ofSeconds(9));
        pass(Duration.ofMinutes(16));
        assertThat(figures.view().latency()).isEmpty();
        assertThat(figures.view().attempts()).containsEntry("ok", 1L);

        for (int i = 0; i < 600; i++) {
            figures.attempt("ok", Duration.ofMillis(5));
        }
        assertThat(figures.view().latency().orElseThrow().samples()).isEqualTo(500);
    }

    @Test
    void minutes_hold_what_was_in_them_and_are_forgotten_after_an_hour() {
        figures.attempt("ok", Duration.ofMillis(5));
        figures.tokens("input", 10);
        figures.tokens("output", 4);
        figures.tokens("cache_read", 3);
        figures.cost(0.25);
        pass(Duration.ofMinutes(2));
        figures.attempt("rate_limit", Duration.ofMillis(5));

        assertThat(figures.view().minutes())
                .containsExactly(
                        new Minute(Instant.parse("2026-01-01T10:00:00Z"), 1, 0, 10, 4, 0.25),
                        new Minute(Instant.parse("2026-01-01T10:02:00Z"), 0, 1, 0, 0, 0));
        pass(Duration.ofMinutes(58));
        assertThat(figures.view().minutes()).hasSize(1);
        pass(Duration.ofDays(1));
        assertThat(figures.view().minutes()).isEmpty();
        assertThat(figures.view().tokens()).containsEntry("cache_read", 3L);
        assertThat(figures.view().cost()).contains(0.25);
    }

    @Test
    void without_a_price_there_is_no_cost() {
        figures.attempt("ok", Duration.ofMillis(5));
        figures.tokens("input", 10);
        assertThat(figures.view().cost()).isEmpty();
    }

    private void pass(Duration time) {
        now.updateAndGet(at -> at.plus(time));
    }
}
