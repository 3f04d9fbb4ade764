package io.magicproxy.provider.gemini;

import static io.magicproxy.provider.gemini.Gemini.decoder;
import static io.magicproxy.provider.gemini.Gemini.failure;
import static io.magicproxy.provider.gemini.Gemini.json;
import static io.magicproxy.provider.gemini.Gemini.stream;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.FinishReason;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.StreamEvent;
import io.magicproxy.chat.StreamEvent.Content;
import io.magicproxy.chat.StreamEvent.Extra;
import io.magicproxy.chat.StreamEvent.Finished;
import io.magicproxy.chat.StreamEvent.Reasoning;
import io.magicproxy.chat.StreamEvent.Started;
import io.magicproxy.chat.StreamEvent.ToolCallStart;
import io.magicproxy.chat.StreamEvent.UsageReport;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeminiStreamTest {
    private static String chunk(String parts) {
        return "{\"responseId\":\"r1\",\"modelVersion\":\"v\",\"candidates\":[{\"content\":{\"parts\":[%s]}}]}"
                .formatted(parts);
    }

    private static String end(String reason) {
        return "{\"candidates\":[{\"finishReason\":\"%s\"}]}".formatted(reason);
    }

    @Test
    void parts_become_events_in_their_order() throws ProviderException {
        var decoder = decoder();
        List<StreamEvent> events =
                stream(
                        decoder,
                        chunk(
                                """
                                {"text":"hm","thought":true},{"text":"So: "},
                                {"functionCall":{"name":"f","args":{"x":1}}},{"functionCall":{"id":"i","name":"g"}}\
                                """),
                        end("STOP"));
        assertThat(events)
                .containsExactly(
                        new Started("r1", "v"),
                        new Reasoning(0, "hm"),
                        new Content(0, "So: "),
                        new ToolCallStart(
                                0, 0, new ToolCall("call_r1_0", "f", "{\"x\":1}", Json.object())),
                        new ToolCallStart(0, 1, new ToolCall("i", "g", "{}", Json.object())),
                        new Finished(0, FinishReason.TOOL_CALLS));
        assertThat(decoder.finished()).isTrue();
    }

    @Test
    void usage_is_read_from_every_event_also_from_one_that_still_says_something()
            throws ProviderException {
        List<StreamEvent> events =
                stream(
                        decoder(),
                        """
                        {"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":3}}\
                        """,
                        """
                        {"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}],
                         "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"thoughtsTokenCount":4}}\
                        """);
        assertThat(events)
                .filteredOn(UsageReport.class::isInstance)
                .last()
                .isEqualTo(new UsageReport(new Usage(3, 6, 0, 0, 4)));
        assertThat(events).contains(new Content(0, "b"));
    }

    @Test
    void a_stream_is_whole_once_every_candidate_has_told_its_end() throws ProviderException {
        var decoder = decoder();
        assertThat(decoder.finished()).isFalse();
        stream(
                decoder,
                """
                {"candidates":[{"index":0,"content":{"parts":[{"text":"a"}]}},{"index":1,"content":{"parts":[{"text":"b"}]}}]}\
                """);
        assertThat(decoder.finished()).isFalse();
        stream(decoder, "{\"candidates\":[{\"index\":0,\"finishReason\":\"STOP\"}]}");
        assertThat(decoder.finished()).isFalse();
        stream(decoder, "{\"candidates\":[{\"index\":1,\"finishReason\":\"MAX_TOKENS\"}]}");
        assertThat(decoder.finished()).isTrue();
    }

    @Test
    void a_finish_reason_that_comes_twice_ends_once() throws ProviderException {
        var events = stream(decoder(), chunk("{\"text\":\"a\"}"), end("STOP"), end("STOP"));
        assertThat(events).filteredOn(Finished.class::isInstance).hasSize(1);
    }

    @Test
    void ratings_and_grounding_are_told_once_before_the_end() throws ProviderException {
        var events =
                stream(
                        decoder(),
                        """
                        {"candidates":[{"content":{"parts":[{"text":"a"}]},"safetyRatings":[{"category":"old"}]}]}\
                        """,
                        """
                        {"candidates":[{"finishReason":"STOP","safetyRatings":[{"category":"new"}],
                          "groundingMetadata":{"webSearchQueries":["q"]}}]}\
                        """);
        assertThat(events)
                .endsWith(
                        new Extra(
                                0,
                                (ObjectNode)
                                        json(
                                                """
                                                {"safety_ratings":[{"category":"new"}],
                                                 "grounding_metadata":{"webSearchQueries":["q"]}}\
                                                """)),
                        new Finished(0, FinishReason.STOP));
    }

    @Test
    void images_come_one_by_one() throws ProviderException {
        String image = "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}}";
        var events = stream(decoder(), chunk(image), chunk(image));
        assertThat(events)
                .last()
                .isEqualTo(
                        new Extra(
                                0,
                                (ObjectNode)
                                        json(
                                                """
                                                {"images":[{"type":"image_url","image_url":
                                                  {"url":"data:image/png;base64,AAAA"},"index":1}]}\
                                                """)));
    }

    @Test
    void a_blocked_prompt_is_told_at_once() {
        var failure =
                failure(() ->
                        stream(
                                decoder(),
                                "{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"}}"));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CONTENT_POLICY);
    }

    @Test
    void a_stumble_is_transient_until_something_was_said() throws ProviderException {
        var failure =
                failure(() ->
                        stream(
                                decoder(),
                                chunk("{\"text\":\"hm\",\"thought\":true}"),
                                end("MALFORMED_FUNCTION_CALL")));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        var events = stream(decoder(), chunk("{\"text\":\"a\"}"), end("MALFORMED_FUNCTION_CALL"));
        assertThat(events).last().isEqualTo(new Finished(0, FinishReason.STOP));
    }

    @Test
    void an_error_in_mid_stream_is_classified_without_a_status() throws ProviderException {
        var decoder = decoder();
        List<StreamEvent> seen = new ArrayList<>(stream(decoder, chunk("{\"text\":\"a\"}")));
        var failure =
                failure(() ->
                        stream(
                                decoder,
                                """
                                {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}\
                                """));
        assertThat(seen).isNotEmpty();
        assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failure.status()).isEmpty();
        assertThat(failure.code()).contains("UNAVAILABLE");
        assertThat(decoder.finished()).isFalse();
    }
}
