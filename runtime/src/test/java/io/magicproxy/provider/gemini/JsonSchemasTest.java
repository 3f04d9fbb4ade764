package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonSchemasTest {
    private static JsonNode translated(String schema) {
        try {
            // Through text, as it is sent: a tree tells 1 from a decimal 1.
            return json(Json.text(JsonSchemas.translate("schema", (ObjectNode) json(schema))));
        } catch (ProviderException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"$schema":"x","type":"object","$comment":"c","examples":[1]} | {"type":"object"}
                    {"type":["string","null"]}                    | {"type":["string","null"]}
                    {"type":"string","nullable":true}             | {"type":["string","null"]}
                    {"const":"a"}                                 | {"enum":["a"],"type":"string"}
                    {"const":3}                                   | {"enum":[3],"type":"integer"}
                    {"const":true}                                | {"type":"boolean"}
                    {"enum":["a",null,true,2]}                    | {"enum":["a",2]}
                    {"oneOf":[{"type":"string"},{"type":"null"}]} | {"anyOf":[{"type":"string"},{"type":"null"}]}
                    {"anyOf":[{"required":["a"]},{"not":{}}]}     | {}
                    {"type":"integer","exclusiveMinimum":0}       | {"type":"integer","minimum":1}
                    {"type":"integer","exclusiveMaximum":2.5}     | {"type":"integer","maximum":2}
                    {"type":"number","exclusiveMinimum":0.5}      | {"type":"number","minimum":0.5}
                    {"minimum":1,"exclusiveMinimum":true}         | {"minimum":1}
                    {"type":"string","format":"date-time"}        | {"type":"string","format":"date-time"}
                    {"type":"string","format":"email"}            | {"type":"string","description":"format: email"}
                    {"description":"To","format":"email"}         | {"description":"To (format: email)"}
                    {"format":"email","description":"To"}         | {"description":"To (format: email)"}
                    {"items":true}                                | {"items":{}}
                    {"items":[{"type":"string"}]}                 | {"prefixItems":[{"type":"string"}]}
                    {"additionalProperties":false}                | {"additionalProperties":false}
                    {"additionalProperties":{"const":1}}          | {"additionalProperties":{"enum":[1],"type":"integer"}}
                    {"required":["a"]}                            | {}
                    {"uniqueItems":true,"multipleOf":2,"if":{}}   | {}
                    """)
    void says_it_in_geminis_words(String given, String expected) {
        assertThat(translated(given)).isEqualTo(json(expected));
    }

    @Test
    void properties_named_like_keywords_are_properties() {
        assertThat(
                        translated(
                                """
                                {"type":"object","properties":{"const":{"type":"string"},"$ref":{"type":"string"},
                                 "examples":{"type":"string"}},"required":["const","gone","examples"]}\
                                """))
                .isEqualTo(
                        json(
                                """
                                {"type":"object","properties":{"const":{"type":"string"},"$ref":{"type":"string"},
                                 "examples":{"type":"string"}},"required":["const","examples"]}\
                                """));
    }

    @Test
    void references_are_put_in_where_they_stand() {
        assertThat(
                        translated(
                                """
                                {"type":"object","properties":{
                                   "a":{"$ref":"#/$defs/A","description":"Mine"},
                                   "b":{"type":"array","items":{"$ref":"#/properties/a"}},
                                   "c":{"$ref":"https://example.com/far","description":"Far"},
                                   "d":{"$ref":"#/definitions/gone"}},
                                 "$defs":{"A":{"type":"string","description":"Any","title":"A"}}}\
                                """))
                .isEqualTo(
                        json(
                                """
                                {"type":"object","properties":{
                                   "a":{"description":"Mine","type":"string"},
                                   "b":{"type":"array","items":{"description":"Mine","type":"string"}},
                                   "c":{"description":"Far"},
                                   "d":{}}}\
                                """));
    }

    @Test
    void a_circle_stays_a_reference_to_a_definition() {
        assertThat(
                        translated(
                                """
                                {"type":"object","properties":{"tree":{"$ref":"#/definitions/Node"}},
                                 "definitions":{"Node":{"type":"object","properties":{
                                   "next":{"$ref":"#/definitions/Node","description":"Next"},
                                   "up":{"$ref":"#"}}}}}\
                                """))
                .isEqualTo(
                        json(
                                """
                                {"type":"object",
                                 "properties":{"tree":{"type":"object","properties":{
                                   "next":{"$ref":"#/$defs/Node"},
                                   "up":{"type":"object","properties":{"tree":{"$ref":"#/$defs/Node"}}}}}},
                                 "$defs":{"Node":{"type":"object","properties":{
                                   "next":{"$ref":"#/$defs/Node"},
                                   "up":{"type":"object","properties":{"tree":{"$ref":"#/$defs/Node"}}}}}}}\
                                """));
    }

    @Test
    void all_of_is_folded_into_one() {
        assertThat(
                        translated(
                                """
                                {"allOf":[{"$ref":"#/$defs/A"},{"properties":{"c":{"type":"string"}},"required":["c"]}],
                                 "properties":{"d":{"type":"string"}},"required":["d"],
                                 "$defs":{"A":{"type":"object","properties":{"b":{"type":"string"}},"required":["b"]}}}\
                                """))
                .isEqualTo(
                        json(
                                """
                                {"properties":{"d":{"type":"string"},"b":{"type":"string"},"c":{"type":"string"}},
                                 "required":["d","b","c"],"type":"object"}\
                                """));
    }

    @Test
    void a_schema_of_nothing_but_itself_says_nothing() {
        assertThat(translated("{\"$ref\":\"#\"}")).isEqualTo(json("{}"));
        assertThat(translated("{\"allOf\":[{\"$ref\":\"#\"},{\"type\":\"string\"}]}"))
                .isEqualTo(json("{\"type\":\"string\"}"));
    }

    @Test
    void the_order_of_fields_stays_and_the_callers_schema_is_not_touched() {
        String schema =
                "{\"type\":\"object\",\"properties\":{\"z\":{\"allOf\":[{\"type\":\"string\"}],\"minLength\":1},"
                        + "\"a\":{\"type\":\"number\"}},\"required\":[\"z\"]}";
        ObjectNode given = (ObjectNode) json(schema);
        String out = Json.text(translated(schema));
        assertThat(out)
                .isEqualTo(
                        "{\"type\":\"object\",\"properties\":{\"z\":{\"minLength\":1,\"type\":\"string\"},"
                                + "\"a\":{\"type\":\"number\"}},\"required\":[\"z\"]}");
        translated(Json.text(given));
        assertThat(Json.text(given)).isEqualTo(schema);
    }

    @Test
    void a_deep_or_exploding_schema_is_the_callers_fault() {
        String deep = "{\"items\":".repeat(100) + "{}" + "}".repeat(100);
        refuses(deep);
        StringBuilder bomb =
                new StringBuilder("{\"allOf\":[{\"$ref\":\"#/$defs/d0\"},{}],\"$defs\":{");
        for (int i = 0; i < 60; i++) {
            String next = "{\"$ref\":\"#/$defs/d" + (i + 1) + "\"}";
            bomb.append("\"d%d\":{\"allOf\":[%s,%s,%s]},".formatted(i, next, next, next));
        }
        refuses(bomb + "\"d60\":{\"type\":\"string\"}}}");
    }

    private static void refuses(String schema) {
        var failure =
                Gemini.failure(() -> JsonSchemas.translate("here", (ObjectNode) json(schema)));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.param()).contains("here");
    }
}
