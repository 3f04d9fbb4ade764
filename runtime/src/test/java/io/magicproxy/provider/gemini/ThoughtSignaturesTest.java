package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.json;
import static io.magicproxy.provider.gemini.Gemini.messages;
import static io.magicproxy.provider.gemini.Gemini.translate;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.provider.ProviderException;
import org.junit.jupiter.api.Test;

class ThoughtSignaturesTest {
    private static final String ASK = "{\"role\":\"user\",\"content\":\"Go\"}";
    private static final String ANSWER =
            """
            {"responseId":"r1","candidates":[{"content":{"role":"model","parts":[
              {"text":"Hmm.","thought":true},
              {"text":"Let me see."},
              {"functionCall":{"name":"look","args":{"x":1}},"thoughtSignature":"c2lnMQ=="},
              {"functionCall":{"name":"hear","args":{}}}]},"finishReason":"STOP"}]}\
            """;

    private static String call(String id, String extra) {
        return "{\"id\":\"%s\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}%s}"
                .formatted(id, extra);
    }

    private static String said(String... calls) {
        return "{\"role\":\"assistant\",\"tool_calls\":[" + String.join(",", calls) + "]}";
    }

    private static String result(String id) {
        return "{\"role\":\"tool\",\"tool_call_id\":\"%s\",\"content\":\"ok\"}".formatted(id);
    }

    private static JsonNode contents(String model, String... messages) {
        return translate(messages(String.join(",", messages)), model).body().path("contents");
    }

    @Test
    void a_calls_signature_travels_to_the_caller_and_back_to_the_same_part()
            throws ProviderException {
        JsonNode message = Gemini.wire(ANSWER).at("/choices/0/message");
        assertThat(message.at("/tool_calls/0/extra_content/google/thought_signature").asText())
                .isEqualTo("c2lnMQ==");
        assertThat(message.path("tool_calls").path(1).has("extra_content")).isFalse();
        JsonNode back = contents(Gemini.FLASH_3, ASK, Json.text(message)).at("/1/parts");
        assertThat(back.path(0)).isEqualTo(json("{\"text\":\"Let me see.\"}"));
        assertThat(back.path(1).path("thoughtSignature").asText()).isEqualTo("c2lnMQ==");
        assertThat(back.path(1).at("/functionCall/name").asText()).isEqualTo("look");
        assertThat(back.path(2).has("thoughtSignature")).isFalse();
    }

    @Test
    void a_texts_signature_travels_on_the_message() throws ProviderException {
        JsonNode message =
                Gemini.wire(
                                """
                                {"candidates":[{"content":{"parts":[
                                  {"text":"Hello"},{"text":"","thoughtSignature":"dGV4dA=="}]},
                                  "finishReason":"STOP"}]}\
                                """)
                        .at("/choices/0/message");
        assertThat(message.at("/extra_content/google/thought_signature").asText())
                .isEqualTo("dGV4dA==");
        assertThat(contents(Gemini.FLASH_3, ASK, Json.text(message)).at("/1/parts"))
                .isEqualTo(json("[{\"text\":\"Hello\",\"thoughtSignature\":\"dGV4dA==\"}]"));
    }

    @Test
    void a_signature_without_text_goes_back_in_an_empty_part() {
        String message =
                """
                {"role":"assistant","content":"","extra_content":{"google":{"thought_signature":"czE="}}}\
                """;
        assertThat(contents(Gemini.FLASH_3, ASK, message).at("/1/parts"))
                .isEqualTo(json("[{\"text\":\"\",\"thoughtSignature\":\"czE=\"}]"));
    }

    @Test
    void litellms_place_for_a_signature_is_read_too() {
        String made = call("a", ",\"provider_specific_fields\":{\"thought_signature\":\"czI=\"}");
        assertThat(contents(Gemini.FLASH_3, ASK, said(made)).at("/1/parts/0/thoughtSignature"))
                .isEqualTo(json("\"czI=\""));
    }

    @Test
    void another_models_call_in_the_current_turn_is_marked_so_for_gemini_3() {
        JsonNode contents =
                contents(
                        Gemini.FLASH_3,
                        ASK,
                        said(call("a", ""), call("b", "")),
                        result("a"),
                        result("b"),
                        said(call("c", "")),
                        result("c"));
        assertThat(contents.at("/1/parts/0/thoughtSignature").asText())
                .isEqualTo(Signatures.FOREIGN_CALL);
        // Of parallel calls only the first is checked, and of each step.
        assertThat(contents.at("/1/parts/1").has("thoughtSignature")).isFalse();
        assertThat(contents.at("/3/parts/0/thoughtSignature").asText())
                .isEqualTo(Signatures.FOREIGN_CALL);
    }

    @Test
    void calls_of_earlier_turns_and_for_earlier_models_stay_unmarked() {
        JsonNode earlier = contents(Gemini.FLASH_3, ASK, said(call("a", "")), result("a"), ASK);
        assertThat(earlier.at("/1/parts/0").has("thoughtSignature")).isFalse();
        JsonNode old = contents(Gemini.FLASH_2_5, ASK, said(call("a", "")), result("a"));
        assertThat(old.at("/1/parts/0").has("thoughtSignature")).isFalse();
        JsonNode image =
                contents("gemini-3-pro-image-preview", ASK, said(call("a", "")), result("a"));
        assertThat(image.at("/1/parts/0").has("thoughtSignature")).isFalse();
    }

    @Test
    void an_images_signature_comes_back_with_the_image() throws ProviderException {
        JsonNode message =
                Gemini.wire(
                                """
                                {"candidates":[{"content":{"parts":[
                                  {"inlineData":{"mimeType":"image/png","data":"AAAA"},"thoughtSignature":"aW1n"}]},
                                  "finishReason":"STOP"}]}\
                                """)
                        .at("/choices/0/message");
        assertThat(contents("gemini-3-pro-image-preview", ASK, Json.text(message)).at("/1/parts"))
                .isEqualTo(
                        json(
                                """
                                [{"inlineData":{"mimeType":"image/png","data":"AAAA"},"thoughtSignature":"aW1n"}]\
                                """));
    }

    @Test
    void a_stream_carries_signatures_where_a_whole_answer_does() throws ProviderException {
        var events =
                Gemini.stream(
                        Gemini.decoder(),
                        ANSWER,
                        """
                        {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"ZW5k"}]}}]}\
                        """);
        assertThat(events)
                .filteredOn(StreamEvent.ToolCallStart.class::isInstance)
                .first()
                .extracting(e -> Signatures.of(((StreamEvent.ToolCallStart) e).call().rest()))
                .isEqualTo(java.util.Optional.of("c2lnMQ=="));
        assertThat(events.getLast())
                .isEqualTo(
                        new StreamEvent.Extra(
                                0,
                                (com.fasterxml.jackson.databind.node.ObjectNode)
                                        json(
                                                "{\"extra_content\":{\"google\":{\"thought_signature\":\"ZW5k\"}}}")));
    }
}
