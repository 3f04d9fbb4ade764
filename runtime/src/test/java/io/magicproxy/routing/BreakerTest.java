package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private final FakeClock clock = new FakeClock();
    private final Breaker breaker =
            new Breaker(
                    "gpt",
                    new Breaker.Settings(3, Duration.ofSeconds(30)),
                    clock,
                    RoutingListener.none());

    private Breaker.Leave.Granted go() {
        return switch (breaker.ask()) {
            case Breaker.Leave.Granted granted -> granted;
            case Breaker.Leave.Refused(var until) -> throw new AssertionError("until " + until);
        };
    }

    private void open() {
        for (int i = 0; i < 3; i++) {
            breaker.failed(go());
        }
    }

    @Test
    void it_opens_after_the_allowed_failures_within_a_minute() {
        breaker.failed(go());
        breaker.failed(go());
        clock.advance(Duration.ofMinutes(1));
        breaker.failed(go());
        breaker.failed(go());
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
        breaker.failed(go());
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        assertThat(breaker.ask())
                .isEqualTo(new Breaker.Leave.Refused(clock.instant().plusSeconds(30)));
    }

    @Test
    void successes_between_failures_don_t_hide_them() {
        for (int i = 0; i < 3; i++) {
            breaker.succeeded(go());
            breaker.failed(go());
        }
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void half_open_lets_one_through_and_closes_on_its_success() {
        open();
        clock.advance(Duration.ofSeconds(30));
        assertThat(breaker.state()).isEqualTo(Breaker.State.HALF_OPEN);
        Breaker.Leave.Granted probe = go();
        assertThat(probe.probe()).isTrue();
        assertThat(breaker.ask()).isInstanceOf(Breaker.Leave.Refused.class);
        breaker.succeeded(probe);
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
        breaker.failed(go());
        assertThat(breaker.state()).as("counts anew").isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void half_open_opens_again_on_one_failure() {
        open();
        clock.advance(Duration.ofMinutes(5));
        breaker.failed(go());
        assertThat(breaker.ask())
                .isEqualTo(new Breaker.Leave.Refused(clock.instant().plusSeconds(30)));
    }

    @Test
    void a_probe_without_a_verdict_leaves_the_place_to_another() {
        open();
        clock.advance(Duration.ofSeconds(30));
        breaker.undecided(go());
        assertThat(breaker.state()).isEqualTo(Breaker.State.HALF_OPEN);
        assertThat(go().probe()).isTrue();
    }

    @Test
    void calls_from_before_it_opened_decide_nothing() {
        Breaker.Leave.Granted succeeds = go();
        Breaker.Leave.Granted fails = go();
        Breaker.Leave.Granted stops = go();
        open();
        breaker.succeeded(succeeds);
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        clock.advance(Duration.ofSeconds(30));
        Breaker.Leave.Granted probe = go();
        breaker.failed(fails);
        breaker.undecided(stops);
        assertThat(breaker.ask()).as("still one").isInstanceOf(Breaker.Leave.Refused.class);
        breaker.succeeded(probe);
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }
}
