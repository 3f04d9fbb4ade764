package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.anthropic.Anthropic.SONNET_4_6;
import static io.magicproxy.provider.anthropic.Anthropic.body;
import static io.magicproxy.provider.anthropic.Anthropic.json;
import static io.magicproxy.provider.anthropic.Anthropic.notes;
import static io.magicproxy.provider.anthropic.Anthropic.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFormTest {
    private static String format(String schema) {
        return with(
                "'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':"
                        + schema
                        + "}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'object','properties':{'a':{'type':'string'}},'required':['a']} | {'type':'object','properties':{'a':{'type':'string'}},'required':['a'],'additionalProperties':false}",
                "{'$schema':'x','type':'integer','maximum':3,'description':'d'} | {'type':'integer','description':'d\\n\\n{maximum: 3}'}",
                "{'oneOf':[{'type':'string','minLength':1},{'$ref':'#/$defs/A'}],'$defs':{'A':{'const':1}}} | {'anyOf':[{'type':'string','description':'{minLength: 1}'},{'$ref':'#/$defs/A'}],'$defs':{'A':{'const':1}}}",
                "{'description':'d','allOf':[{'$ref':'#/$defs/A'}],'$defs':{'A':{'const':1}}} | {'description':'d','$ref':'#/$defs/A','$defs':{'A':{'const':1}}}",
                "{'type':'array','minItems':1,'items':{'type':'string','format':'uuid'}} | {'type':'array','minItems':1,'items':{'type':'string','format':'uuid'}}",
                "{'type':'array','minItems':2,'items':{'format':'phone'}} | {'type':'array','items':{'description':'{format: \\'phone\\'}'},'description':'{minItems: 2}'}",
            })
    void a_schema_becomes_one_that_anthropic_enforces(String asked, String sent) {
        JsonNode form = body(format(asked)).at("/output_config/format");
        assertThat(form.path("type").textValue()).isEqualTo("json_schema");
        assertThat(Json.text(form.path("schema")))
                .isEqualTo(Json.text(json(sent.replace("\\'", "\\\""))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'object'}",
                "{'type':'object','properties':{'m':{'type':'object','additionalProperties':{'type':'string'}}}}",
                "{'type':'object','properties':{},'patternProperties':{'^x':{}}}",
                "{'type':'object','properties':{'next':{'$ref':'#'}}}",
                "{'$ref':'#/$defs/A','$defs':{'A':{'type':'object','properties':{'b':{'$ref':'#/$defs/B'}}},"
                        + "'B':{'type':'array','items':{'$ref':'#/$defs/A'}}}}",
                "{'$ref':'https://example.com/schema.json'}",
                "{'allOf':[{'$ref':'#/$defs/A'},{'type':'object','properties':{}}],'$defs':{'A':{'type':'object','properties':{}}}}",
            })
    void objects_of_any_names_and_references_in_circles_are_asked_for_in_words(String schema) {
        JsonNode body = body(format(schema));
        assertThat(body.has("output_config")).isFalse();
        assertThat(body.at("/system/0/text").textValue()).contains(Json.text(json(schema)));
        assertThat(notes(format(schema), SONNET_4_6)).hasSize(1);
    }

    @Test
    void an_older_model_is_asked_in_words() {
        assertThat(
                        body(format("{'type':'object','properties':{}}"), "claude-3-haiku-20240307")
                                .at("/system/0/text")
                                .textValue())
                .contains("JSON Schema");
    }

    @Test
    void any_json_object_is_asked_for_after_the_callers_instructions() {
        JsonNode system =
                body("{'model':'m','response_format':{'type':'json_object'},'messages':[{'role':'system','content':'s'},{'role':'user','content':'u'}]}")
                        .path("system");
        assertThat(system).hasSize(2);
        assertThat(system.at("/1/text").textValue()).startsWith("Answer with one JSON object");
    }

    @Test
    void plain_text_needs_no_word() {
        assertThat(body(with("'response_format':{'type':'text'}")).has("system")).isFalse();
    }
}
