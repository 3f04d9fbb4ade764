package io.magicproxy.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.mcp.EventReader.Next;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final Duration NOW = Duration.ZERO;

    private final AtomicReference<Instant> time = new AtomicReference<>(Instant.EPOCH);
    private final EventLog log = new EventLog(3, time::get);

    @Test
    void a_reader_gets_each_message_in_order_and_then_waits() {
        say("a", "b");
        EventReader reader = log.open(true);

        assertThat(reader.position()).isEqualTo("3-0");
        assertThat(texts(reader)).containsExactly("3-1 a", "3-2 b");
        assertThat(reader.next(NOW)).isEqualTo(new Next.Silence());
        log.append("c".getBytes(UTF_8), true);
        assertThat(reader.next(NOW)).matches(next -> next instanceof Next.Event e && e.last());
        log.end();
        assertThat(reader.next(NOW)).isEqualTo(new Next.End());
    }

    @Test
    void a_waiting_reader_is_woken_by_a_message() throws Exception {
        EventReader reader = log.open(true);
        var got = new AtomicReference<>((Next) new Next.Silence());
        Thread waiting =
                Thread.ofVirtual().start(() -> got.set(reader.next(Duration.ofSeconds(30))));
        say("a");
        waiting.join();

        assertThat(got.get()).isInstanceOf(Next.Event.class);
    }

    @Test
    void who_comes_back_gets_what_he_has_not_seen() {
        say("a", "b", "c");
        EventReader first = log.open(true);
        first.next(NOW);
        first.leave();

        assertThat(texts(log.open(1, true))).containsExactly("3-2 b", "3-3 c");
        assertThat(texts(log.open(true))).isEmpty();
    }

    @Test
    void a_newer_reader_takes_over() {
        EventReader first = log.open(true);
        EventReader second = log.open(true);
        say("a");

        assertThat(first.next(NOW)).isEqualTo(new Next.End());
        assertThat(texts(second)).containsExactly("3-1 a");
        first.leave();
        say("b");
        assertThat(texts(second)).containsExactly("3-2 b");
    }

    @Test
    void how_long_nobody_reads_is_known() {
        time.set(Instant.EPOCH.plusSeconds(5));
        assertThat(log.unread()).contains(Duration.ofSeconds(5));
        EventReader reader = log.open(true);
        assertThat(log.unread()).isEmpty();
        log.hangUp();
        time.set(Instant.EPOCH.plusSeconds(12));
        assertThat(log.unread()).contains(Duration.ofSeconds(7));
        assertThat(reader.next(NOW)).isEqualTo(new Next.End());
    }

    @Test
    void what_nobody_reads_does_not_pile_up() {
        String large = "x".repeat(100_000);
        for (int i = 0; i < 100; i++) {
            say(large);
        }
        List<String> kept = texts(log.open(true));

        assertThat(kept).hasSizeBetween(15, 25);
        assertThat(kept.getLast()).startsWith("3-100 ");
    }

    @Test
    void a_message_that_still_waits_is_not_said_twice() {
        log.appendOnce("changed".getBytes(UTF_8));
        log.appendOnce("changed".getBytes(UTF_8));
        assertThat(texts(log.open(true))).containsExactly("3-1 changed");
        log.appendOnce("changed".getBytes(UTF_8));
        assertThat(texts(log.open(true))).containsExactly("3-2 changed");
    }

    private void say(String... messages) {
        for (String message : messages) {
            log.append(message.getBytes(UTF_8), false);
        }
    }

    private static List<String> texts(EventReader reader) {
        List<String> texts = new ArrayList<>();
        while (reader.next(NOW) instanceof Next.Event(String id, byte[] json, var _)) {
            texts.add(id + " " + new String(json, UTF_8));
        }
        return texts;
    }
}
