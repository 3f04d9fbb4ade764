package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamFailoverTest {
    private final Lab lab = new Lab();
    private final FakeProvider first = new FakeProvider();
    private final FakeProvider second = new FakeProvider();
    private final KeyPool pool = lab.pool("a");
    private final Semaphore slots = new Semaphore(1);
    private final Profile gpt = lab.profile("gpt", first, Optional.of(pool), Optional.of(slots));
    private final Route route = Lab.route(gpt, lab.profile("claude", second));

    /** Leaves key and breaker waiting for one good call: what a verdict is, shows then. */
    @BeforeEach
    void key_and_profile_wait_to_be_probed() {
        switch (pool.lease(Set.of())) {
            case KeyPool.Leased.Key(KeyLease lease) -> {
                lease.failed(FakeProvider.failure(FailureClass.RATE_LIMIT));
                lease.close();
            }
            case KeyPool.Leased.Later _, KeyPool.Leased.Never _ -> throw new AssertionError();
        }
        for (int i = 0; i < 3; i++) {
            switch (gpt.breaker().ask()) {
                case Breaker.Leave.Granted leave -> gpt.breaker().failed(leave);
                case Breaker.Leave.Refused _ -> throw new AssertionError();
            }
        }
        lab.clock.advance(Duration.ofMinutes(1));
    }

    private Routed<ChatStream> stream() throws RoutingException {
        return lab.failover(1).stream(route, Lab.request(), Lab.patience());
    }

    private static String text(ChatStream.Frames f) {
        return new String(f.buffer(), f.offset(), f.length(), StandardCharsets.UTF_8);
    }

    private static String rest(ChatStream stream) throws ProviderException {
        StringBuilder all = new StringBuilder();
        for (var next = stream.next(); next.isPresent(); next = stream.next()) {
            all.append(text(next.get())).append('|');
        }
        return all.toString();
    }

    private void released() {
        assertThat(slots.availablePermits()).isEqualTo(1);
        assertThat(pool.snapshot().getFirst().inFlight()).isZero();
    }

    private void expect(Breaker.State breaker, boolean active) {
        assertThat(gpt.breaker().state()).isEqualTo(breaker);
        assertThat(pool.snapshot().getFirst().state() instanceof KeyState.Active).isEqualTo(active);
    }

    @Test
    void what_comes_before_the_output_is_held_back_and_delivered_first() throws Exception {
        FakeStream source = new FakeStream().lifecycle("role").lifecycle("ping");
        first.streams(source.output("Hel").lifecycle("ping").output("lo"));
        try (ChatStream stream = stream().value()) {
            assertThat(slots.availablePermits()).as("occupied until closed").isZero();
            assertThat(rest(stream)).isEqualTo("rolepingHel|ping|lo|");
        }
        assertThat(source.closed).isEqualTo(1);
        released();
        expect(Breaker.State.CLOSED, true);
    }

    @Test
    void a_failure_before_output_leads_on_and_the_false_start_is_not_seen() throws Exception {
        FakeStream bad = new FakeStream().lifecycle("false start").fails(FailureClass.TRANSIENT);
        first.streams(bad);
        second.streams(new FakeStream().lifecycle("role").output("Hi"));
        Routed<ChatStream> routed = stream();
        try (ChatStream stream = routed.value()) {
            assertThat(rest(stream)).isEqualTo("roleHi|");
        }
        assertThat(routed.profile().name()).isEqualTo("claude");
        assertThat(bad.closed).isEqualTo(1);
        released();
        expect(Breaker.State.OPEN, false);
    }

    @Test
    void a_limit_told_inside_the_stream_rests_the_key() throws Exception {
        first.streams(new FakeStream().fails(FailureClass.RATE_LIMIT));
        try (ChatStream stream = stream().value()) {
            assertThat(rest(stream)).isEqualTo("ok|");
        }
        assertThat(pool.snapshot().getFirst().state())
                .isInstanceOfSatisfying(
                        KeyState.Quarantined.class, q -> assertThat(q.repeats()).isEqualTo(2));
    }

    @Test
    void a_failure_after_output_is_the_callers_and_breaker_and_key_are_told() throws Exception {
        first.streams(new FakeStream().output("Hel").fails(FailureClass.TRANSIENT));
        ChatStream stream = stream().value();
        assertThat(stream.next().map(StreamFailoverTest::text)).contains("Hel");
        assertThatThrownBy(stream::next).isInstanceOf(ProviderException.class);
        stream.close();
        stream.close();
        assertThat(second.calls).isEmpty();
        released();
        expect(Breaker.State.OPEN, false);
    }

    @Test
    void a_stream_closed_early_is_no_verdict() throws Exception {
        FakeStream source = new FakeStream().output("Hel").output("lo");
        first.streams(source);
        ChatStream stream = stream().value();
        assertThat(stream.next()).isPresent();
        stream.close();
        assertThat(source.closed).isEqualTo(1);
        released();
        expect(Breaker.State.HALF_OPEN, false);
    }

    @Test
    void an_answer_without_a_word_is_an_answer() throws Exception {
        for (FakeStream empty :
                new FakeStream[] {new FakeStream(), new FakeStream().lifecycle("role")}) {
            first.streams(empty);
            try (ChatStream stream = stream().value()) {
                assertThat(rest(stream)).isIn("", "role|");
            }
            released();
            expect(Breaker.State.CLOSED, true);
        }
    }

    @Test
    void a_stream_that_never_begins_is_given_up_before_it_fills_the_memory() throws Exception {
        FakeStream endless = new FakeStream();
        for (int i = 0; i < 6; i++) {
            endless.lifecycle("x".repeat(1024 * 1024));
        }
        first.streams(endless);
        try (ChatStream stream = stream().value()) {
            assertThat(rest(stream)).isEqualTo("ok|");
        }
        assertThat(endless.closed).isEqualTo(1);
        released();
    }
}
