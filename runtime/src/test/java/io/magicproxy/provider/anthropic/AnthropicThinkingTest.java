package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.anthropic.Anthropic.body;
import static io.magicproxy.provider.anthropic.Anthropic.json;
import static io.magicproxy.provider.anthropic.Anthropic.notes;
import static io.magicproxy.provider.anthropic.Anthropic.refused;
import static io.magicproxy.provider.anthropic.Anthropic.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicThinkingTest {
    private static final String HAIKU_4_5 = "claude-haiku-4-5";

    private static final String FORCED =
            ",'tools':[{'type':'function','function':{'name':'f'}}],'tool_choice':'required'";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "claude-haiku-4-5 | medium | {'type':'enabled','budget_tokens':8192} | ``",
                "claude-haiku-4-5 | minimal | {'type':'enabled','budget_tokens':1024} | ``",
                "claude-haiku-4-5 | high | {'type':'enabled','budget_tokens':24576} | ``",
                "claude-sonnet-4-6 | low | {'type':'adaptive'} | low",
                "claude-sonnet-4-6 | xhigh | {'type':'adaptive'} | high",
                "claude-opus-4-7 | xhigh | {'type':'adaptive','display':'summarized'} | xhigh",
                "claude-opus-5 | minimal | {'type':'adaptive','display':'summarized'} | low",
                "claude-opus-4-8 | none | `` | ``",
                "claude-opus-5 | none | {'type':'disabled'} | ``",
                "claude-haiku-5-5 | none | {'type':'disabled'} | ``",
                "claude-sonnet-5-5 | none | {'type':'between_tools'} | ``",
                "claude-opus-5-5 | none | `` | low",
                "claude-fable-5 | none | `` | low",
                "claude-3-haiku-20240307 | high | `` | ``",
            })
    void an_effort_takes_the_form_that_the_model_knows(
            String model, String effort, String thinking, String sent) {
        JsonNode body = body(with("'reasoning_effort':'" + effort + "'"), model);
        assertThat(body.has("thinking")).isEqualTo(!thinking.isEmpty());
        if (!thinking.isEmpty()) {
            assertThat(body.path("thinking")).isEqualTo(json(thinking));
        }
        assertThat(body.at("/output_config/effort").asText()).isEqualTo(sent);
    }

    @Test
    void unasked_nothing_is_said_about_thinking() {
        assertThat(body(with("'n':1"), "claude-opus-5").has("thinking")).isFalse();
    }

    @Test
    void a_budget_leaves_half_of_max_tokens_for_the_answer() {
        assertThat(budget("'reasoning_effort':'high','max_tokens':8000")).isEqualTo(4000);
        assertThat(budget("'reasoning_effort':'high','max_tokens':1100")).isEqualTo(1024);
        String tiny = with("'reasoning_effort':'high','max_tokens':1024");
        assertThat(body(tiny, HAIKU_4_5).has("thinking")).isFalse();
        assertThat(notes(tiny, HAIKU_4_5))
                .containsExactly("reasoning_effort: thinking takes a max_tokens above 1024");
    }

    private static int budget(String fields) {
        return body(with(fields), HAIKU_4_5).at("/thinking/budget_tokens").intValue();
    }

    @Test
    void thinking_passes_as_given_and_wins() {
        JsonNode body =
                body(
                        with(
                                "'thinking':{'type':'enabled','budget_tokens':2000},'reasoning_effort':'high'"));
        assertThat(body.path("thinking"))
                .isEqualTo(json("{'type':'enabled','budget_tokens':2000}"));
        assertThat(body.at("/output_config/effort").textValue()).isEqualTo("high");
        assertThat(refused(with("'thinking':true")).param()).contains("thinking");
    }

    @Test
    void a_large_budget_without_max_tokens_gets_room_for_the_answer() {
        assertThat(
                        body(with("'thinking':{'type':'enabled','budget_tokens':64000}"), HAIKU_4_5)
                                .path("max_tokens")
                                .intValue())
                .isEqualTo(128_000);
    }

    @Test
    void openrouters_reasoning_is_read_too() {
        assertThat(budget("'reasoning':{'max_tokens':3000}")).isEqualTo(3000);
        assertThat(budget("'reasoning':{'effort':'low'}")).isEqualTo(1024);
        assertThat(budget("'reasoning':{'enabled':true}")).isEqualTo(8192);
        assertThat(body(with("'reasoning':{'enabled':false}"), "claude-opus-5").path("thinking"))
                .isEqualTo(json("{'type':'disabled'}"));
        assertThat(
                        body(with("'reasoning':{'max_tokens':3000}"), "claude-opus-5")
                                .path("output_config"))
                .isEqualTo(json("{'effort':'medium'}"));
    }

    @Test
    void an_unknown_effort_is_refused_with_the_known_ones() {
        assertThat(refused(with("'reasoning_effort':'very'")).message())
                .isEqualTo(
                        "reasoning_effort must be one of none, minimal, low, medium, high, xhigh, max");
    }

    @ParameterizedTest
    @CsvSource({"claude-haiku-4-5, false", "claude-sonnet-4-6, true", "claude-opus-5, true"})
    void a_forced_call_goes_before_thinking_where_both_exclude_each_other(
            String model, boolean thinks) {
        String request = with("'reasoning_effort':'low'" + FORCED);
        assertThat(body(request, model).has("thinking")).isEqualTo(thinks);
        assertThat(notes(request, model)).hasSize(thinks ? 0 : 1);
    }

    @Test
    void a_budget_is_not_asked_for_amid_tool_calls_without_thoughts() {
        String request =
                """
                {'model':'m','reasoning_effort':'low','messages':[{'role':'user','content':'a'},
                 {'role':'assistant','tool_calls':[{'id':'1','function':{'name':'f'}}]},
                 {'role':'tool','tool_call_id':'1','content':'x'}]}\
                """;
        assertThat(body(request, HAIKU_4_5).has("thinking")).isFalse();
        assertThat(notes(request, HAIKU_4_5)).hasSize(1);
        assertThat(body(request, "claude-sonnet-4-6").has("thinking")).isTrue();
        String thought =
                request.replace(
                        "'assistant',",
                        "'assistant','thinking_blocks':[{'type':'redacted_thinking','data':'d'}],");
        assertThat(body(thought, HAIKU_4_5).has("thinking")).isTrue();
    }
}
