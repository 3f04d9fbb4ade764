package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.FailureClass.TRANSIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicErrorsTest {
    private static ProviderFailure classified(
            int status, String body, Map<String, String> headers) {
        return new AnthropicCodec()
                .classify(
                        new ErrorReply(
                                status,
                                name -> Optional.ofNullable(headers.get(name)),
                                body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String error(String type, String message) {
        var body = Json.object().put("type", "error");
        body.putObject("error").put("type", type).put("message", message);
        return Json.text(body.put("request_id", "req_1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400 | invalid_request_error | max_tokens: Field required | CALLER_FAULT",
                "400 | invalid_request_error | Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing. | QUOTA",
                "400 | invalid_request_error | You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC. | QUOTA",
                "400 | invalid_request_error | This organization has been disabled. | CREDENTIAL",
                "400 | invalid_request_error | prompt is too long: 208310 tokens > 200000 maximum | CONTEXT_WINDOW",
                "400 | invalid_request_error | input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000 | CONTEXT_WINDOW",
                "400 | invalid_request_error | Output blocked by content filtering policy | CONTENT_POLICY",
                "401 | authentication_error | invalid x-api-key | CREDENTIAL",
                "402 | billing_error | Pay first | QUOTA",
                "403 | permission_error | Your API key does not have permission to use the specified resource. | MODEL_ACCESS",
                "403 | permission_error | This API key has been disabled. | CREDENTIAL",
                "403 | forbidden | Request not allowed | UNKNOWN",
                "404 | not_found_error | model: claude-nope | MODEL_GONE",
                "404 | not_found_error | File not found: file_01 | CALLER_FAULT",
                "413 | request_too_large | Request exceeds the maximum size | CALLER_FAULT",
                "429 | rate_limit_error | This request would exceed your organization's rate limit of 50 requests per minute | RATE_LIMIT",
                "500 | api_error | Internal server error | TRANSIENT",
                "504 | timeout_error | Request timed out | TRANSIENT",
                "529 | overloaded_error | Overloaded | TRANSIENT",
                "418 | teapot_error | I am one | UNKNOWN",
            })
    void each_error_has_its_class(
            int status, String type, String message, FailureClass failureClass) {
        ProviderFailure failure = classified(status, error(type, message), Map.of());
        assertThat(failure.failureClass()).isEqualTo(failureClass);
        assertThat(failure.message()).isEqualTo(message);
        assertThat(failure.code()).contains(type);
        assertThat(failure.status()).contains(status);
    }

    @Test
    void the_field_at_fault_is_read_from_the_message() {
        String message = "messages.0.content.1.image.source: could not be read";
        assertThat(classified(400, error("invalid_request_error", message), Map.of()).param())
                .contains("messages.0.content.1.image.source");
        assertThat(classified(400, error("invalid_request_error", "No."), Map.of()).param())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "502 | <html><body><h1>502 Bad Gateway</h1></body></html> | TRANSIENT",
                "403 | <html>blocked by a firewall</html> | UNKNOWN",
                "404 | <html>no such page</html> | UNKNOWN",
                "500 | {\"error\":\"text\"} | TRANSIENT",
                "400 | [] | CALLER_FAULT",
                "429 | null | RATE_LIMIT",
            })
    void other_bodies_are_survived(int status, String body, FailureClass failureClass) {
        ProviderFailure failure = classified(status, body, Map.of());
        assertThat(failure.failureClass()).isEqualTo(failureClass);
        assertThat(failure.message()).isNotBlank();
    }

    @Test
    void an_empty_answer_still_has_a_message() {
        assertThat(classified(503, "", Map.of()).message())
                .isEqualTo("Anthropic answered 503 without a message");
    }

    @Test
    void a_key_is_never_repeated() {
        assertThat(
                        classified(
                                        401,
                                        error("authentication_error", "bad sk-ant-api03-AbC_d"),
                                        Map.of())
                                .message())
                .isEqualTo("bad sk-ant-…");
    }

    @Test
    void the_wait_is_read_from_retry_after() {
        String body = error("rate_limit_error", "slow");
        assertThat(classified(429, body, Map.of("retry-after", "17")).retryAfter())
                .contains(Duration.ofSeconds(17));
        assertThat(
                        classified(
                                        429,
                                        body,
                                        Map.of(
                                                "date", "Mon, 23 Nov 2026 10:00:00 GMT",
                                                "retry-after", "Mon, 23 Nov 2026 10:02:00 GMT"))
                                .retryAfter())
                .contains(Duration.ofMinutes(2));
        assertThat(
                        classified(529, error("overloaded_error", "x"), Map.of("retry-after", "3"))
                                .retryAfter())
                .contains(Duration.ofSeconds(3));
    }

    @Test
    void without_retry_after_the_latest_reset_of_a_limit_that_is_used_up_counts() {
        Map<String, String> headers =
                Map.of(
                        "date", "Mon, 23 Nov 2026 10:00:00 GMT",
                        "anthropic-ratelimit-requests-remaining", "0",
                        "anthropic-ratelimit-requests-reset", "2026-11-23T10:00:05Z",
                        "anthropic-ratelimit-input-tokens-remaining", "0",
                        "anthropic-ratelimit-input-tokens-reset", "2026-11-23T10:00:40Z",
                        "anthropic-ratelimit-output-tokens-remaining", "4000",
                        "anthropic-ratelimit-output-tokens-reset", "2026-11-23T10:09:00Z");
        assertThat(classified(429, error("rate_limit_error", "x"), headers).retryAfter())
                .contains(Duration.ofSeconds(40));
    }

    @Test
    void broken_headers_mean_no_wait() {
        Map<String, String> headers =
                Map.of(
                        "date", "yesterday",
                        "retry-after", "soon",
                        "anthropic-ratelimit-tokens-remaining", "0",
                        "anthropic-ratelimit-tokens-reset", "later");
        assertThat(classified(429, error("rate_limit_error", "x"), headers).retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "overloaded_error, Overloaded, TRANSIENT",
        "api_error, Internal server error, TRANSIENT",
        "rate_limit_error, slow, RATE_LIMIT",
        "authentication_error, no, CREDENTIAL",
        "invalid_request_error, Output blocked by content filtering policy, CONTENT_POLICY",
        "invalid_request_error, prompt is too long: 3 > 2, CONTEXT_WINDOW",
        "tomorrows_error, x, UNKNOWN",
    })
    void an_error_amid_a_stream_has_its_class_and_no_status(
            String type, String message, FailureClass failureClass) {
        ProviderFailure failure = Anthropic.failure(() -> Anthropic.stream(error(type, message)));
        assertThat(failure.failureClass()).isEqualTo(failureClass);
        assertThat(failure.status()).isEmpty();
    }

    @Test
    void an_error_in_the_place_of_an_answer_is_a_failure() {
        assertThat(
                        Anthropic.failure(() -> Anthropic.wire(error("overloaded_error", "x")))
                                .failureClass())
                .isEqualTo(TRANSIENT);
        assertThat(Anthropic.failure(() -> Anthropic.wire("{'type':'message'}")).failureClass())
                .isEqualTo(TRANSIENT);
        assertThat(Anthropic.failure(() -> Anthropic.wire("[]")).failureClass())
                .isEqualTo(TRANSIENT);
    }
}
