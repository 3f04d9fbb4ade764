package io.magicproxy.provider.simulator;

import static io.magicproxy.provider.simulator.Sim.user;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every answer has: its label, its form, its length, its counts. */
class AnswerShapeTest {
    private static final String SCHEMA =
            """
            ,"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","required":["title","n","tags"],
             "properties":{"title":{"type":"string","maxLength":9},"n":{"type":"integer","minimum":3},
              "tags":{"type":"array","minItems":2,"items":{"enum":["a","b"]}}}}}}\
            """;

    private final Sim sim;

    AnswerShapeTest() throws Exception {
        this.sim = new Sim();
    }

    @Test
    void every_answer_is_labelled_and_the_same_to_the_same_request() throws Exception {
        JsonNode answer = sim.chat(user("What is a gateway?"), "");

        assertThat(answer.path("system_fingerprint").asText()).isEqualTo("simulator");
        assertThat(answer.path("model").asText()).isEqualTo("simulator/chat");
        assertThat(answer.path("id").asText()).startsWith("chatcmpl-simulated-");
        assertThat(content(answer)).startsWith("[simulator] ").contains("What is a gateway?");
        assertThat(new Sim().chat(user("What is a gateway?"), "")).isEqualTo(answer);
        assertThat(sim.stream(user("hi"), ""))
                .allMatch(chunk -> chunk.path("id").asText().startsWith("chatcmpl-simulated-"));
    }

    @Test
    void a_json_schema_is_followed() throws Exception {
        JsonNode json = Json.read(content(sim.chat(user("A title, please"), SCHEMA)));

        assertThat(json.path("title").asText()).isEqualTo("A title, ");
        assertThat(json.path("n").asInt()).isEqualTo(3);
        assertThat(json.path("tags")).hasSize(2).allMatch(t -> t.asText().equals("a"));
        JsonNode object = sim.chat(user("JSON"), ",\"response_format\":{\"type\":\"json_object\"}");
        assertThat(Json.read(content(object)).path("simulated").asBoolean()).isTrue();
    }

    @Test
    void a_stop_word_ends_the_text_before_it() throws Exception {
        JsonNode answer = sim.chat(user("hi"), ",\"stop\":[\"nowhere\",\"deterministic\"]");

        assertThat(content(answer)).isEqualTo("[simulator] You asked: \"hi\". I am a ");
        assertThat(finish(answer)).isEqualTo("stop");
    }

    @Test
    void an_answer_that_is_too_long_is_cut_with_reason_length() throws Exception {
        JsonNode answer = sim.chat(user("hi"), ",\"max_tokens\":3");

        assertThat(content(answer)).isEqualTo("[simulator] You asked: ");
        assertThat(finish(answer)).isEqualTo("length");
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(3);
        assertThat(finish(sim.chat(user("hi"), ",\"max_tokens\":3,\"stop\":\"asked\"")))
                .isEqualTo("stop");
    }

    @Test
    void each_of_n_choices_is_there_and_counted() throws Exception {
        int one = sim.chat(user("hi"), "").path("usage").path("completion_tokens").asInt();
        JsonNode answer = sim.chat(user("hi"), ",\"n\":3");

        assertThat(answer.path("choices")).hasSize(3);
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(3 * one);
        List<JsonNode> chunks =
                sim.stream(user("hi"), ",\"n\":2,\"stream_options\":{\"include_usage\":true}");
        assertThat(chunks)
                .filteredOn(c ->
                        c.path("choices").path(0).path("finish_reason").asText().equals("stop"))
                .extracting(c -> c.path("choices").path(0).path("index").asInt())
                .containsExactly(0, 1);
        assertThat(chunks.getLast().path("choices")).isEmpty();
        assertThat(chunks.getLast().path("usage").path("completion_tokens").asInt())
                .isEqualTo(2 * one);
    }

    @Test
    void usage_is_streamed_only_if_it_is_asked_for() throws Exception {
        assertThat(sim.stream(user("hi"), "")).noneMatch(chunk -> chunk.has("usage"));
        JsonNode usage =
                sim.stream(user("hi you"), ",\"stream_options\":{\"include_usage\":true}")
                        .getLast()
                        .path("usage");
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(5);
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(5 + usage.path("completion_tokens").asInt());
    }

    @Test
    void thoughts_come_with_an_effort() throws Exception {
        JsonNode message = sim.message(user("hi"), ",\"reasoning_effort\":\"low\"");

        assertThat(message.path("reasoning_content").asText()).contains("simulated");
        assertThat(sim.message(user("hi"), "").has("reasoning_content")).isFalse();
    }

    private static String content(JsonNode answer) {
        return answer.path("choices").path(0).path("message").path("content").asText();
    }

    private static String finish(JsonNode answer) {
        return answer.path("choices").path(0).path("finish_reason").asText();
    }
}
