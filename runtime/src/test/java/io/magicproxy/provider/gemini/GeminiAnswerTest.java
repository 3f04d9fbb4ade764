package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.decode;
import static io.magicproxy.provider.gemini.Gemini.failure;
import static io.magicproxy.provider.gemini.Gemini.json;
import static io.magicproxy.provider.gemini.Gemini.wire;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.FinishReason;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiAnswerTest {
    private static String answer(String parts, String reason) {
        return """
        {"responseId":"r1","candidates":[{"content":{"role":"model","parts":[%s]},"finishReason":"%s"}]}\
        """
                .formatted(parts, reason);
    }

    @Test
    void texts_are_joined_and_thoughts_stand_apart() throws ProviderException {
        JsonNode message =
                wire(answer(
                                """
                                {"text":"First ","thought":true},{"text":"Hel"},{"text":"then","thought":true},{"text":"lo"}\
                                """,
                                "STOP"))
                        .at("/choices/0/message");
        assertThat(message.path("content").asText()).isEqualTo("Hello");
        assertThat(message.path("reasoning_content").asText()).isEqualTo("First then");
    }

    @Test
    void id_model_and_time_come_from_gemini_or_the_gateway() throws ProviderException {
        var told = decode(answer("", "STOP").replace("{\"resp", "{\"modelVersion\":\"v9\",\"resp"));
        assertThat(told.id()).isEqualTo("r1");
        assertThat(told.model()).isEqualTo("v9");
        assertThat(told.created()).isEqualTo(Gemini.CONTEXT.created());
        var untold = decode("{\"candidates\":[{}]}");
        assertThat(untold.id()).isEqualTo(Gemini.CONTEXT.id());
        assertThat(untold.model()).isEqualTo(Gemini.FLASH_2_5);
    }

    @Test
    void tool_calls_keep_their_id_or_get_the_same_one_each_time() throws ProviderException {
        String reply =
                answer(
                        """
                        {"functionCall":{"name":"f","args":{"b":1,"a":2.50}}},{"functionCall":{"id":"x","name":"g"}},
                        {"functionCall":{"name":"h"}}\
                        """,
                        "STOP");
        JsonNode choice = wire(reply).at("/choices/0");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(choice.at("/message/content").isNull()).isTrue();
        assertThat(choice.at("/message/tool_calls"))
                .isEqualTo(
                        json(
                                """
                                [{"id":"call_r1_0","type":"function","function":{"name":"f","arguments":"{\\"b\\":1,\\"a\\":2.50}"}},
                                 {"id":"x","type":"function","function":{"name":"g","arguments":"{}"}},
                                 {"id":"call_r1_1","type":"function","function":{"name":"h","arguments":"{}"}}]\
                                """));
        String nameless = reply.replace("\"responseId\":\"r1\",", "");
        assertThat(wire(nameless)).isEqualTo(wire(nameless));
        assertThat(wire(nameless).at("/choices/0/message/tool_calls/0/id").asText())
                .startsWith("call_")
                .hasSizeLessThanOrEqualTo(40);
    }

    @Test
    void images_come_as_data_urls_and_drafts_of_thought_do_not() throws ProviderException {
        JsonNode message =
                wire(answer(
                                """
                                {"text":"Here:"},
                                {"inlineData":{"mimeType":"image/png","data":"DRAFT"},"thought":true},
                                {"inlineData":{"mimeType":"image/png","data":"AAAA"}}\
                                """,
                                "STOP"))
                        .at("/choices/0/message");
        assertThat(message.path("images"))
                .isEqualTo(
                        json(
                                """
                                [{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"},"index":0}]\
                                """));
    }

    @Test
    void code_and_sound_are_kept_and_go_back_as_they_came() throws ProviderException {
        String parts =
                """
                {"executableCode":{"language":"PYTHON","code":"1+1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK"}},
                {"inlineData":{"mimeType":"audio/pcm","data":"AAAA"}}\
                """;
        JsonNode message =
                wire(answer(parts + ",{\"text\":\"2\"}", "STOP")).at("/choices/0/message");
        assertThat(message.at("/extra_content/google/parts")).isEqualTo(json("[" + parts + "]"));
        JsonNode back =
                Gemini.body(
                                Gemini.messages(
                                        "{\"role\":\"user\",\"content\":\"?\"},"
                                                + io.magicproxy.chat.Json.text(message)))
                        .at("/contents/1/parts");
        assertThat(back).isEqualTo(json("[" + parts + ",{\"text\":\"2\"}]"));
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, STOP",
        "MAX_TOKENS, LENGTH",
        "SAFETY, CONTENT_FILTER",
        "RECITATION, CONTENT_FILTER",
        "BLOCKLIST, CONTENT_FILTER",
        "PROHIBITED_CONTENT, CONTENT_FILTER",
        "SPII, CONTENT_FILTER",
        "IMAGE_SAFETY, CONTENT_FILTER",
        "OTHER, STOP",
        "SOMETHING_NEW, STOP",
        "MALFORMED_FUNCTION_CALL, STOP"
    })
    void finish_reasons(String told, FinishReason expected) throws ProviderException {
        var choice = decode(answer("{\"text\":\"Hi\"}", told)).choices().getFirst();
        assertThat(choice.finishReason()).isEqualTo(expected);
        boolean plain = told.equals("STOP") || told.equals("MAX_TOKENS");
        assertThat(choice.rest().has("native_finish_reason")).isEqualTo(!plain);
    }

    @Test
    void a_null_reads_as_absent() throws ProviderException {
        JsonNode wire =
                wire(
                        """
                        {"responseId":null,"modelVersion":null,"candidates":[{"index":null,"finishReason":null,
                         "content":{"parts":[{"text":null,"thoughtSignature":null},{"text":"a"}]}}],
                         "usageMetadata":null,"promptFeedback":null}\
                        """);
        assertThat(wire.at("/choices/0/message/content").asText()).isEqualTo("a");
        assertThat(wire.at("/choices/0").has("native_finish_reason")).isFalse();
        assertThat(wire.path("id").asText()).isEqualTo(Gemini.CONTEXT.id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"})
    void a_stumble_without_an_answer_is_transient(String reason) {
        var failure = failure(() -> decode(answer("{\"text\":\"Hm\",\"thought\":true}", reason)));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failure.message()).contains(reason);
    }

    @Test
    void a_blocked_prompt_is_a_matter_of_content_policy() {
        var failure =
                failure(() ->
                        decode(
                                """
                                {"promptFeedback":{"blockReason":"SAFETY","safetyRatings":[
                                  {"category":"HARM_CATEGORY_HARASSMENT","probability":"HIGH","blocked":true}]}}\
                                """));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CONTENT_POLICY);
        assertThat(failure.message()).contains("SAFETY", "HARM_CATEGORY_HARASSMENT");
        assertThat(failure.code()).contains("safety");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"candidates\":[]}", "[]", "3", "{\"promptFeedback\":{}}"})
    void an_empty_answer_is_transient(String reply) {
        assertThat(failure(() -> decode(reply)).failureClass()).isEqualTo(FailureClass.TRANSIENT);
    }

    @Test
    void an_error_in_place_of_an_answer_is_classified() {
        var failure =
                failure(() ->
                        decode(
                                "[{\"error\":{\"code\":429,\"message\":\"slow down\",\"status\":\"RESOURCE_EXHAUSTED\"}}]"));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.RATE_LIMIT);
        assertThat(failure.status()).isEmpty();
    }

    @Test
    void several_candidates_are_several_choices() throws ProviderException {
        JsonNode choices =
                wire("""
                {"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"},
                 {"index":1,"content":{"parts":[{"text":"b"}]},"finishReason":"MAX_TOKENS"}]}\
                """)
                        .path("choices");
        assertThat(choices.at("/1/index").asInt()).isEqualTo(1);
        assertThat(choices.at("/0/message/content").asText()).isEqualTo("a");
        assertThat(choices.at("/1/finish_reason").asText()).isEqualTo("length");
    }

    @Test
    void what_gemini_says_beside_the_answer_is_kept() throws ProviderException {
        JsonNode wire =
                wire(
                        """
                        {"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"SAFETY","finishMessage":"no",
                          "safetyRatings":[{"category":"C"}],"groundingMetadata":{"webSearchQueries":["q"]},
                          "citationMetadata":{"citationSources":[{}]},"urlContextMetadata":{}}],
                         "promptFeedback":{"safetyRatings":[{"category":"C"}]}}\
                        """);
        JsonNode choice = wire.at("/choices/0");
        assertThat(choice.path("safety_ratings")).isEqualTo(json("[{\"category\":\"C\"}]"));
        assertThat(choice.at("/grounding_metadata/webSearchQueries/0").asText()).isEqualTo("q");
        assertThat(choice.has("citation_metadata")).isTrue();
        assertThat(choice.has("url_context_metadata")).isFalse();
        assertThat(choice.path("finish_message").asText()).isEqualTo("no");
        assertThat(wire.at("/prompt_feedback/safetyRatings")).hasSize(1);
    }

    @Test
    void usage_counts_thoughts_and_tools_own_prompts() throws ProviderException {
        var usage =
                decode(
                                """
                                {"candidates":[{}],"usageMetadata":{"promptTokenCount":100,"toolUsePromptTokenCount":5,
                                 "candidatesTokenCount":20,"thoughtsTokenCount":30,"cachedContentTokenCount":64,
                                 "totalTokenCount":155}}\
                                """)
                        .usage();
        assertThat(usage).isEqualTo(new Usage(105, 50, 64, 0, 30));
        assertThat(usage.total()).isEqualTo(155);
    }

    @Test
    void logprobs_have_openais_form() throws ProviderException {
        JsonNode logprobs =
                wire("""
                {"candidates":[{"content":{"parts":[{"text":"é"}]},"logprobsResult":{
                  "chosenCandidates":[{"token":"é","logProbability":-0.25,"tokenId":1}],
                  "topCandidates":[{"candidates":[{"token":"é","logProbability":-0.25},{"token":"e"}]}]}}]}\
                """)
                        .at("/choices/0/logprobs");
        assertThat(logprobs)
                .isEqualTo(
                        json(
                                """
                                {"content":[{"token":"é","logprob":-0.25,"bytes":[195,169],"top_logprobs":[
                                  {"token":"é","logprob":-0.25,"bytes":[195,169]},
                                  {"token":"e","logprob":0,"bytes":[101]}]}],"refusal":null}\
                                """));
    }
}
