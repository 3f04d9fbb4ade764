package io.magicproxy.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is held back of a stream until its first output, and who is told how it ended. */
class StartedStreamTest {
    private final Lab lab = new Lab();
    private final KeyPool pool = lab.pool("a");
    private final Profile profile = lab.profile("gpt", new FakeProvider(), pool);

    @Test
    void frames_are_held_back_until_the_first_output_and_go_before_it_in_one_piece()
            throws Exception {
        var source = new Source("role", "ping", "+Hel", "ping", "+lo");
        try (ChatStream stream = begin(source)) {
            // It has been read up to the first output, and no further.
            assertThat(source.reads).isEqualTo(3);
            assertThat(next(stream)).isEqualTo("rolepingHel");
            assertThat(source.reads).isEqualTo(3);
            assertThat(next(stream)).isEqualTo("ping");
            assertThat(next(stream)).isEqualTo("lo");
            assertThat(stream.next()).isEmpty();
            assertThat(stream.next()).isEmpty();
        }
    }

    @Test
    void an_output_without_anything_before_it_is_passed_on_as_it_is() throws Exception {
        var source = new Source("+Hello");
        try (ChatStream stream = begin(source)) {
            ChatStream.Frames first = stream.next().orElseThrow();
            assertThat(first.buffer()).as("not copied").isSameAs(source.buffer);
            assertThat(first.output()).isTrue();
        }
    }

    @Test
    void an_answer_without_a_word_is_delivered_whole() throws Exception {
        try (ChatStream stream = begin(new Source("role", "finish"))) {
            ChatStream.Frames held = stream.next().orElseThrow();
            assertThat(text(held)).isEqualTo("rolefinish");
            assertThat(held.output()).isFalse();
            assertThat(stream.next()).isEmpty();
        }
        try (ChatStream stream = begin(new Source())) {
            assertThat(stream.next()).isEmpty();
        }
    }

    @Test
    void a_failure_before_the_output_is_thrown_at_once_and_nothing_of_it_is_seen() {
        var source = new Source("role", "!");

        assertThatThrownBy(() -> begin(source)).isInstanceOf(ProviderException.class);
        assertThat(source.closed).isEqualTo(1);
    }

    @Test
    void a_bug_before_the_output_closes_the_source_too() {
        var source = new Source("role", "?");

        assertThatThrownBy(() -> begin(source)).isInstanceOf(IllegalStateException.class);
        assertThat(source.closed).isEqualTo(1);
    }

    @Test
    void a_failure_after_the_output_is_the_reader_s_and_counts_against_key_and_profile()
            throws Exception {
        for (int i = 0; i < 3; i++) {
            try (ChatStream stream = begin(new Source("+Hel", "!"))) {
                assertThat(next(stream)).isEqualTo("Hel");
                assertThatThrownBy(stream::next).isInstanceOf(ProviderException.class);
            }
        }
        assertThat(profile.breaker().state()).isEqualTo(Breaker.State.OPEN);
        assertThat(pool.snapshot().getFirst().inFlight()).isZero();
    }

    @Test
    void a_reader_who_leaves_is_nobody_s_failure_and_frees_what_was_held() throws Exception {
        for (int i = 0; i < 5; i++) {
            var source = new Source("role", "+Hel", "+lo");
            ChatStream stream = begin(source);
            assertThat(pool.snapshot().getFirst().inFlight()).isEqualTo(1);
            assertThat(next(stream)).isEqualTo("roleHel");
            stream.close();
            stream.close();
            assertThat(pool.snapshot().getFirst().inFlight()).isZero();
        }
        assertThat(profile.breaker().state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void a_source_that_can_t_be_closed_frees_what_was_held_all_the_same() throws Exception {
        var source = new Source("+Hel");
        source.unclosable = true;
        ChatStream stream = begin(source);

        assertThatThrownBy(stream::close).isInstanceOf(IllegalStateException.class);
        assertThat(pool.snapshot().getFirst().inFlight()).isZero();
    }

    @Test
    void usage_and_notes_are_the_source_s() throws Exception {
        try (ChatStream stream = begin(new Source("+Hel"))) {
            assertThat(stream.usage()).contains(new Usage(1, 2, 0, 0, 0));
            assertThat(stream.notes()).containsExactly("a note");
        }
    }

    @Test
    void a_source_that_never_begins_is_given_up_before_it_fills_the_memory() {
        String[] pings = new String[10_000];
        Arrays.fill(pings, "x".repeat(1_024));
        var source = new Source(pings);

        assertThatThrownBy(() -> begin(source)).hasMessageContaining("never begins");
        assertThat(source.reads).isLessThan(5_000);
        assertThat(source.closed).isEqualTo(1);
    }

    private ChatStream begin(ChatStream source) throws ProviderException {
        return switch (pool.lease(Set.of())) {
            case KeyPool.Leased.Key(KeyLease lease) -> {
                var leave = (Breaker.Leave.Granted) profile.breaker().ask();
                var hold = new Hold(profile, leave, Optional.of(lease));
                try {
                    yield StartedStream.begin(source, hold);
                } catch (ProviderException | RuntimeException e) {
                    hold.close();
                    throw e;
                }
            }
            case KeyPool.Leased.Later _, KeyPool.Leased.Never _ -> throw new AssertionError();
        };
    }

    private static String next(ChatStream stream) throws ProviderException {
        return text(stream.next().orElseThrow());
    }

    private static String text(ChatStream.Frames f) {
        return new String(f.buffer(), f.offset(), f.length(), UTF_8);
    }

    /**
     * Gives its frames one by one from a buffer that it uses again, as real streams do. "+": an
     * output; "!": it fails; "?": it breaks.
     */
    private static final class Source implements ChatStream {
        private final byte[] buffer = new byte[2_048];
        private final Iterator<String> script;
        private int reads;
        private int closed;
        private boolean ended;
        private boolean unclosable;

        Source(String... frames) {
            script = new ArrayList<>(List.of(frames)).iterator();
        }

        @Override
        public long tokensSeen() {
            return 0;
        }

        @Override
        public Optional<Frames> next() throws ProviderException {
            if (ended) {
                throw new AssertionError("read after its end");
            }
            reads++;
            Arrays.fill(buffer, (byte) '#');
            if (!script.hasNext()) {
                ended = true;
                return Optional.empty();
            }
            String frame = script.next();
            if (frame.equals("!")) {
                throw new ProviderException(FakeProvider.failure(FailureClass.TRANSIENT));
            }
            if (frame.equals("?")) {
                throw new IllegalStateException("a bug");
            }
            boolean output = frame.startsWith("+");
            byte[] bytes = frame.substring(output ? 1 : 0).getBytes(UTF_8);
            System.arraycopy(bytes, 0, buffer, 7, bytes.length);
            return Optional.of(new Frames(buffer, 7, bytes.length, output));
        }

        @Override
        public Optional<Usage> usage() {
            return Optional.of(new Usage(1, 2, 0, 0, 0));
        }

        @Override
        public List<String> notes() {
            return List.of("a note");
        }

        @Override
        public void close() {
            closed++;
            if (unclosable) {
                throw new IllegalStateException("can't be closed");
            }
        }
    }
}
