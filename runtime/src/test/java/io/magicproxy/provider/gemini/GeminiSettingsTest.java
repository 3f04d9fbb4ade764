package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.body;
import static io.magicproxy.provider.gemini.Gemini.json;
import static io.magicproxy.provider.gemini.Gemini.refused;
import static io.magicproxy.provider.gemini.Gemini.translate;
import static io.magicproxy.provider.gemini.Gemini.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiSettingsTest {
    private static JsonNode config(String fields) {
        return body(with(fields)).path("generationConfig");
    }

    private static JsonNode thinking(String fields, String model) {
        return translate(with(fields), model).body().at("/generationConfig/thinkingConfig");
    }

    @Test
    void sampling_has_geminis_names_and_keeps_its_digits() {
        assertThat(
                        Json.text(
                                config(
                                        """
                                        "temperature":0.70,"top_p":0.9,"top_k":40,"max_completion_tokens":10,
                                        "stop":["a","b"],"n":2,"seed":7,"presence_penalty":0.1,
                                        "frequency_penalty":0.2,"logprobs":true,"top_logprobs":3\
                                        """)))
                .isEqualTo(
                        "{\"temperature\":0.70,\"topP\":0.9,\"maxOutputTokens\":10,\"stopSequences\":[\"a\",\"b\"],"
                                + "\"candidateCount\":2,\"seed\":7,\"presencePenalty\":0.1,\"frequencyPenalty\":0.2,"
                                + "\"responseLogprobs\":true,\"logprobs\":3,\"topK\":40}");
    }

    @Test
    void nothing_asked_nothing_sent() {
        assertThat(Json.text(body(with("\"n\":1"))))
                .isEqualTo("{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hi\"}]}]}");
    }

    @Test
    void a_long_seed_is_folded_into_32_bits_the_same_each_time() {
        JsonNode seed = config("\"seed\":123456789012345").path("seed");
        assertThat(seed.isInt()).isTrue();
        assertThat(config("\"seed\":123456789012345").path("seed")).isEqualTo(seed);
    }

    @Test
    void logprobs_in_a_stream_are_left_out_with_a_note() throws ProviderException {
        var translation =
                new GeminiCodec()
                        .translate(
                                Gemini.request(with("\"logprobs\":true")),
                                Gemini.target(Gemini.FLASH_2_5),
                                true);
        assertThat(translation.body().has("generationConfig")).isFalse();
        assertThat(translation.notes()).singleElement().asString().startsWith("logprobs");
    }

    @Test
    void a_response_format_becomes_mime_type_and_schema() {
        assertThat(config("\"response_format\":{\"type\":\"json_object\"}"))
                .isEqualTo(json("{\"responseMimeType\":\"application/json\"}"));
        assertThat(
                        config(
                                """
                                "response_format":{"type":"json_schema","json_schema":{"name":"x","strict":true,
                                  "schema":{"type":"object","properties":{"a":{"const":1}},"additionalProperties":false}}}\
                                """))
                .isEqualTo(
                        json(
                                """
                                {"responseMimeType":"application/json","responseJsonSchema":{"type":"object",
                                 "properties":{"a":{"enum":[1],"type":"integer"}},"additionalProperties":false}}\
                                """));
        assertThat(body(with("\"response_format\":{\"type\":\"text\"}")).has("generationConfig"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "none, gemini-2.5-flash, '{\"thinkingBudget\":0}'",
        "none, gemini-2.5-pro, '{\"thinkingBudget\":128}'",
        "minimal, gemini-2.5-flash, '{\"includeThoughts\":true,\"thinkingBudget\":1024}'",
        "low, gemini-2.5-pro, '{\"includeThoughts\":true,\"thinkingBudget\":1024}'",
        "medium, models/gemini-2.5-flash, '{\"includeThoughts\":true,\"thinkingBudget\":8192}'",
        "high, gemini-2.5-flash-lite, '{\"includeThoughts\":true,\"thinkingBudget\":24576}'",
        "none, gemini-3-flash-preview, '{\"thinkingLevel\":\"MINIMAL\"}'",
        "minimal, gemini-3.1-pro-preview, '{\"includeThoughts\":true,\"thinkingLevel\":\"LOW\"}'",
        "minimal, gemini-3.5-flash, '{\"includeThoughts\":true,\"thinkingLevel\":\"MINIMAL\"}'",
        "medium, gemini-3.1-pro-preview, '{\"includeThoughts\":true,\"thinkingLevel\":\"MEDIUM\"}'",
        "medium, gemini-3-pro-preview, '{\"includeThoughts\":true,\"thinkingLevel\":\"HIGH\"}'",
        "xhigh, gemini-flash-latest, '{\"includeThoughts\":true,\"thinkingLevel\":\"HIGH\"}'",
        "low, gemini-10-flash, '{\"includeThoughts\":true,\"thinkingLevel\":\"LOW\"}'"
    })
    void an_effort_becomes_a_budget_or_a_level(String effort, String model, String expected) {
        assertThat(thinking("\"reasoning_effort\":\"" + effort + "\"", model))
                .isEqualTo(json(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemini-2.0-flash", "gemini-1.5-pro", "gemma-3-27b-it"})
    void a_model_that_does_not_think_is_not_told_to(String model) {
        var translation = translate(with("\"reasoning_effort\":\"low\""), model);
        assertThat(translation.body().has("generationConfig")).isFalse();
        assertThat(translation.notes()).singleElement().asString().contains("reasoning_effort");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "thinking":{"type":"enabled","budget_tokens":2000}     | {"includeThoughts":true,"thinkingBudget":2000}
                    "thinking":{"type":"disabled"}                         | {"thinkingBudget":0}
                    "thinking":{"type":"adaptive"}                         | {"includeThoughts":true,"thinkingBudget":-1}
                    "reasoning":{"effort":"low"}                           | {"includeThoughts":true,"thinkingBudget":1024}
                    "reasoning":{"max_tokens":99,"exclude":true}           | {"thinkingBudget":99}
                    "reasoning":{"enabled":false}                          | {"thinkingBudget":0}
                    "thinking_config":{"thinking_budget":5},"reasoning_effort":"low" | {"thinkingBudget":5}
                    "extra_body":{"google":{"thinking_config":{"include_thoughts":true}}} | {"includeThoughts":true}
                    "generation_config":{"thinking_config":{"thinking_budget":6}},"reasoning_effort":"low" | {"thinkingBudget":6}
                    """)
    void other_ways_to_ask_for_thought_are_understood(String fields, String expected) {
        var translation = translate(with(fields), Gemini.FLASH_2_5);
        assertThat(translation.body().at("/generationConfig/thinkingConfig"))
                .isEqualTo(json(expected));
        assertThat(translation.notes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"reasoning_effort\":\"huge\"",
                "\"reasoning_effort\":3",
                "\"thinking\":{\"type\":\"perhaps\"}",
                "\"thinking_config\":5",
                "\"generation_config\":[]",
                "\"safety_settings\":{}",
                "\"safety_settings\":[1]",
                "\"google_tools\":[1]"
            })
    void nonsense_is_the_callers_fault(String fields) {
        var failure = refused(with(fields));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.param()).isPresent();
    }

    @Test
    void safety_settings_are_read_in_both_spellings() {
        String settings =
                "[{\"category\":\"HARM_CATEGORY_HARASSMENT\",\"threshold\":\"BLOCK_NONE\"}]";
        for (String name : new String[] {"safety_settings", "safetySettings"}) {
            assertThat(body(with("\"" + name + "\":" + settings)).path("safetySettings"))
                    .isEqualTo(json(settings));
        }
    }

    @Test
    void a_cache_and_native_settings_are_passed() {
        JsonNode body =
                body(
                        with(
                                """
                                "cached_content":"cachedContents/1","media_resolution":"MEDIA_RESOLUTION_LOW",
                                "modalities":["text","image"],"service_tier":"flex"\
                                """));
        assertThat(body.path("cachedContent").asText()).isEqualTo("cachedContents/1");
        assertThat(body.path("serviceTier").asText()).isEqualTo("flex");
        assertThat(body.path("generationConfig"))
                .isEqualTo(
                        json(
                                """
                                {"responseModalities":["TEXT","IMAGE"],"mediaResolution":"MEDIA_RESOLUTION_LOW"}\
                                """));
    }

    @Test
    void labels_go_to_vertex_only() throws ProviderException {
        var request = Gemini.request(with("\"labels\":{\"team\":\"a\"}"));
        var here = new GeminiCodec().translate(request, Gemini.target(Gemini.FLASH_3), false);
        assertThat(here.body().has("labels")).isFalse();
        assertThat(here.notes()).hasSize(1);
        var vertex =
                new GeminiCodec()
                        .translate(
                                request,
                                Gemini.target(
                                        Gemini.FLASH_3,
                                        "https://aiplatform.googleapis.com/v1/publishers/google"),
                                false);
        assertThat(vertex.body().path("labels")).isEqualTo(json("{\"team\":\"a\"}"));
    }

    @Test
    void fields_that_gemini_would_refuse_are_dropped_with_a_note() {
        var translation =
                translate(
                        with("\"user\":\"u\",\"logit_bias\":{},\"store\":false,\"metadata\":null"),
                        Gemini.FLASH_2_5);
        assertThat(translation.body().size()).isEqualTo(1);
        assertThat(translation.notes())
                .containsExactly(
                        "user: Gemini has no such field",
                        "logit_bias: Gemini has no such field",
                        "store: Gemini has no such field");
    }

    @Test
    void what_extra_body_names_is_merged_in() {
        JsonNode body =
                body(
                        with(
                                """
                                "temperature":0.5,"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"auto",
                                "extra_body":{"generation_config":{"temperature":0.1,"topK":3},
                                  "tool_config":{"includeServerSideToolInvocations":true},
                                  "tools":[{"urlContext":{}}],"google":{"newThing":1}}\
                                """));
        assertThat(body.path("generationConfig"))
                .isEqualTo(json("{\"temperature\":0.1,\"topK\":3}"));
        assertThat(body.path("toolConfig"))
                .isEqualTo(
                        json(
                                """
                                {"functionCallingConfig":{"mode":"AUTO"},"includeServerSideToolInvocations":true}\
                                """));
        assertThat(body.path("tools"))
                .isEqualTo(
                        json(
                                "[{\"functionDeclarations\":[{\"name\":\"f\"}]},{\"urlContext\":{}}]"));
        assertThat(body.path("newThing").asInt()).isEqualTo(1);
    }

    @Test
    void tools_become_declarations_in_their_order() {
        JsonNode tools =
                body(with(
                                """
                                "tools":[
                                 {"type":"function","function":{"name":"b","description":"B",
                                   "parameters":{"type":"object","properties":{"x":{"type":"string"}},"$schema":"s"}}},
                                 {"type":"function","function":{"name":"a","parameters":{"type":"object","properties":{}}}},
                                 {"type":"function","function":{"name":"c","parameters":{"properties":{"y":{}}}}}],
                                "google_tools":[{"google_search":{}}]\
                                """))
                        .path("tools");
        assertThat(tools)
                .isEqualTo(
                        json(
                                """
                                [{"functionDeclarations":[
                                   {"name":"b","description":"B","parametersJsonSchema":{"type":"object","properties":{"x":{"type":"string"}}}},
                                   {"name":"a"},
                                   {"name":"c","parametersJsonSchema":{"properties":{"y":{}},"type":"object"}}]},
                                 {"googleSearch":{}}]\
                                """));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"auto\"', '{\"mode\":\"AUTO\"}'",
        "'\"none\"', '{\"mode\":\"NONE\"}'",
        "'\"required\"', '{\"mode\":\"ANY\"}'",
        "'{\"type\":\"function\",\"function\":{\"name\":\"f\"}}', '{\"mode\":\"ANY\",\"allowedFunctionNames\":[\"f\"]}'"
    })
    void a_tool_choice_becomes_a_mode(String choice, String expected) {
        String tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],";
        assertThat(
                        body(with(tools + "\"tool_choice\":" + choice))
                                .at("/toolConfig/functionCallingConfig"))
                .isEqualTo(json(expected));
        // Without functions Gemini refuses to be told how to call them.
        assertThat(body(with("\"tool_choice\":" + choice)).has("toolConfig")).isFalse();
    }

    @Test
    void switches_that_gemini_lacks_are_noted() {
        assertThat(
                        translate(
                                        with(
                                                """
                                                "parallel_tool_calls":false,"tools":[{"type":"function",
                                                "function":{"name":"f","strict":true}}]\
                                                """),
                                        Gemini.FLASH_2_5)
                                .notes())
                .hasSize(2);
    }

    @Test
    void the_path_names_model_and_method() throws ProviderException {
        var request = Gemini.request(with("\"n\":1"));
        assertThat(new GeminiCodec().translate(request, Gemini.target("gemini-x"), false).path())
                .isEqualTo("/models/gemini-x:generateContent");
        assertThat(
                        new GeminiCodec()
                                .translate(request, Gemini.target("tunedModels/a b?c"), true)
                                .path())
                .isEqualTo("/tunedModels/a%20b%3Fc:streamGenerateContent?alt=sse");
        assertThat(new GeminiCodec().keyHeader().name()).isEqualTo("x-goog-api-key");
    }
}
