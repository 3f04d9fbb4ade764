package io.magicproxy.provider.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiErrorsTest {
    private static ProviderFailure classify(int status, String body, Map<String, String> headers) {
        return new GeminiCodec()
                .classify(
                        new ErrorReply(
                                status,
                                name ->
                                        Optional.ofNullable(
                                                headers.get(name.toLowerCase(Locale.ROOT))),
                                body.getBytes(StandardCharsets.UTF_8)));
    }

    private static ProviderFailure classify(
            int status, String name, String message, String details) {
        return classify(
                status,
                "{\"error\":{\"code\":%d,\"message\":\"%s\",\"status\":\"%s\",\"details\":[%s]}}"
                        .formatted(status, message, name, details),
                Map.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    400 | INVALID_ARGUMENT    | API key not valid. Please pass a valid API key.           | CREDENTIAL
                    400 | INVALID_ARGUMENT    | API key expired. Please renew the API key.                | CREDENTIAL
                    400 | INVALID_ARGUMENT    | The input token count (1300000) exceeds the maximum number of tokens allowed (1048576). | CONTEXT_WINDOW
                    400 | INVALID_ARGUMENT    | Unknown name \\"foo\\": Cannot find field.                | CALLER_FAULT
                    400 | INVALID_ARGUMENT    | Function call is missing a thought_signature in functionCall parts. | CALLER_FAULT
                    400 | INVALID_ARGUMENT    | The prompt was blocked by our safety systems.             | CONTENT_POLICY
                    400 | FAILED_PRECONDITION | User location is not supported for the API use.           | UNKNOWN
                    400 | FAILED_PRECONDITION | Gemini API free tier is not available in your country. Please enable billing. | QUOTA
                    401 | UNAUTHENTICATED     | Request had invalid authentication credentials.           | CREDENTIAL
                    402 | FAILED_PRECONDITION | Payment required.                                         | QUOTA
                    403 | PERMISSION_DENIED   | Your API key was reported as leaked. Please use another API key. | CREDENTIAL
                    403 | PERMISSION_DENIED   | Your project has been denied access. Please contact support. | CREDENTIAL
                    403 | PERMISSION_DENIED   | You do not have permission to access model gemini-x.      | MODEL_ACCESS
                    403 | PERMISSION_DENIED   | CachedContent not found (or permission denied)            | CALLER_FAULT
                    404 | NOT_FOUND           | models/gemini-x is not found for API version v1beta       | MODEL_GONE
                    404 | NOT_FOUND           | CachedContent not found                                   | CALLER_FAULT
                    413 | INVALID_ARGUMENT    | Request payload size exceeds the limit: 20971520 bytes.   | CALLER_FAULT
                    429 | RESOURCE_EXHAUSTED  | Resource has been exhausted (e.g. check quota).           | RATE_LIMIT
                    429 | RESOURCE_EXHAUSTED  | Your prepayment credits are depleted.                     | QUOTA
                    429 | RESOURCE_EXHAUSTED  | Quota exceeded for metric: x, limit: 0, model: gemini-2.5-pro | MODEL_ACCESS
                    429 | RESOURCE_EXHAUSTED  | Quota exceeded for metric: x, limit: 0.5                  | RATE_LIMIT
                    499 | CANCELLED           | The operation was cancelled.                              | TRANSIENT
                    500 | INTERNAL            | An internal error has occurred.                           | TRANSIENT
                    503 | UNAVAILABLE         | The model is overloaded. Please try again later.          | TRANSIENT
                    504 | DEADLINE_EXCEEDED   | Deadline expired before operation could complete.         | TRANSIENT
                    501 | UNIMPLEMENTED       | Operation is not implemented.                             | UNKNOWN
                    """)
    void classes(int status, String name, String message, FailureClass expected) {
        var failure = classify(status, name, message, "");
        assertThat(failure.failureClass()).isEqualTo(expected);
        assertThat(failure.status()).contains(status);
        assertThat(failure.code()).contains(name);
    }

    @Test
    void a_reason_in_the_details_decides() {
        var invalid =
                classify(
                        400,
                        "INVALID_ARGUMENT",
                        "Bad request.",
                        "{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"API_KEY_INVALID\"}");
        assertThat(invalid.failureClass()).isEqualTo(FailureClass.CREDENTIAL);
        assertThat(invalid.code()).contains("API_KEY_INVALID");
        assertThat(
                        classify(
                                        403,
                                        "PERMISSION_DENIED",
                                        "No.",
                                        "{\"reason\":\"BILLING_DISABLED\"}")
                                .failureClass())
                .isEqualTo(FailureClass.QUOTA);
    }

    private static String exhausted(String quotaId) {
        return """
        {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"%s"}]},
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"38.2s"}\
        """
                .formatted(quotaId);
    }

    @Test
    void a_minutes_allowance_is_waited_for_as_long_as_google_says() {
        var failure =
                classify(
                        429,
                        "RESOURCE_EXHAUSTED",
                        "You exceeded your current quota, please check your plan and billing details.",
                        exhausted("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.RATE_LIMIT);
        assertThat(failure.retryAfter()).contains(Duration.ofMillis(38_200));
    }

    @Test
    void a_days_allowance_is_used_up_whatever_delay_google_names() {
        var failure =
                classify(
                        429,
                        "RESOURCE_EXHAUSTED",
                        "You exceeded your current quota.",
                        exhausted("GenerateRequestsPerDayPerProjectPerModel-FreeTier"));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.QUOTA);
        assertThat(failure.retryAfter()).isEmpty();
    }

    @Test
    void a_delay_is_read_from_the_message_and_the_headers_too() {
        assertThat(
                        classify(429, "RESOURCE_EXHAUSTED", "Slow. Please retry in 1.5s.", "")
                                .retryAfter())
                .contains(Duration.ofMillis(1500));
        assertThat(classify(503, "", Map.of("retry-after", "7")).retryAfter())
                .contains(Duration.ofSeconds(7));
        String date = "Wed, 21 Oct 2026 07:28:30 GMT";
        assertThat(
                        classify(
                                        503,
                                        "",
                                        Map.of(
                                                "retry-after",
                                                date,
                                                "date",
                                                "Wed, 21 Oct 2026 07:28:00 GMT"))
                                .retryAfter())
                .contains(Duration.ofSeconds(30));
        assertThat(classify(503, "", Map.of("retry-after", date)).retryAfter()).isEmpty();
    }

    @Test
    void an_error_in_a_list_is_read() {
        var failure =
                classify(
                        429,
                        "[{\"error\":{\"code\":429,\"message\":\"Busy\",\"status\":\"RESOURCE_EXHAUSTED\"}}]",
                        Map.of());
        assertThat(failure.failureClass()).isEqualTo(FailureClass.RATE_LIMIT);
        assertThat(failure.message()).isEqualTo("Busy");
    }

    @ParameterizedTest
    @CsvSource({
        "502, TRANSIENT",
        "403, UNKNOWN",
        "404, MODEL_GONE",
        "429, RATE_LIMIT",
        "400, CALLER_FAULT",
        "302, UNKNOWN"
    })
    void a_page_of_html_is_survived(int status, FailureClass expected) {
        var failure = classify(status, "<html><title>Error</title></html>", Map.of());
        assertThat(failure.failureClass()).isEqualTo(expected);
        assertThat(failure.message()).contains("Error");
    }

    @Test
    void an_empty_answer_still_has_a_message() {
        assertThat(classify(500, "", Map.of()).message()).contains("500");
    }

    @Test
    void a_key_that_google_quotes_is_masked() {
        String key = "AIzaSyA1234567890abcdefghijklmnopqrstu";
        var failure =
                classify(
                        403,
                        "PERMISSION_DENIED",
                        "Permission denied: Consumer 'api_key:" + key + "' has been suspended.",
                        "");
        assertThat(failure.failureClass()).isEqualTo(FailureClass.CREDENTIAL);
        assertThat(failure.message()).doesNotContain("1234567890").contains("suspended");
    }
}
