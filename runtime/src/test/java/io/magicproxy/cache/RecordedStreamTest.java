package io.magicproxy.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a stream's record, however the stream ends. */
class RecordedStreamTest {
    private static final String TEXT =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    private static final String END =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

    private final List<Landing> told = new ArrayList<>();
    private final Source source = new Source();

    @Test
    void read_to_its_end_it_is_given_again_piece_by_piece() throws Exception {
        source.add(TEXT).add(END);
        try (ChatStream stream = recorded(1_000)) {
            assertThat(read(stream)).isEqualTo(TEXT + END);
        }

        assertThat(told).hasSize(1);
        StoredAnswer answer = ((Landing.Landed) told.getFirst()).answer();
        try (ChatStream again = new ReplayedStream(answer)) {
            assertThat(text(again.next())).isEqualTo(TEXT);
            assertThat(text(again.next())).isEqualTo(END);
            assertThat(again.next()).isEmpty();
            assertThat(again.usage()).isEqualTo(source.usage());
            assertThat(again.notes()).containsExactly("a note");
        }
    }

    @Test
    void closed_before_its_end_it_was_left() throws Exception {
        source.add(TEXT).add(END);
        ChatStream stream = recorded(1_000);
        assertThat(stream.next()).isPresent();
        assertThat(stream.next()).isPresent();

        stream.close();

        assertThat(told).containsExactly(new Landing.Left());
        assertThat(source.closed).isTrue();
    }

    @Test
    void broken_off_or_without_an_end_of_its_own_it_is_lost() throws Exception {
        source.add(TEXT).fails = true;
        try (ChatStream stream = recorded(1_000)) {
            assertThatThrownBy(() -> read(stream)).isInstanceOf(ProviderException.class);
        }
        assertThat(told).containsExactly(new Landing.Lost());

        told.clear();
        source.fails = false;
        source.add(TEXT);
        try (ChatStream stream = recorded(1_000)) {
            assertThat(read(stream)).isEqualTo(TEXT);
        }
        assertThat(told).containsExactly(new Landing.Lost());
    }

    @Test
    void one_that_grows_too_large_is_lost_at_once_and_still_read_to_its_end() throws Exception {
        source.add(TEXT).add(TEXT).add(END);
        try (ChatStream stream = recorded(TEXT.length() + 1L)) {
            assertThat(stream.next()).isPresent();
            assertThat(told).isEmpty();
            assertThat(stream.next()).isPresent();
            assertThat(told).as("nobody waits for the rest").containsExactly(new Landing.Lost());
            assertThat(read(stream)).isEqualTo(END);
        }
        assertThat(told).hasSize(1);
    }

    private ChatStream recorded(long maxBytes) {
        return new RecordedStream(source, new Recording(maxBytes, Instant.EPOCH, told::add));
    }

    private static String read(ChatStream stream) throws ProviderException {
        StringBuilder all = new StringBuilder();
        for (var next = stream.next(); next.isPresent(); next = stream.next()) {
            all.append(text(next));
        }
        return all.toString();
    }

    private static String text(Optional<ChatStream.Frames> frames) {
        ChatStream.Frames f = frames.orElseThrow();
        return new String(f.buffer(), f.offset(), f.length(), UTF_8);
    }

    /** Its buffer is used again for each piece, as providers' are. */
    private static final class Source implements ChatStream {
        private final Deque<String> pieces = new ArrayDeque<>();
        private final byte[] buffer = new byte[1_000];
        private boolean fails;
        private boolean closed;

        Source add(String piece) {
            pieces.add(piece);
            return this;
        }

        @Override
        public Optional<Frames> next() throws ProviderException {
            if (pieces.isEmpty() && fails) {
                throw new ProviderException(
                        ProviderFailure.of(FailureClass.TRANSIENT, "broken off"));
            }
            String piece = pieces.poll();
            if (piece == null) {
                return Optional.empty();
            }
            byte[] bytes = piece.getBytes(UTF_8);
            System.arraycopy(bytes, 0, buffer, 7, bytes.length);
            return Optional.of(new Frames(buffer, 7, bytes.length, true));
        }

        @Override
        public Optional<Usage> usage() {
            return Optional.of(new Usage(1, 2, 0, 0, 0));
        }

        @Override
        public long tokensSeen() {
            return 2;
        }

        @Override
        public List<String> notes() {
            return List.of("a note");
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
