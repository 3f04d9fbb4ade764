package io.magicproxy.server;

import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the headers of an answer tell. */
class AnswerHeadersTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ANSWER =
            "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"x\"},\"finish_reason\":\"stop\"}]}";

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "proxy"})
    void the_limits_of_the_provider_s_key_are_passed_on_and_nothing_else_of_its_headers(
            String typewriter) throws Exception {
        String[] headers = {
            "X-RateLimit-Limit-Requests", "60",
            "x-ratelimit-remaining-tokens", "149984",
            "x-ratelimit-reset-tokens", "6m0s",
            "x-ratelimit-remaining-requests", "a value with spaces",
            "x-request-id", "the-provider-s",
            "set-cookie", "a=b",
            "openai-organization", "secret-org"
        };
        upstream.enqueue(
                Reply.json(200, ANSWER, headers),
                Reply.body(
                        200,
                        "text/event-stream",
                        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
                                .getBytes(StandardCharsets.UTF_8),
                        headers));
        try (TestGateway gateway = gateway(typewriter)) {
            for (String body : new String[] {chat("gpt", ""), streamed("gpt")}) {
                HttpHeaders told = gateway.post(CHAT, body, "x-request-id", "mine").headers();

                assertThat(told.firstValue("x-ratelimit-limit-requests")).contains("60");
                assertThat(told.firstValue("x-ratelimit-remaining-tokens")).contains("149984");
                assertThat(told.firstValue("x-ratelimit-reset-tokens")).contains("6m0s");
                assertThat(told.firstValue("x-ratelimit-remaining-requests")).isEmpty();
                assertThat(told.allValues("x-request-id")).containsExactly("mine");
                assertThat(told.firstValue("set-cookie")).isEmpty();
                assertThat(told.firstValue("openai-organization")).isEmpty();
            }
        }
    }

    @Test
    void every_answer_has_a_request_id_also_those_that_are_refused_early() throws Exception {
        try (TestGateway gateway = gateway("client")) {
            for (String path : new String[] {"/v1/models", "/nowhere", "/v1/models/none"}) {
                assertThat(gateway.get(path, "x-request-id", "id-7").headers().map())
                        .containsEntry("x-request-id", List.of("id-7"));
            }
        }
    }

    private TestGateway gateway(String typewriter) throws Exception {
        return TestGateway.in(folder)
                .config(
                        """
                        model_list:
                          - {model_name: gpt, provider: openai, model_params: {model: m, api_base: '%s/v1', api_key: sk-0123456789abcdef}}
                        streaming_settings: {typewriter_mode: %s}
                        """
                                .formatted(upstream.url(), typewriter))
                .start();
    }
}
