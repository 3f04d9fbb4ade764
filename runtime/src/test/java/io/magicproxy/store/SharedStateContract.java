package io.magicproxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What everyone who keeps a {@link SharedState} must do. */
public abstract class SharedStateContract {
    private static final Optional<Duration> FOR_EVER = Optional.empty();
    private static final Optional<Duration> A_MINUTE = Optional.of(Duration.ofMinutes(1));

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private SharedState state;

    /** Opens the test's one store; the one opened before is closed first. */
    protected abstract SharedState open(InstantSource clock) throws Exception;

    @BeforeEach
    void begin() throws Exception {
        reopen();
    }

    private void reopen() throws Exception {
        state = open(() -> now);
    }

    @Test
    void a_value_is_found_under_its_name_until_it_is_removed() throws Exception {
        state.put("key/a", "one", FOR_EVER);
        assertThat(state.get("key/a")).contains("one");
        assertThat(state.get("key/b")).isEmpty();
        assertThat(state.get("KEY/A")).isEmpty();

        state.remove("key/a");
        state.remove("key/a");
        assertThat(state.get("key/a")).isEmpty();
        assertThat(state.list("")).isEmpty();
    }

    @Test
    void a_later_value_replaces_the_earlier_one_and_its_time() throws Exception {
        state.put("stays", "old", A_MINUTE);
        state.put("stays", "new", FOR_EVER);
        state.put("goes", "old", FOR_EVER);
        state.put("goes", "new", A_MINUTE);
        assertThat(state.list("")).isEqualTo(Map.of("stays", "new", "goes", "new"));

        now = now.plus(Duration.ofMinutes(2));
        assertThat(state.list("")).isEqualTo(Map.of("stays", "new"));
    }

    @Test
    void a_value_is_forgotten_when_its_time_is_over_and_may_come_again() throws Exception {
        state.put("short", "value", A_MINUTE);
        now = now.plus(Duration.ofMinutes(1).minusMillis(1));
        assertThat(state.get("short")).contains("value");
        assertThat(state.list("s")).containsOnlyKeys("short");

        now = now.plusMillis(1);
        assertThat(state.get("short")).isEmpty();
        assertThat(state.list("s")).isEmpty();

        state.put("short", "again", A_MINUTE);
        assertThat(state.get("short")).contains("again");
    }

    @Test
    void a_prefix_is_taken_literally() throws Exception {
        List<String> names =
                List.of(
                        "a%b/1",
                        "aXb/1",
                        "a_b/1",
                        "A_b/1",
                        "a*b/1",
                        "a?b/1",
                        "a[b]/1",
                        "a\\b/1",
                        "a'b/1",
                        "a\"b/1",
                        "grün/1",
                        "gru\u0308n/1",
                        "日本/1",
                        "😀/1",
                        "😁/1",
                        "a\0b/1",
                        "a",
                        "ab");
        for (String name : names) {
            state.put(name, "value of " + name, FOR_EVER);
        }
        for (String name : names) {
            String prefix = name.endsWith("/1") ? name.substring(0, name.length() - 1) : name;
            assertThat(state.list(prefix).keySet())
                    .as("what begins with " + prefix)
                    .containsExactlyInAnyOrderElementsOf(
                            names.stream().filter(n -> n.startsWith(prefix)).toList());
        }
        assertThat(state.list("").keySet()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(state.list("b")).isEmpty();
    }

    @Test
    void a_list_is_in_the_order_of_names() throws Exception {
        for (String name : List.of("p/c", "p/a", "p/ü", "p/B", "p/b", "p/", "q", "p/aa")) {
            state.put(name, name, FOR_EVER);
        }
        assertThat(state.list("p/").keySet())
                .containsExactly("p/", "p/B", "p/a", "p/aa", "p/b", "p/c", "p/ü");
    }

    @Test
    void any_text_comes_back_as_it_was_also_a_big_one() throws Exception {
        List<String> values =
                List.of("", " ", "null", "{\"a\": \"'\"}", "\r\n\t\0end", "grün 日本 😀", big());
        for (String value : values) {
            state.put("value", value, FOR_EVER);
            assertThat(state.get("value").orElseThrow().equals(value))
                    .as("a value of length " + value.length())
                    .isTrue();
            assertThat(state.list("value").get("value")).hasSameSizeAs(value);
        }
    }

    @Test
    void writers_side_by_side_lose_nothing() throws Exception {
        List<Callable<String>> writers = new ArrayList<>();
        for (int w = 0; w < 8; w++) {
            String writer = "w" + w;
            writers.add(() -> {
                for (int i = 0; i < 50; i++) {
                    state.put(writer + "/" + i, "v" + i, i % 2 == 0 ? FOR_EVER : A_MINUTE);
                    state.put("common", writer + "." + i, FOR_EVER);
                    state.remove(writer + "/" + (i - 10));
                    assertThat(state.list(writer + "/")).hasSize(Math.min(i + 1, 10));
                }
                return writer + ".49";
            });
        }
        List<String> last = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> done : threads.invokeAll(writers)) {
                last.add(done.get());
            }
        }
        assertThat(state.get("common").orElseThrow()).isIn(last);
        assertThat(state.list("w")).hasSize(8 * 10).containsEntry("w7/49", "v49");
    }

    @Test
    void what_was_kept_is_there_after_opening_anew_with_its_time() throws Exception {
        state.put("stays", "for ever", FOR_EVER);
        state.put("short", "a minute", A_MINUTE);
        state.put("gone", "x", FOR_EVER);
        state.remove("gone");
        state.put("big", big(), FOR_EVER);

        reopen();
        assertThat(state.list("").keySet()).containsExactly("big", "short", "stays");
        assertThat(state.get("big")).contains(big());
        now = now.plus(Duration.ofMinutes(1));
        reopen();
        assertThat(state.list("").keySet()).containsExactly("big", "stays");
    }

    private static String big() {
        return "0123456789abcdé😀".repeat(250_000);
    }
}
