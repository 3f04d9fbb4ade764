package io.magicproxy.provider.simulator;

import static io.magicproxy.provider.simulator.Sim.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The request's own tools: which one, with what, and what comes after. */
class NativeToolsTest {
    private static final String TOOLS =
            """
            ,"tools":[
            {"type":"function","function":{"name":"get_weather","description":"Current weather of a city","parameters":
              {"type":"object","required":["city","unit","days","detail"],"properties":{"city":{"type":"string"},
               "unit":{"enum":["celsius","fahrenheit"]},"days":{"type":"integer","minimum":1,"maximum":7},
               "detail":{"type":["string","null"]},"note":{"type":"string"}}}}},
            {"type":"function","function":{"name":"evaluate","description":"Evaluates arithmetic","parameters":
              {"type":"object","required":["formula"],"properties":{"formula":{"type":"string"}}}}},
            {"type":"function","function":{"name":"clock","description":"What time it is"}},
            {"type":"function","function":{"name":"search_web","description":"Searches","parameters":
              {"type":"object","required":["query"],"properties":{"query":{"type":"string"},"limit":{"type":"integer"}}}}}]\
            """;

    private final Sim sim;

    NativeToolsTest() throws Exception {
        this.sim = new Sim();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Weather in New York in fahrenheit for 3 days? | {\"tool\":\"get_weather\",\"city\":\"New York\",\"unit\":\"fahrenheit\",\"days\":3,\"detail\":null}",
                "What is 6 * 7? | {\"tool\":\"evaluate\",\"formula\":\"6 * 7\"}",
                "What time is it? | {\"tool\":\"clock\"}",
                "Who was Ada Lovelace? | {\"tool\":\"search_web\",\"query\":\"Who was Ada Lovelace?\"}",
                "Please use search_web for 2 things | {\"tool\":\"search_web\",\"query\":\"Please use search_web for 2 things\",\"limit\":2}",
            })
    void the_fitting_tool_is_called_with_what_the_question_tells(String question, String call)
            throws Exception {
        assertThat(sim.toolCall(question, TOOLS)).isEqualTo(Json.read(call));
    }

    @Test
    void what_must_be_there_and_is_not_told_is_made_by_the_schema() throws Exception {
        JsonNode call = sim.toolCall("How is the weather?", TOOLS);

        assertThat(call.path("unit").asText()).isEqualTo("celsius");
        assertThat(call.path("days").asInt()).isBetween(1, 7);
        assertThat(call.path("city").isTextual()).isTrue();
        assertThat(call.has("note")).isFalse();
    }

    @Test
    void small_talk_calls_nothing() throws Exception {
        JsonNode message = sim.message(user("Good morning!"), TOOLS);

        assertThat(message.has("tool_calls")).isFalse();
        assertThat(message.path("content").asText()).startsWith("[simulator]");
    }

    @Test
    void the_caller_s_tool_choice_is_obeyed() throws Exception {
        String required = TOOLS + ",\"tool_choice\":\"required\"";
        JsonNode none = sim.message(user("What is 6 * 7?"), TOOLS + ",\"tool_choice\":\"none\"");

        assertThat(none.has("tool_calls")).isFalse();
        assertThat(sim.toolCall("What is 6 * 7?", required).path("tool").asText())
                .isEqualTo("evaluate");
        assertThat(sim.toolCall("Good morning!", required).path("tool").asText())
                .isEqualTo("get_weather");
        assertThat(sim.toolCall("What is 6 * 7?", TOOLS + named("clock")))
                .isEqualTo(Json.object().put("tool", "clock"));
    }

    @Test
    void a_choice_that_no_tool_meets_is_the_caller_s_fault() {
        assertThat(fault(TOOLS + named("clok")).message())
                .isEqualTo("tool_choice names \"clok\", which is not among tools");
        assertThat(fault(",\"tool_choice\":\"required\"").failureClass())
                .isEqualTo(FailureClass.CALLER_FAULT);
    }

    @Test
    void what_the_tools_answered_is_in_the_answer() throws Exception {
        JsonNode answer =
                sim.chat(
                        """
                        [{"role":"user","content":"What is 6 * 7?"},
                         {"role":"assistant","content":null,"tool_calls":[
                          {"id":"c1","type":"function","function":{"name":"evaluate","arguments":"{}"}},
                          {"id":"c2","type":"function","function":{"name":"clock","arguments":"{}"}}]},
                         {"role":"tool","tool_call_id":"c1","content":"42"},
                         {"role":"tool","tool_call_id":"c2","content":"noon"}]\
                        """,
                        TOOLS);

        JsonNode choice = answer.path("choices").path(0);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(choice.path("message").path("content").asText())
                .contains("42; noon")
                .contains("What is 6 * 7?");
    }

    @Test
    void a_streamed_call_comes_in_pieces_that_make_the_same() throws Exception {
        String question = "Who was Ada Lovelace?";
        StringBuilder arguments = new StringBuilder();
        String name = "";
        String finish = "";
        int pieces = 0;
        for (JsonNode chunk : sim.stream(user(question), TOOLS)) {
            JsonNode choice = chunk.path("choices").path(0);
            JsonNode function = choice.path("delta").path("tool_calls").path(0).path("function");
            name += function.path("name").asText();
            String piece = function.path("arguments").asText();
            arguments.append(piece);
            pieces += piece.isEmpty() ? 0 : 1;
            finish = choice.path("finish_reason").asText(finish);
        }

        assertThat(name).isEqualTo("search_web");
        assertThat(pieces).isGreaterThan(1);
        assertThat(Json.read(arguments.toString()).path("query").asText()).isEqualTo(question);
        assertThat(finish).isEqualTo("tool_calls");
    }

    private ProviderFailure fault(String more) {
        return catchThrowableOfType(
                        ProviderException.class, () -> sim.chat(user("What is 6 * 7?"), more))
                .failure();
    }

    private static String named(String tool) {
        return ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"" + tool + "\"}}";
    }
}
