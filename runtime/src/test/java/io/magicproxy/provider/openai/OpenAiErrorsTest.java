package io.magicproxy.provider.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiErrorsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // OpenAI
                "401 | {'error':{'message':'Incorrect API key provided: sk-x','type':'invalid_request_error','code':'invalid_api_key'}} | CREDENTIAL",
                "429 | {'error':{'message':'Rate limit reached for gpt-4o','type':'requests','code':'rate_limit_exceeded'}} | RATE_LIMIT",
                "429 | {'error':{'message':'You exceeded your current quota, please check your plan','type':'insufficient_quota','code':'insufficient_quota'}} | QUOTA",
                "404 | {'error':{'message':'The model `x` does not exist','type':'invalid_request_error','code':'model_not_found'}} | MODEL_GONE",
                "403 | {'error':{'message':'Project does not have access to model gpt-9','code':'model_not_found'}} | MODEL_ACCESS",
                "403 | {'error':{'message':'Country, region, or territory not supported','code':'unsupported_country_region_territory'}} | UNKNOWN",
                "400 | {'error':{'message':'This model`s maximum context length is 8192 tokens','code':'context_length_exceeded'}} | CONTEXT_WINDOW",
                "400 | {'error':{'message':'Your request was rejected by our safety system','code':'content_policy_violation'}} | CONTENT_POLICY",
                "400 | {'error':{'message':'Unknown parameter: foo','type':'invalid_request_error','param':'foo'}} | CALLER_FAULT",
                "500 | {'error':{'message':'The server had an error','type':'server_error'}} | TRANSIENT",
                "503 | <html>Bad gateway</html> | TRANSIENT",
                // Azure
                "400 | {'error':{'message':'The response was filtered due to the prompt triggering Azure OpenAI`s content management policy','code':'content_filter','param':'prompt'}} | CONTENT_POLICY",
                "404 | {'error':{'code':'DeploymentNotFound','message':'The API deployment for this resource does not exist'}} | MODEL_GONE",
                "401 | {'statusCode':401,'message':'Access denied due to invalid subscription key'} | CREDENTIAL",
                // Mistral, vLLM, FastAPI
                "422 | {'detail':[{'type':'extra_forbidden','loc':['body','x'],'msg':'Extra inputs are not permitted'}]} | CALLER_FAULT",
                "400 | {'object':'error','message':'maximum context length is 4096 tokens','type':'BadRequestError','code':400} | CONTEXT_WINDOW",
                // DeepSeek
                "402 | {'error':{'message':'Insufficient Balance','type':'unknown_error','code':'invalid_request_error'}} | QUOTA",
                // Groq
                "413 | {'error':{'message':'Request too large for model: please reduce the length of your message','type':'tokens','code':'rate_limit_exceeded'}} | CONTEXT_WINDOW",
                // OpenRouter
                "403 | {'error':{'code':403,'message':'Your input was flagged','metadata':{'reasons':['x']}}} | CONTENT_POLICY",
                // Ollama, llama.cpp
                "404 | {'error':'model \\'x\\' not found'} | MODEL_GONE",
                "400 | {'error':{'code':400,'message':'the request exceeds the available context size','type':'exceed_context_size_error'}} | CONTEXT_WINDOW",
                // others
                "408 | {} | TRANSIENT",
                "529 | {} | TRANSIENT",
                "302 | {} | UNKNOWN",
                "418 | {} | UNKNOWN",
            })
    void every_known_error_has_its_class(int status, String body, FailureClass expected) {
        ProviderFailure failure =
                classify(status, body.replace('\'', '"').replace("\\\"", "'"), Map.of());

        assertThat(failure.failureClass()).isEqualTo(expected);
        assertThat(failure.message()).isNotBlank();
        assertThat(failure.status()).contains(status);
    }

    @ParameterizedTest
    @CsvSource({
        "retry-after, 7, PT7S",
        "retry-after, 0.5, PT0.5S",
        "retry-after-ms, 1500, PT1.5S",
        "retry-after, 'Mon, 23 Nov 2026 12:00:30 GMT', PT30S",
        "retry-after, 'Mon, 23 Nov 2026 11:00:00 GMT', PT0S",
        "retry-after, soon, ",
        "retry-after, -5, "
    })
    void the_wait_that_the_provider_asks_for_is_read(String header, String value, Duration wait) {
        assertThat(classify(429, "{}", Map.of(header, value)).retryAfter())
                .isEqualTo(Optional.ofNullable(wait));
    }

    @Test
    void a_wait_may_stand_in_the_words() {
        assertThat(
                        classify(
                                        429,
                                        "{\"error\":{\"message\":\"Please try again in 1.2s.\"}}",
                                        Map.of())
                                .retryAfter())
                .contains(Duration.ofMillis(1200));
        assertThat(
                        classify(
                                        429,
                                        "{\"error\":{\"message\":\"Please retry after 20 seconds.\"}}",
                                        Map.of())
                                .retryAfter())
                .contains(Duration.ofSeconds(20));
    }

    @Test
    void an_error_in_a_stream_is_classified_by_its_code_or_words() throws Exception {
        assertThat(
                        OpenAiErrors.inBand(Json.read("{\"code\":429,\"message\":\"slow down\"}"))
                                .failureClass())
                .isEqualTo(FailureClass.RATE_LIMIT);
        assertThat(OpenAiErrors.inBand(Json.read("{\"message\":\"oops\"}")).failureClass())
                .isEqualTo(FailureClass.TRANSIENT);
        assertThat(OpenAiErrors.inBand(Json.read("\"text only\"")).message())
                .isEqualTo("text only");
    }

    private static ProviderFailure classify(int status, String body, Map<String, String> headers) {
        return OpenAiErrors.classify(
                new ErrorReply(
                        status,
                        name -> Optional.ofNullable(headers.get(name)),
                        body.getBytes(UTF_8)),
                NOW);
    }
}
