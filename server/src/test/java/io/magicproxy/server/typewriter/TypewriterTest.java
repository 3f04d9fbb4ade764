package io.magicproxy.server.typewriter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.chat.Usage;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who reads ahead, who waits for whom, and who closes what. */
@Timeout(60)
class TypewriterTest {
    private static final Duration STEP = Duration.ofMillis(1);

    private final Source source = new Source();

    @Test
    void a_stream_passes_whole_with_its_usage_and_notes() throws Exception {
        source.give(TypingScene.chunk("Hello"), TypingScene.finish());
        source.end();
        try (var typewriter = typewriter()) {
            List<String> all = rest(typewriter);
            assertThat(all).hasSize(6);
            assertThat(all.get(1)).contains("\"content\":\"e\"");
            assertThat(all.getLast()).contains("\"stop\"");
            assertThat(typewriter.usage()).isPresent();
            assertThat(typewriter.notes()).containsExactly("a note");
        }
        assertThat(source.closed).hasValue(1);
        assertThat(source.abandoned).hasValue(0);
    }

    @Test
    void events_that_come_together_or_with_a_name_are_taken_apart_rightly() throws Exception {
        source.frames.add(
                Optional.of(
                        "data: "
                                + TypingScene.chunk("ab")
                                + "\n\nevent: odd\ndata: "
                                + TypingScene.chunk("cd")
                                + "\n\n"));
        source.end();
        try (var typewriter = typewriter()) {
            List<String> all = rest(typewriter);
            assertThat(all).hasSize(3);
            assertThat(all.getLast()).startsWith("event: odd\ndata: ").contains("\"cd\"");
        }
    }

    @Test
    void a_failure_is_the_reader_s_after_the_text_before_it() throws Exception {
        source.give(TypingScene.chunk("ab"));
        source.fail(
                new ProviderException(ProviderFailure.of(FailureClass.TRANSIENT, "it broke off")));
        try (var typewriter = typewriter()) {
            assertThat(typewriter.next()).isPresent();
            assertThat(typewriter.next()).isPresent();
            assertThatThrownBy(typewriter::next)
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("it broke off");
        }
        assertThat(source.closed).hasValue(1);
    }

    @Test
    void a_call_that_is_given_up_ends_the_reader_s_wait() {
        source.fail(new CallCancelledException(Cancellation.Reason.DEADLINE));
        try (var typewriter = typewriter()) {
            assertThatThrownBy(typewriter::next).isInstanceOf(CallCancelledException.class);
        }
    }

    @Test
    void a_reader_who_leaves_breaks_the_source_s_wait_and_it_is_closed_by_its_own_thread()
            throws Exception {
        source.give(TypingScene.chunk("a"));
        var typewriter = typewriter();
        assertThat(typewriter.next()).isPresent();
        source.awaitReader();

        typewriter.close();
        typewriter.close();

        assertThat(source.abandoned.get()).isPositive();
        assertThat(source.closed).hasValue(1);
        assertThat(source.closer).hasValue("typewriter");
    }

    @Test
    void a_reader_who_is_slow_holds_the_source_up() throws Exception {
        String chunk = TypingScene.chunk("x".repeat(10_000));
        for (int i = 0; i < 1_000; i++) {
            source.give(chunk);
        }
        source.end();
        try (var typewriter = typewriter()) {
            assertThat(typewriter.next()).isPresent();
            awaitStill();
            int ahead = source.reads.get();
            assertThat(ahead).isBetween(10, 200);

            int length = 1;
            for (Optional<ChatStream.Frames> next = typewriter.next();
                    next.isPresent();
                    next = typewriter.next()) {
                length += next.get().length();
            }
            assertThat(length).isGreaterThan(9_000_000);
            assertThat(source.reads.get()).isGreaterThan(ahead);
        }
    }

    @Test
    void a_reader_who_leaves_while_the_source_is_held_up_lets_it_go() throws Exception {
        String chunk = TypingScene.chunk("x".repeat(10_000));
        for (int i = 0; i < 1_000; i++) {
            source.give(chunk);
        }
        var typewriter = typewriter();
        awaitStill();
        typewriter.close();
        assertThat(source.closed).hasValue(1);
    }

    @Test
    void an_interrupted_reader_is_told_that_the_gateway_stops() {
        try (var typewriter = typewriter()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(typewriter::next)
                    .isInstanceOfSatisfying(
                            CallCancelledException.class,
                            e -> assertThat(e.reason()).isEqualTo(Cancellation.Reason.SHUTDOWN));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private Typewriter typewriter() {
        return new Typewriter(source, STEP, source::abandon);
    }

    private static List<String> rest(ChatStream stream) throws ProviderException {
        var all = new java.util.ArrayList<String>();
        for (Optional<ChatStream.Frames> next = stream.next();
                next.isPresent();
                next = stream.next()) {
            ChatStream.Frames f = next.get();
            String events = new String(f.buffer(), f.offset(), f.length(), UTF_8);
            all.addAll(List.of(events.split("\n\n")));
        }
        return all;
    }

    /** Until the source is not read from any more. */
    private void awaitStill() {
        int before = -1;
        while (source.reads.get() != before || before == 0) {
            before = source.reads.get();
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    /** A stream of which each read is told what it gives; it waits when it isn't. */
    private static final class Source implements ChatStream {
        private final BlockingQueue<Object> frames = new LinkedBlockingQueue<>();
        private final AtomicInteger reads = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();
        private final AtomicInteger abandoned = new AtomicInteger();
        private final AtomicReference<String> closer = new AtomicReference<>("");
        private final CountDownLatch waiting = new CountDownLatch(1);

        void give(String... chunks) {
            for (String chunk : chunks) {
                frames.add(Optional.of("data: " + chunk + "\n\n"));
            }
        }

        void end() {
            frames.add(Optional.empty());
        }

        void fail(Exception e) {
            frames.add(e);
        }

        void abandon() {
            abandoned.incrementAndGet();
            frames.add(new CallCancelledException(Cancellation.Reason.CLIENT_GONE));
        }

        /** Until somebody waits in a read. */
        void awaitReader() throws InterruptedException {
            waiting.await();
        }

        @Override
        public long tokensSeen() {
            return 0;
        }

        @Override
        public Optional<Frames> next() throws ProviderException {
            if (closed.get() > 0) {
                throw new AssertionError("read after its close");
            }
            reads.incrementAndGet();
            try {
                if (frames.isEmpty()) {
                    waiting.countDown();
                }
                return switch (frames.take()) {
                    case ProviderException e -> throw e;
                    case RuntimeException e -> throw e;
                    case Optional<?> text ->
                            text.map(t -> {
                                byte[] bytes = t.toString().getBytes(UTF_8);
                                return new Frames(bytes, 0, bytes.length, true);
                            });
                    default -> throw new AssertionError();
                };
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Optional<Usage> usage() {
            return Optional.of(Usage.fromWire(io.magicproxy.chat.Json.object()));
        }

        @Override
        public List<String> notes() {
            return List.of("a note");
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            closer.set(Thread.currentThread().getName());
        }
    }
}
