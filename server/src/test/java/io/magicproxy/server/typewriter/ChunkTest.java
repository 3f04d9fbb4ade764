package io.magicproxy.server.typewriter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.typewriter.TypingScene.Sent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A chunk given out in pieces: all that stands in it arrives, once, and as it came. */
class ChunkTest {
    private static final Item.Ending OVER = new Item.Over();

    @Test
    void the_last_piece_goes_in_the_chunk_as_it_came() {
        String json =
                "{ \"id\" : \"c1\", \"x\":1.50e-7,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"abc\", \"y\":[1.0]},\"logprobs\":{\"content\":[-0.0]},\"finish_reason\":\"stop\"}],\"usage\":{\"total_tokens\":12345678901234567890}}";
        Chunk chunk = read(json);

        assertThat(chunk.closes(0)).isTrue();
        assertThat(text(chunk.rest())).isEqualTo("data: " + json + "\n\n");
        String piece = text(chunk.piece(chunk.slot().give(2)));
        assertThat(piece)
                .isEqualTo(
                        "data: {\"id\" : \"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ab\"},\"finish_reason\":null}]}\n\n");
        assertThat(text(chunk.rest()))
                .isEqualTo("data: " + json.replace("\"abc\"", "\"c\"") + "\n\n");
    }

    @Test
    void text_that_comes_with_its_end_flows_and_the_end_comes_last_and_once() throws Exception {
        TypingScene scene =
                new TypingScene()
                        .at(
                                0,
                                "{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"abc\",\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}],\"usage\":{\"total_tokens\":3}}")
                        .at(0, OVER)
                        .play();

        assertThat(scene.pieces()).containsExactly("a", "b", "c");
        assertThat(scene.sent).hasSize(3);
        assertThat(scene.sent)
                .extracting(s -> s.delta("role"))
                .containsExactly("assistant", "", "");
        assertThat(scene.sent.subList(0, 2))
                .allSatisfy(s -> {
                    assertThat(s.chunk().at("/choices/0/finish_reason").isNull()).isTrue();
                    assertThat(s.chunk().has("usage")).isFalse();
                    assertThat(s.chunk().at("/choices/0/delta").has("tool_calls")).isFalse();
                });
        JsonNode last = scene.sent.getLast().chunk();
        assertThat(last.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(last.at("/choices/0/delta/tool_calls")).hasSize(1);
        assertThat(last.at("/choices/0/delta").has("role")).isFalse();
        assertThat(last.at("/usage/total_tokens").asInt()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"role\":\"assistant\",\"content\":\"abc\"}",
                "{ \"content\" : \"abc\" , \"role\" : \"assistant\" }",
                "{\"x\":{\"role\":\"no\"}, \"role\":\"assistant\" ,\"content\":\"abc\"}"
            })
    void the_role_is_told_once_and_first_wherever_it_stands(String delta) throws Exception {
        TypingScene scene =
                new TypingScene()
                        .at(0, "{\"choices\":[{\"delta\":" + delta + "}]}")
                        .at(0, OVER)
                        .play();

        assertThat(scene.pieces()).containsExactly("a", "b", "c");
        assertThat(scene.sent)
                .extracting(s -> s.delta("role"))
                .containsExactly("assistant", "", "");
    }

    @Test
    void a_chunk_with_a_thought_and_text_and_several_choices_gives_each_in_its_turn()
            throws Exception {
        TypingScene scene =
                new TypingScene()
                        .at(
                                0,
                                "{\"id\":\"c\",\"x\":1,\"choices\":["
                                        + "{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\",\"content\":\"ab\"}},"
                                        + "{\"index\":2,\"delta\":{\"content\":\"cd\"},\"finish_reason\":\"length\"}]}")
                        .at(0, OVER)
                        .play();

        assertThat(scene.pieces(0, "reasoning_content")).containsExactly("h", "m");
        assertThat(scene.pieces(0, "content")).containsExactly("a", "b");
        assertThat(scene.pieces(2, "content")).containsExactly("c", "d");
        List<JsonNode> chunks = scene.sent.stream().map(Sent::chunk).toList();
        assertThat(chunks).filteredOn(c -> c.has("x")).hasSize(1);
        assertThat(chunks.getLast().at("/choices/1/finish_reason").asText()).isEqualTo("length");
        assertThat(chunks.getLast().at("/choices/1/delta/content").asText()).isEqualTo("d");
    }

    @Test
    void chunks_that_differ_in_their_text_alone_are_joined_and_others_are_not() {
        assertThat(read(TypingScene.chunk("a")).absorbed(read(TypingScene.chunk("b")))).isTrue();
        assertThat(
                        read(TypingScene.chunk("a"))
                                .absorbed(read(TypingScene.chunk(1, "content", "b"))))
                .isFalse();
        assertThat(
                        read(TypingScene.chunk("a"))
                                .absorbed(read(TypingScene.chunk(0, "reasoning", "b"))))
                .isFalse();
        String finished =
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}";
        assertThat(read(finished).absorbed(read(finished))).isFalse();
    }

    @Test
    void unknown_fields_of_each_chunk_arrive_once() throws Exception {
        TypingScene scene = new TypingScene();
        for (int i = 0; i < 5; i++) {
            scene.at(
                    0,
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"},\"logprobs\":{\"content\":["
                            + i
                            + "]}}],\"obfuscation\":\"o"
                            + i
                            + "\"}");
        }
        scene.at(0, OVER).play();

        assertThat(scene.text(0, "content")).isEqualTo("word ".repeat(5));
        assertThat(scene.sent)
                .extracting(s -> s.chunk().path("obfuscation").asText(""))
                .filteredOn(o -> !o.isEmpty())
                .containsExactly("o0", "o1", "o2", "o3", "o4");
        assertThat(scene.sent)
                .extracting(s -> s.chunk().at("/choices/0/logprobs/content/0").asInt(-1))
                .filteredOn(n -> n >= 0)
                .containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void half_a_surrogate_pair_is_joined_with_its_other_half_or_stays_an_escape() throws Exception {
        String json = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}";
        TypingScene scene =
                new TypingScene()
                        .at(0, json.formatted("a\\ud83d"))
                        .at(10, json.formatted("\\ude00b"))
                        .at(20, json.formatted("c\\ud83d"))
                        .at(20, OVER)
                        .play();

        assertThat(scene.pieces()).containsExactly("a", "😀", "b", "c", "\ud83d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"choices\":[]}",
                "{\"choices\":[null]}",
                "{\"choices\":[{\"delta\":null}]}",
                "{\"choices\":[{\"delta\":{\"content\":null}}]}",
                "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\"}]}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"cut o",
                "no JSON"
            })
    void what_holds_no_text_goes_as_it_is(String json) {
        assertThat(ChunkReader.read(json.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void quotes_and_control_characters_stay_what_they_are() throws Exception {
        String text = "a\"b\\c\n\t\u0000\u2028é";
        TypingScene scene = new TypingScene().at(0, TypingScene.chunk(text)).at(0, OVER).play();

        assertThat(scene.text(0, "content")).isEqualTo(text);
        assertThat(Json.read(JsonTexts.quoted(text)).textValue()).isEqualTo(text);
    }

    private static Chunk read(String json) {
        return ChunkReader.read(json.getBytes(UTF_8)).orElseThrow();
    }

    private static String text(byte[] event) {
        return new String(event, UTF_8);
    }
}
