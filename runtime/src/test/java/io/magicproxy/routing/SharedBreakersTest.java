package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.routing.Breaker.Leave;
import io.magicproxy.routing.Breaker.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two gateways' breakers of one profile, and the store between them. */
class SharedBreakersTest {
    private static final Duration COOLDOWN = Duration.ofSeconds(30);

    private final FakeClock clock = new FakeClock();
    private final MemoryState store = new MemoryState();
    private final Breaker here = breaker();
    private final Breaker there = breaker();
    private boolean up = true;
    private final SharedBreakers shared = new SharedBreakers(store, () -> up);

    private Breaker breaker() {
        return new Breaker(
                "a profile/with a slash",
                new Breaker.Settings(1, COOLDOWN),
                clock,
                RoutingListener.none());
    }

    private void exchange() throws Exception {
        shared.exchange(List.of(here));
        shared.exchange(List.of(there));
        shared.exchange(List.of(here));
    }

    private Leave.Granted go(Breaker breaker) {
        return (Leave.Granted) breaker.ask();
    }

    @Test
    void one_that_opens_here_is_open_there_until_the_same_moment() throws Exception {
        here.failed(go(here));
        exchange();
        assertThat(there.view()).isEqualTo(new Breaker.View(State.OPEN, here.view().until(), 0));
        clock.advance(COOLDOWN);
        assertThat(there.state()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void of_two_deadlines_the_later_wins_whoever_tells_first() throws Exception {
        Leave.Granted late = go(here);
        there.failed(go(there));
        clock.advance(Duration.ofSeconds(10));
        here.failed(late);
        exchange();
        assertThat(there.view().until()).contains(clock.instant().plus(COOLDOWN));
        assertThat(here.view().until()).contains(clock.instant().plus(COOLDOWN));
    }

    @Test
    void a_probe_that_succeeds_here_closes_it_there_too() throws Exception {
        here.failed(go(here));
        exchange();
        clock.advance(COOLDOWN);
        there.succeeded(go(there));
        exchange();
        shared.exchange(List.of(there));
        assertThat(here.state()).isEqualTo(State.CLOSED);
        assertThat(there.state()).isEqualTo(State.CLOSED);
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void a_probe_that_fails_here_opens_it_there_again() throws Exception {
        here.failed(go(here));
        exchange();
        clock.advance(COOLDOWN);
        here.failed(go(here));
        exchange();
        assertThat(there.view()).isEqualTo(new Breaker.View(State.OPEN, here.view().until(), 0));
    }

    @Test
    void one_that_starts_while_it_is_open_finds_it_so() throws Exception {
        here.failed(go(here));
        exchange();
        Breaker fresh = breaker();
        shared.exchange(List.of(fresh));
        assertThat(fresh.state()).isEqualTo(State.OPEN);
    }

    @Test
    void while_the_store_is_away_each_knows_of_its_own() throws Exception {
        here.failed(go(here));
        exchange();
        up = false;
        store.remove(store.list("").keySet().iterator().next());
        exchange();
        assertThat(here.state()).isEqualTo(State.OPEN);
        assertThat(there.state()).isEqualTo(State.OPEN);
    }

    @Test
    void nothing_is_told_where_nothing_has_changed() throws Exception {
        exchange();
        here.succeeded(go(here));
        exchange();
        assertThat(store.list("")).isEmpty();
    }
}
