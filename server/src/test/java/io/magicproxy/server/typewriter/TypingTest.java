package io.magicproxy.server.typewriter;

import static io.magicproxy.server.typewriter.TypingScene.chunk;
import static io.magicproxy.server.typewriter.TypingScene.finish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.magicproxy.chat.Json;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.server.typewriter.TypingScene.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How text is given out in time, and that nothing else is changed by it. */
class TypingTest {
    private static final double PROMISED = 2_000;
    private static final Item.Ending OVER = new Item.Over();

    @Test
    void a_slow_text_is_typed_one_character_a_step() throws Exception {
        TypingScene scene =
                new TypingScene(Duration.ofMillis(20))
                        .at(0, chunk("Hello, "))
                        .at(110, chunk("world"))
                        .at(210, finish())
                        .at(210, OVER)
                        .play();

        assertThat(scene.pieces())
                .containsExactly("H", "e", "l", "l", "o", ",", " ", "w", "o", "r", "l", "d");
        List<Double> times =
                scene.sent.stream().filter(s -> !s.text().isEmpty()).map(Sent::at).toList();
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isCloseTo(20, within(0.01));
        }
        assertThat(scene.ending).contains(OVER);
    }

    @ParameterizedTest
    @CsvSource({"90, 15", "1500, 15", "100000, 15", "400000, 1", "5000, 40", "50, 700", "3, 60000"})
    void a_text_that_comes_at_once_flows_evenly_and_is_never_later_than_promised(
            int length, int stepMillis) throws Exception {
        TypingScene scene =
                new TypingScene(Duration.ofMillis(stepMillis))
                        .at(0, chunk("x".repeat(length)))
                        .at(0, finish())
                        .at(0, OVER)
                        .play();

        assertThat(scene.text(0, "content")).hasSize(length);
        assertThat(scene.endedAt).isLessThan(PROMISED);
        List<Integer> sizes = new ArrayList<>(scene.pieces().stream().map(String::length).toList());
        sizes.removeLast();
        if (!sizes.isEmpty()) {
            int most = sizes.stream().max(Integer::compare).orElseThrow();
            int least = sizes.stream().min(Integer::compare).orElseThrow();
            assertThat(most - least).as("pieces of %s", sizes).isLessThanOrEqualTo(1 + most / 20);
        }
    }

    @Test
    void bursts_are_smoothed() throws Exception {
        TypingScene scene = new TypingScene();
        for (int second = 0; second < 10; second++) {
            scene.at(1_000 * second, chunk("y".repeat(300)));
        }
        scene.at(9_000, OVER).play();

        // After the first two seconds the flow is that of the text, 300 characters a second.
        for (int from = 2_000; from < 9_000; from += 250) {
            int start = from;
            int flowed =
                    scene.sent.stream()
                            .filter(s -> s.at() >= start && s.at() < start + 250)
                            .mapToInt(s -> s.text().length())
                            .sum();
            assertThat(flowed).as("from %s ms", from).isBetween(55, 100);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatever_the_rhythm_every_text_arrives_whole_and_in_time(long seed) throws Exception {
        var random = new Random(seed);
        int choices = 1 + random.nextInt(3);
        TypingScene scene = new TypingScene(Duration.ofMillis(1 + random.nextInt(400)));
        List<StringBuilder> came = new ArrayList<>();
        List<List<Double>> when = new ArrayList<>();
        for (int c = 0; c < choices; c++) {
            came.add(new StringBuilder());
            when.add(new ArrayList<>());
        }
        double now = 0;
        for (int i = 0; i < 300; i++) {
            now += random.nextInt(10) == 0 ? random.nextInt(1_500) : random.nextInt(30);
            int choice = random.nextInt(choices);
            String text = clusters(random, 1 + random.nextInt(i % 50 == 7 ? 3_000 : 12));
            came.get(choice).append(text);
            for (int c = 0; c < text.length(); c++) {
                when.get(choice).add(now);
            }
            scene.at(now, chunk(choice, "content", text));
        }
        scene.at(now, finish()).at(now, OVER).play();

        assertThat(scene.endedAt - now).isLessThan(PROMISED);
        for (int c = 0; c < choices; c++) {
            assertThat(scene.text(c, "content")).isEqualTo(came.get(c).toString());
            int at = 0;
            for (Sent sent : scene.sent) {
                if (sent.chunk().at("/choices/0/index").asInt() == c) {
                    at += sent.text().length();
                    if (at > 0) {
                        assertThat(sent.at() - when.get(c).get(at - 1)).isLessThan(PROMISED);
                    }
                }
            }
        }
    }

    private static String clusters(Random random, int count) {
        String[] some = {
            "a", "é", "e\u0301", "👍🏽", "👩‍💻", "🇫🇷", "\r\n", "한", "क्षि", "\"", "\\", " "
        };
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(some[random.nextInt(some.length)]);
        }
        return text.toString();
    }

    @Test
    void a_stream_faster_than_any_reader_gives_up_the_pace_and_not_the_promise() throws Exception {
        TypingScene scene = new TypingScene();
        String long_ = "z".repeat(64 * 1024);
        // 8 MiB in an eighth of a second.
        for (int i = 0; i < 128; i++) {
            scene.at(i, chunk(long_));
        }
        scene.at(128, finish()).at(128, OVER).play();

        assertThat(scene.text(0, "content")).hasSize(128 * 64 * 1024);
        assertThat(scene.endedAt).isLessThan(128 + PROMISED);
    }

    @Test
    void what_waits_is_bounded_whatever_it_is() {
        var typing = new Typing(Duration.ofMillis(15));
        int texts = 0;
        while (!typing.full()) {
            typing.offer(TypingScene.item(chunk("word ")), 0);
            texts++;
        }
        var other = new Typing(Duration.ofMillis(15));
        int calls = 0;
        while (!other.full()) {
            other.offer(
                    TypingScene.item(
                            "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]}}]}"),
                    0);
            calls++;
        }
        assertThat(texts).isBetween(10_000, 200_000);
        assertThat(calls).isBetween(1_000, 10_000);
    }

    @Test
    void what_is_no_text_passes_at_once_and_behind_the_text_before_it() throws Exception {
        String role =
                "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}";
        String call =
                "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}}]}";
        String arguments =
                "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\": 1.50}\"}}]}}]}";
        String usage =
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"x\":1.10},\"x_vendor\":[null,1e5]}";
        TypingScene scene =
                new TypingScene()
                        .at(0, role)
                        .at(0, chunk("Look:"))
                        .at(0, call)
                        .at(0, arguments)
                        .at(0, finish())
                        .at(0, usage)
                        .at(0, OVER)
                        .play();

        assertThat(scene.pieces()).containsExactly("L", "o", "o", "k", ":");
        assertThat(scene.sent.getFirst().chunk()).isEqualTo(Json.read(role));
        assertThat(scene.sent.getFirst().at()).isZero();
        List<String> last =
                scene.sent.subList(6, 10).stream().map(s -> Json.text(s.chunk())).toList();
        assertThat(last)
                .containsExactly(
                        Json.text(Json.read(call)),
                        Json.text(Json.read(arguments)),
                        Json.text(Json.read(finish())),
                        Json.text(Json.read(usage)));
        assertThat(scene.sent.subList(5, 10)).allMatch(s -> s.at() == scene.sent.get(5).at());
    }

    @Test
    void a_failure_comes_behind_the_text_before_it() throws Exception {
        var failed =
                new Item.Failed(
                        new ProviderException(ProviderFailure.of(FailureClass.TRANSIENT, "gone")));
        TypingScene scene = new TypingScene().at(0, chunk("half a s")).at(10, failed).play();

        assertThat(scene.text(0, "content")).isEqualTo("half a s");
        assertThat(scene.ending).contains(failed);
        assertThat(scene.endedAt).isLessThan(PROMISED);
    }

    @Test
    void choices_that_come_in_turn_are_typed_in_turn() throws Exception {
        TypingScene scene =
                new TypingScene()
                        .at(0, chunk(0, "content", "ab"))
                        .at(0, chunk(1, "content", "xy"))
                        .at(1, chunk(0, "content", "cd"))
                        .at(1, chunk(1, "content", "zw"))
                        .at(1, OVER)
                        .play();

        assertThat(scene.pieces(0, "content")).containsExactly("a", "b", "c", "d");
        assertThat(scene.pieces(1, "content")).containsExactly("x", "y", "z", "w");
    }

    @Test
    void thoughts_flow_too_and_before_the_answer() throws Exception {
        TypingScene scene =
                new TypingScene()
                        .at(0, chunk(0, "reasoning_content", "hm"))
                        .at(5, chunk("yes"))
                        .at(5, OVER)
                        .play();

        assertThat(scene.pieces(0, "reasoning_content")).containsExactly("h", "m");
        assertThat(scene.pieces()).containsExactly("y", "e", "s");
        assertThat(scene.sent.get(1).delta("reasoning_content")).isEqualTo("m");
    }
}
