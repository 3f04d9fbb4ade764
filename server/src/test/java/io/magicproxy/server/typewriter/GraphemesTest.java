package io.magicproxy.server.typewriter;

import static io.magicproxy.server.typewriter.TypingScene.chunk;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What readers take for one character is never torn. */
class GraphemesTest {
    private static final List<String> CLUSTERS =
            List.of(
                    "a",
                    "e\u0301",
                    "👍🏽",
                    "👩‍👩‍👧‍👦",
                    "🏳️‍🌈",
                    "🇺🇦",
                    "🇯🇵",
                    "1️⃣",
                    "한",
                    "\u1112\u1161\u11ab",
                    "क्षि",
                    "நி",
                    "กำ",
                    "\r\n",
                    "z\u0335\u0321\u034d\u0345",
                    "ب",
                    "!");

    @Test
    void a_text_falls_into_its_clusters() {
        assertThat(clusters(String.join("", CLUSTERS))).isEqualTo(CLUSTERS);
    }

    private static List<String> clusters(String text) {
        List<String> found = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = Graphemes.end(text, at);
            found.add(text.substring(at, end));
            at = end;
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7})
    void clusters_that_come_torn_are_typed_whole(int size) throws Exception {
        String text = String.join("", CLUSTERS);
        for (String extra : new String[] {"", ",\"obfuscation\":\"%d\""}) {
            TypingScene scene = new TypingScene();
            for (int at = 0, n = 0; at < text.length(); at += size, n++) {
                String part = text.substring(at, Math.min(text.length(), at + size));
                String json = chunk(part);
                scene.at(50 * n, json.substring(0, json.length() - 1) + extra.formatted(n) + "}");
            }
            scene.at(50 * text.length(), new Item.Over()).play();

            assertThat(scene.pieces().stream().flatMap(piece -> clusters(piece).stream()))
                    .containsExactlyElementsOf(CLUSTERS);
        }
    }

    @Test
    void torn_clusters_of_choices_that_come_in_turn_are_typed_whole() throws Exception {
        TypingScene scene =
                new TypingScene()
                        .at(0, chunk(0, "content", "👩"))
                        .at(0, chunk(1, "content", "e"))
                        .at(50, chunk(0, "content", "\u200d💻 "))
                        .at(50, chunk(1, "content", "\u0301!"))
                        .at(50, new Item.Over())
                        .play();

        assertThat(scene.pieces(0, "content")).containsExactly("👩‍💻", " ");
        assertThat(scene.pieces(1, "content")).containsExactly("e\u0301", "!");
    }

    @Test
    void the_last_cluster_waits_a_moment_for_its_rest_and_no_longer() throws Exception {
        TypingScene scene =
                new TypingScene()
                        .at(0, chunk("ok 👍"))
                        .at(1_000, chunk("🏽"))
                        .at(1_000, new Item.Over())
                        .play();

        assertThat(scene.pieces()).containsExactly("o", "k", " ", "👍", "🏽");
        assertThat(scene.sent.get(3).at()).isBetween(200.0, 300.0);
    }

    @Test
    void a_finish_is_not_kept_waiting_by_what_might_still_grow() throws Exception {
        TypingScene scene =
                new TypingScene()
                        .at(0, chunk("x"))
                        .at(1, TypingScene.finish())
                        .at(1, new Item.Over())
                        .play();

        assertThat(scene.endedAt).isLessThan(20);
    }

    @Test
    void a_letter_under_a_thousand_accents_is_cut() throws Exception {
        String tower = "a" + "\u0301".repeat(5_000);
        TypingScene scene = new TypingScene().at(0, chunk(tower)).at(0, new Item.Over()).play();

        assertThat(scene.text(0, "content")).isEqualTo(tower);
        assertThat(scene.pieces()).hasSizeGreaterThan(5);
        assertThat(Graphemes.end("👍".repeat(3), 0)).isEqualTo(2);
    }
}
