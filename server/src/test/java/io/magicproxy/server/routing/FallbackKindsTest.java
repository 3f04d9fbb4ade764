package io.magicproxy.server.routing;

import static io.magicproxy.server.routing.Scenery.served;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.testing.Reply;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that are too long, or refused by a filter, whoever asks. */
class FallbackKindsTest {
    @TempDir private Path folder;
    private Scenery scene;

    @BeforeEach
    void start() throws Exception {
        scene =
                new Scenery(folder)
                        .profiles("one", "two", "long", "mild")
                        .with(
                                """
                                router_settings:
                                  model_group_alias: {main: [one, two], bare: [two]}
                                  context_window_fallbacks: {main: [long]}
                                  content_policy_fallbacks: {main: [mild]}
                                """)
                        .withPatterns();
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @ParameterizedTest
    @CsvSource({"context_length_exceeded, long", "content_policy_violation, mild"})
    void a_whole_answer_a_stream_and_an_agent_s_call_go_to_the_fallback_of_that_kind(
            String code, String fallback) throws Exception {
        scene.always(request ->
                List.of("one", "two").contains(Scenery.model(request))
                        ? Scenery.error(400, code)
                        : Scenery.answer(request));

        assertThat(served(scene.chat("main"))).isEqualTo(fallback);
        var streamed = scene.stream("main");
        assertThat(served(streamed)).isEqualTo(fallback);
        assertThat(streamed.body()).contains(fallback).endsWith("data: [DONE]\n\n");
        assertThat(scene.agent("main").toString()).contains(fallback + "!");
        assertThat(scene.asked())
                .as("other models of the chain would say the same")
                .containsExactly("one", fallback, "one", fallback, "one", fallback);
    }

    @ParameterizedTest
    @CsvSource({"context_length_exceeded, long", "content_policy_violation, mild"})
    void so_does_a_stream_that_says_so_only_after_its_beginning(String code, String fallback)
            throws Exception {
        scene.upstream.enqueue(
                Reply.sse(
                        "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
                        "{\"error\":{\"message\":\"said no\",\"code\":\"" + code + "\"}}"));

        var streamed = scene.stream("main");

        assertThat(served(streamed)).isEqualTo(fallback);
        assertThat(streamed.body()).doesNotContain("error").endsWith("data: [DONE]\n\n");
    }

    @ParameterizedTest
    @CsvSource({"context_length_exceeded", "content_policy_violation"})
    void without_a_fallback_the_caller_is_told(String code) throws Exception {
        scene.always(request -> Scenery.error(400, code));

        for (var response : List.of(scene.chat("bare"), scene.stream("bare"))) {
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(Json.read(response.body()).at("/error/code").asText()).isEqualTo(code);
        }
        assertThat(scene.asked()).hasSize(2);
    }
}
