package io.magicproxy.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.server.admin.ChangeFeed.Next;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the feed keeps, and for whom. */
class ChangeFeedTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int KEPT = 1_000;

    private final ChangeFeed feed = new ChangeFeed(InstantSource.system());

    @Test
    void a_reader_that_falls_behind_by_all_that_is_kept_is_told_so_and_costs_no_memory()
            throws Exception {
        ChangeFeed.Reader reader = feed.open(Optional.empty()).orElseThrow();
        tell(KEPT);
        assertThat(events(reader)).hasSize(KEPT);

        tell(KEPT + 1);
        assertThat(reader.next(LONG)).isInstanceOf(Next.Lost.class);
        assertThat(text(reader.reset())).contains("\"kind\":\"reset\"", "-" + (2 * KEPT + 1));
        tell(1);
        assertThat(events(reader)).hasSize(1);
    }

    @Test
    void events_come_in_order_and_silence_is_no_event() throws Exception {
        ChangeFeed.Reader reader = feed.open(Optional.empty()).orElseThrow();
        assertThat(reader.next(Duration.ofMillis(1))).isInstanceOf(Next.Silence.class);
        tell(3);
        assertThat(events(reader))
                .extracting(ChangeFeedTest::text)
                .allSatisfy(event -> assertThat(event).endsWith("\n\n"))
                .map(event -> event.substring(event.indexOf('-') + 1, event.indexOf('\n')))
                .containsExactly("1", "2", "3");
        assertThat(reader.next(Duration.ofMillis(1))).isInstanceOf(Next.Silence.class);
        feed.close();
        assertThat(reader.next(LONG)).isInstanceOf(Next.End.class);
    }

    @Test
    void a_reader_whose_client_has_gone_is_woken_and_gives_its_place_back() throws Exception {
        ChangeFeed.Reader reader = feed.open(Optional.empty()).orElseThrow();
        Thread.ofVirtual().start(reader::leave);
        assertThat(reader.next(LONG)).isInstanceOf(Next.End.class);
        reader.close();
        reader.close();

        int places = 0;
        while (feed.open(Optional.empty()).isPresent()) {
            places++;
        }
        assertThat(places).isEqualTo(50);
    }

    private void tell(int times) {
        for (int i = 0; i < times; i++) {
            feed.tell("simulator.changed", "sim", Optional.empty(), Json.object());
        }
    }

    private static List<byte[]> events(ChangeFeed.Reader reader) throws Exception {
        return reader.next(LONG) instanceof Next.Events(var events) ? events : List.of();
    }

    private static String text(byte[] event) {
        return new String(event, StandardCharsets.UTF_8);
    }
}
