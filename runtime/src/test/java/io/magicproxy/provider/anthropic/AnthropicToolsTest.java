package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.anthropic.Anthropic.body;
import static io.magicproxy.provider.anthropic.Anthropic.json;
import static io.magicproxy.provider.anthropic.Anthropic.notes;
import static io.magicproxy.provider.anthropic.Anthropic.refused;
import static io.magicproxy.provider.anthropic.Anthropic.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicToolsTest {
    private static final String TOOLS =
            "'tools':[{'type':'function','function':{'name':'z'}},{'type':'function','function':{'name':'a'}}]";

    private static String tool(String function) {
        return with("'tools':[{'type':'function','function':" + function + "}]");
    }

    @Test
    void tools_keep_their_order_and_the_order_of_their_fields() {
        assertThat(
                        Json.text(
                                body(with(
                                                """
                                                'tools':[{'type':'function','function':{'name':'z','description':'d',
                                                  'parameters':{'properties':{'b':{},'a':{}},'type':'object','required':['b']}},
                                                  'cache_control':{'type':'ephemeral'},'defer_loading':true,'x':1},
                                                 {'type':'function','function':{'name':'a'}}]\
                                                """))
                                        .path("tools")))
                .isEqualTo(
                        Json.text(
                                json(
                                        """
                                        [{'name':'z','description':'d',
                                          'input_schema':{'properties':{'b':{},'a':{}},'type':'object','required':['b']},
                                          'cache_control':{'type':'ephemeral'},'defer_loading':true},
                                         {'name':'a','input_schema':{'type':'object','properties':{}}}]\
                                        """)));
    }

    @Test
    void a_mark_for_the_cache_counts_inside_the_function_too() {
        JsonNode wire =
                body(with(
                                """
                                'tools':[{'type':'function','function':{'name':'z','cache_control':{'type':'ephemeral'}}},
                                 {'type':'function','cache_control':{'type':'ephemeral','ttl':'1h'},
                                  'function':{'name':'a','cache_control':{'type':'ephemeral'}}}]\
                                """))
                        .path("tools");
        assertThat(wire.at("/0/cache_control")).isEqualTo(json("{'type':'ephemeral'}"));
        assertThat(wire.at("/1/cache_control/ttl").textValue()).isEqualTo("1h");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'tool_choice':'auto' | {'type':'auto'}",
                "'tool_choice':'none','parallel_tool_calls':false | {'type':'none'}",
                "'tool_choice':'required' | {'type':'any'}",
                "'tool_choice':{'type':'function','function':{'name':'a'}} | {'type':'tool','name':'a'}",
                "'parallel_tool_calls':false | {'type':'auto','disable_parallel_tool_use':true}",
                "'tool_choice':'required','parallel_tool_calls':false | {'type':'any','disable_parallel_tool_use':true}",
            },
            quoteCharacter = '`')
    void the_choice_of_a_tool_is_translated(String asked, String sent) {
        assertThat(body(with(TOOLS + "," + asked)).path("tool_choice")).isEqualTo(json(sent));
    }

    @Test
    void nothing_is_said_about_tools_unasked_or_without_any() {
        assertThat(body(with(TOOLS)).has("tool_choice")).isFalse();
        assertThat(
                        body(with("'parallel_tool_calls':false,'tool_choice':'none'"))
                                .has("tool_choice"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"claude-opus-5-5", "claude-fable-5-1", "claude-haiku-5-5"})
    void a_model_that_cannot_be_forced_is_asked(String model) {
        String request = with(TOOLS + ",'tool_choice':{'type':'function','function':{'name':'a'}}");
        JsonNode body = body(request, model);
        assertThat(body.path("tool_choice")).isEqualTo(json("{'type':'auto'}"));
        assertThat(body.at("/system/0/text").textValue())
                .isEqualTo("Call the tool a before you answer.");
        assertThat(notes(request, model)).hasSize(1).first().asString().startsWith("tool_choice:");
    }

    @Test
    void a_strict_tool_is_held_to_its_schema() {
        JsonNode tool =
                body(tool(
                                """
                                {'name':'f','strict':true,'parameters':{'type':'object','properties':{'a':{'type':'object','properties':{}}}}}\
                                """))
                        .at("/tools/0");
        assertThat(tool.path("strict").booleanValue()).isTrue();
        assertThat(tool.at("/input_schema/properties/a/additionalProperties"))
                .isEqualTo(json("false"));
    }

    @Test
    void a_strict_tool_that_takes_anything_is_sent_as_a_plain_one() {
        String request =
                tool(
                        "{'name':'f','strict':true,'parameters':{'type':'object','additionalProperties':true}}");
        assertThat(Json.text(body(request).at("/tools/0")))
                .isEqualTo(
                        Json.text(
                                json(
                                        "{'name':'f','input_schema':{'type':'object','additionalProperties':true}}")));
        assertThat(notes(request, Anthropic.SONNET_4_6)).hasSize(1);
        assertThat(
                        body(tool("{'name':'f','strict':true}"), "claude-3-haiku-20240307")
                                .at("/tools/0"))
                .isEqualTo(json("{'name':'f','input_schema':{'type':'object','properties':{}}}"));
    }

    @Test
    void anthropics_own_tools_come_in_the_extra_body() {
        assertThat(
                        body(with(
                                        TOOLS
                                                + ",'extra_body':{'tools':[{'type':'web_search_20260318','name':'web_search'}]}"))
                                .path("tools"))
                .hasSize(3);
    }

    @Test
    void openais_old_functions_are_refused_with_the_remedy() {
        assertThat(refused(with("'functions':[{'name':'f'}]")).message())
                .isEqualTo("functions is OpenAI's old form; send them as tools");
    }
}
