package io.magicproxy.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.upstream.UpstreamException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SseReaderTest {
    private static final int LIMIT = 1 << 16;

    /** What a stream was taken apart into. */
    private record Parsed(List<String> events, List<String> raw, boolean truncated) {}

    @Test
    void events_have_a_name_and_data() throws Exception {
        assertThat(parse("event: ping\ndata: {}\n\ndata:no space\n\ndata\n\n").events())
                .containsExactly("ping|{}", "|no space", "|");
    }

    @Test
    void several_data_lines_are_joined() throws Exception {
        assertThat(parse("data: a\ndata:  b\ndata:\n\n").events()).containsExactly("|a\n b\n");
        assertThat(parse("data:\ndata:\n\n").events()).containsExactly("|\n");
    }

    @Test
    void every_line_end_counts_and_raw_frames_keep_theirs() throws Exception {
        assertThat(parse("data: a\r\n\r\ndata: b\r\n\r\n").raw())
                .containsExactly("data: a\r\n\r\n", "data: b\r\n\r\n");
        assertThat(parse("data: a\r\rdata: b\r\r").raw())
                .containsExactly("data: a\r\r", "data: b\r\r");
        assertThat(parse("data: a\n\r\ndata: b\r\n\n").events()).containsExactly("|a", "|b");
    }

    @Test
    void comments_marks_unknown_fields_and_events_without_data_are_passed_over() throws Exception {
        String stream =
                "\u00EF\u00BB\u00BF: hello\n\nid: 7\nretry: 9\ndata: a\n\nevent: empty\n\n:\n\n\n\ndatafile: x\ndata: b\n\n";
        assertThat(parse(stream).events()).containsExactly("|a", "|b");
    }

    @Test
    void an_event_without_its_empty_line_is_reported_not_given() throws Exception {
        Parsed cut = parse("data: a\n\ndata: b\n");
        assertThat(cut.events()).containsExactly("|a");
        assertThat(cut.truncated()).isTrue();
        assertThat(parse("data: a\n\ndat").truncated()).isTrue();
        assertThat(parse("data: a\n\n").truncated()).isFalse();
        assertThat(parse("data: a\n\n: bye").truncated()).isFalse();
        assertThat(parse("").truncated()).isFalse();
        assertThat(parse("data: a\r\n\r").events()).containsExactly("|a");
    }

    @Test
    void a_bare_return_ends_an_event_without_waiting_for_more() throws Exception {
        byte[] bytes = "data: a\r\r".getBytes(UTF_8);
        var reader = new SseReader(once(bytes), "host", LIMIT);
        assertThat(reader.await()).isTrue();
        assertThat(reader.poll().orElseThrow().data().text()).isEqualTo("a");
    }

    @Test
    void events_that_came_together_stand_together() throws Exception {
        var reader =
                new SseReader(
                        once("data: a\n\n: c\n\ndata: b\n\ndata".getBytes(UTF_8)), "host", LIMIT);
        assertThat(reader.await()).isTrue();
        Slice first = reader.poll().orElseThrow().raw();
        Slice last = reader.poll().orElseThrow().raw();
        assertThat(reader.poll()).isEmpty();
        assertThat(last.array()).isSameAs(first.array());
        assertThat(new Slice(first.array(), first.offset(), last.end() - first.offset()).text())
                .isEqualTo("data: a\n\n: c\n\ndata: b\n\n");
    }

    @Test
    void an_event_may_have_the_largest_size_and_no_more() throws Exception {
        String largest = "data: " + "x".repeat(LIMIT - 8) + "\n\n";
        assertThat(parse(largest + largest).raw()).containsExactly(largest, largest);
        assertThatThrownBy(() -> parse("data: " + "x".repeat(LIMIT - 7) + "\n\n"))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE))
                .hasMessageContaining("host");
    }

    @Test
    void the_same_bytes_give_the_same_events_however_they_are_split() throws Exception {
        var random = new Random(20250511);
        List<String> pieces =
                List.of(
                        "data",
                        ":",
                        " ",
                        "a",
                        "é",
                        "\n",
                        "\n\n",
                        "\r",
                        "\r\n",
                        "\r\n\r\n",
                        "event: x",
                        "id: 1",
                        "\uFEFF");
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            byte[] bytes = text.toString().getBytes(UTF_8);
            Parsed whole = parse(once(bytes));
            assertThat(parse(pieces(bytes, random))).as("%s", text).isEqualTo(whole);
        }
    }

    @Test
    void whatever_the_bytes_nothing_but_the_typed_failure_is_thrown() {
        var random = new Random(4711);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length; i++) {
                if (random.nextInt(4) == 0) {
                    bytes[i] = (byte) "\r\n:".charAt(random.nextInt(3));
                }
            }
            try {
                parse(new SseReader(pieces(bytes, random), "host", 64));
            } catch (UpstreamException e) {
                assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE);
            }
        }
    }

    private static Parsed parse(String stream) throws UpstreamException {
        return parse(once(stream.getBytes(stream.startsWith("\u00EF") ? ISO_8859_1 : UTF_8)));
    }

    private static Parsed parse(SseReader.Source source) throws UpstreamException {
        return parse(new SseReader(source, "host", LIMIT));
    }

    private static Parsed parse(SseReader reader) throws UpstreamException {
        var events = new ArrayList<String>();
        var raw = new ArrayList<String>();
        while (reader.await()) {
            for (var event = reader.poll(); event.isPresent(); event = reader.poll()) {
                events.add(event.get().name() + "|" + event.get().data().text());
                raw.add(event.get().raw().text());
            }
        }
        return new Parsed(events, raw, reader.truncated());
    }

    private static SseReader.Source once(byte[] bytes) {
        return pieces(bytes, bytes.length);
    }

    private static SseReader.Source pieces(byte[] bytes, Random random) {
        return source(bytes, () -> 1 + random.nextInt(4));
    }

    private static SseReader.Source pieces(byte[] bytes, int size) {
        return source(bytes, () -> size);
    }

    private static SseReader.Source source(byte[] bytes, java.util.function.IntSupplier size) {
        var position = new int[1];
        return (target, offset, length) -> {
            int n = Math.min(Math.min(size.getAsInt(), length), bytes.length - position[0]);
            if (position[0] == bytes.length) {
                return -1;
            }
            System.arraycopy(bytes, position[0], target, offset, n);
            position[0] += n;
            return n;
        };
    }
}
