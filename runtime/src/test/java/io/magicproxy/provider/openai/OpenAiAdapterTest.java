package io.magicproxy.provider.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.ChatStream.Frames;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiAdapterTest {
    private static final String ANSWER =
            "{\"id\":\"c1\",\"x_new\":1.50,\"choices\":[{\"message\":{\"content\":\"hi\"}}],"
                    + "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":3,\"total_tokens\":13,"
                    + "\"prompt_tokens_details\":{\"cached_tokens\":4},\"cost\":99}}";
    private static final String ROLE =
            "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}";
    private static final String HELLO =
            "{\"choices\":[{\"delta\":{\"content\":\"Hello \\\"usage\\\" \\\"error\\\"\"},\"finish_reason\":null}],\"usage\":null}";
    private static final String STOP = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final String USAGE =
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}";

    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final UpstreamClient client = UpstreamClient.create(UpstreamConfig.defaults());
    private final Cancellation cancellation = new Cancellation();

    @AfterEach
    void stop() {
        client.close();
        upstream.close();
    }

    @Test
    void an_answer_comes_back_byte_by_byte_and_its_usage_is_read() throws Exception {
        upstream.enqueue(Reply.json(200, ANSWER));

        JsonReply reply =
                adapter("openai", "gpt-4o")
                        .chat(request("{\"model\":\"a\",\"x\":0.10,\"messages\":[]}"), call());

        assertThat(new String(reply.body(), UTF_8)).isEqualTo(ANSWER);
        assertThat(reply.usage()).contains(new Usage(10, 3, 4, 0, 0));
        var sent = upstream.requests().getFirst();
        assertThat(sent.path()).isEqualTo("/v1/chat/completions");
        assertThat(sent.header("authorization")).contains("Bearer sk-test-key-0001");
        assertThat(sent.header("content-type")).contains("application/json");
        assertThat(sent.text()).isEqualTo("{\"model\":\"gpt-4o\",\"x\":0.10,\"messages\":[]}");
    }

    @Test
    void the_profiles_defaults_are_added_but_win_over_nothing_and_null_is_not_sent()
            throws Exception {
        upstream.always(r -> Reply.json(200, ANSWER));
        ObjectNode defaults =
                Json.object().put("temperature", 0.5).put("top_p", 1).putNull("max_tokens");

        adapter("openai", "gpt-4o", defaults)
                .chat(request("{\"model\":\"a\",\"top_p\":0.2,\"messages\":[]}"), call());

        assertThat(Json.read(upstream.requests().getFirst().text()))
                .isEqualTo(
                        Json.read(
                                "{\"model\":\"gpt-4o\",\"top_p\":0.2,\"messages\":[],\"temperature\":0.5}"));
    }

    @Test
    void each_dialect_gets_the_names_it_knows() throws Exception {
        upstream.always(r -> Reply.json(200, ANSWER));
        RequestBody request =
                request(
                        "{\"model\":\"a\",\"seed\":1,\"max_completion_tokens\":5,\"stream_options\":{},\"messages\":[]}");

        adapter("mistral", "mistral-small").chat(request, call());
        adapter("openai", "gpt-5.1")
                .chat(request("{\"model\":\"a\",\"max_tokens\":5,\"messages\":[]}"), call());
        adapter("openai", "gpt-4o")
                .chat(request("{\"model\":\"a\",\"max_tokens\":5,\"messages\":[]}"), call());

        assertThat(upstream.requests().get(0).text())
                .isEqualTo(
                        "{\"model\":\"mistral-small\",\"random_seed\":1,\"max_tokens\":5,\"messages\":[]}");
        assertThat(upstream.requests().get(1).text()).contains("\"max_completion_tokens\":5");
        assertThat(upstream.requests().get(2).text()).contains("\"max_tokens\":5");
    }

    @Test
    void what_belongs_to_other_vendors_is_taken_out_of_the_history_and_said() throws Exception {
        upstream.always(r -> Reply.json(200, ANSWER));
        String history =
                "{\"model\":\"a\",\"safety_settings\":[],\"messages\":[{\"role\":\"assistant\",\"content\":\"a\","
                        + "\"thinking_blocks\":[{}],\"reasoning_content\":\"r\",\"tool_calls\":[{\"id\":\"1\","
                        + "\"extra_content\":{\"google\":{}}}]}]}";

        JsonReply reply = adapter("openai", "gpt-4o").chat(request(history), call());
        adapter("openrouter", "x/y").chat(request(history), call());

        assertThat(reply.notes()).containsExactly("safety_settings has no effect on openai");
        assertThat(upstream.requests().get(0).text())
                .isEqualTo(
                        "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"assistant\",\"content\":\"a\","
                                + "\"tool_calls\":[{\"id\":\"1\"}]}]}");
        assertThat(upstream.requests().get(1).text()).contains("thinking_blocks", "extra_content");
    }

    @Test
    void azure_takes_the_deployment_in_its_path_and_the_key_in_its_own_header() throws Exception {
        upstream.always(r -> Reply.json(200, ANSWER));
        RequestBody request = request("{\"model\":\"a\",\"messages\":[]}");

        adapter("azure", upstream.url(), Optional.of("2024-10-21"), "my gpt", Json.object())
                .chat(request, call());
        adapter("azure", upstream.url() + "/openai/v1", Optional.empty(), "my-gpt", Json.object())
                .embed(request, call());

        assertThat(upstream.requests().get(0).path())
                .isEqualTo("/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21");
        assertThat(upstream.requests().get(0).header("api-key")).contains("sk-test-key-0001");
        assertThat(upstream.requests().get(0).header("authorization")).isEmpty();
        assertThat(upstream.requests().get(1).path()).isEqualTo("/openai/v1/embeddings");
    }

    @Test
    void a_stream_goes_through_and_the_usage_that_only_we_asked_for_is_kept() throws Exception {
        upstream.enqueue(Reply.sse(ROLE, HELLO, STOP, USAGE, "[DONE]"));

        try (ChatStream stream = adapter("openai", "gpt-4o").stream(streamed(""), call())) {
            assertThat(text(stream)).isEqualTo(sse(ROLE, HELLO, STOP));
            assertThat(stream.usage()).contains(new Usage(7, 2, 0, 0, 0));
        }
        assertThat(
                        Json.read(upstream.requests().getFirst().text())
                                .at("/stream_options/include_usage")
                                .asBoolean())
                .isTrue();
    }

    @Test
    void the_usage_that_the_caller_asked_for_is_passed_on() throws Exception {
        upstream.enqueue(Reply.sse(ROLE, HELLO, STOP, USAGE, "[DONE]"));

        try (ChatStream stream =
                adapter("openai", "gpt-4o").stream(
                        streamed(",\"stream_options\":{\"include_usage\":true}"), call())) {
            assertThat(text(stream)).isEqualTo(sse(ROLE, HELLO, STOP, USAGE));
        }
    }

    @Test
    void usage_on_a_last_chunk_with_choices_is_read_and_passed_on() throws Exception {
        String last =
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}";
        upstream.enqueue(Reply.sse(HELLO, last, "[DONE]"));

        try (ChatStream stream = adapter("mistral", "m").stream(streamed(""), call())) {
            assertThat(text(stream)).isEqualTo(sse(HELLO, last));
            assertThat(stream.usage()).isPresent();
        }
    }

    @Test
    void lifecycle_frames_are_told_from_output() throws Exception {
        upstream.enqueue(Reply.sse(ROLE, HELLO, STOP, "[DONE]").every(Duration.ofMillis(100)));

        try (ChatStream stream = adapter("openai", "gpt-4o").stream(streamed(""), call())) {
            assertThat(stream.next().orElseThrow().output()).isFalse();
            assertThat(stream.next().orElseThrow().output()).isTrue();
        }
    }

    @Test
    void a_chunk_without_choices_travels_in_the_next_one() throws Exception {
        upstream.enqueue(
                Reply.sse(
                        "{\"choices\":[],\"prompt_filter_results\":[{\"a\":1}]}",
                        HELLO,
                        STOP,
                        "[DONE]"));

        try (ChatStream stream =
                adapter("azure", upstream.url(), Optional.of("v"), "d", Json.object()).stream(
                        streamed(""), call())) {
            String text = text(stream);
            assertThat(text)
                    .startsWith("data: {\"choices\":[{")
                    .contains("\"prompt_filter_results\":[{\"a\":1}]");
            assertThat(text.split("\n\n")).hasSize(2);
        }
    }

    @Test
    void several_chunks_without_choices_travel_together_or_come_last() throws Exception {
        String first = "{\"choices\":[],\"a\":1}";
        String second = "{\"choices\":[],\"b\":2.50}";
        String last = "{\"choices\":[],\"c\":3}";
        upstream.enqueue(Reply.sse(first, second, HELLO, STOP, last, "[DONE]"));

        try (ChatStream stream =
                adapter("openai", "gpt-4o").stream(
                        streamed(",\"stream_options\":{\"include_usage\":true}"), call())) {
            String[] chunks = text(stream).split("\n\n");
            assertThat(chunks).hasSize(3);
            assertThat(chunks[0]).contains("\"a\":1", "\"b\":2.50", "Hello");
            assertThat(chunks[2]).isEqualTo("data: " + last);
        }
    }

    @Test
    void an_event_that_is_named_error_is_one_whatever_it_holds() throws Exception {
        upstream.enqueue(
                Reply.chunked(
                        "data: " + HELLO + "\n\n",
                        "event: error\ndata: {\"message\":\"slow down\",\"code\":429}\n\n"));

        try (ChatStream stream = adapter("openai", "gpt-4o").stream(streamed(""), call())) {
            ProviderException e = catchThrowableOfType(ProviderException.class, () -> text(stream));
            assertThat(e.failure().failureClass()).isEqualTo(FailureClass.RATE_LIMIT);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"object\":\"error\",\"message\":\"out of memory\",\"type\":\"InternalServerError\",\"code\":500}",
                "{\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}",
                "{\"error\": {\"message\":\"boom\",\"code\":502},\"choices\":[]}"
            })
    void an_error_inside_the_stream_is_a_failure_after_what_came_before_it(String error)
            throws Exception {
        upstream.enqueue(Reply.sse(ROLE, HELLO, error, "[DONE]"));

        try (ChatStream stream = adapter("openai", "gpt-4o").stream(streamed(""), call())) {
            StringBuilder before = new StringBuilder();
            ProviderException e =
                    catchThrowableOfType(ProviderException.class, () -> append(stream, before));
            assertThat(before.toString()).isEqualTo(sse(ROLE, HELLO));
            assertThat(e.failure().failureClass()).isEqualTo(FailureClass.TRANSIENT);
        }
    }

    @Test
    void a_stream_without_its_end_mark_is_a_failure_unless_the_answer_was_finished()
            throws Exception {
        upstream.enqueue(
                Reply.sse(ROLE, HELLO),
                Reply.sse(ROLE, HELLO, STOP),
                Reply.sse(ROLE, HELLO, STOP).cutAfter(2));
        ProviderAdapter adapter = adapter("openai", "gpt-4o");

        try (ChatStream cut = adapter.stream(streamed(""), call())) {
            assertThatThrownBy(() -> text(cut))
                    .hasMessageContaining("ended before the answer was complete");
        }
        try (ChatStream unmarked = adapter.stream(streamed(""), call())) {
            assertThat(text(unmarked)).isEqualTo(sse(ROLE, HELLO, STOP));
        }
        try (ChatStream broken = adapter.stream(streamed(""), call())) {
            assertThatThrownBy(() -> text(broken)).isInstanceOf(ProviderException.class);
        }
    }

    @Test
    void an_answer_that_is_an_error_with_status_200_or_no_json_is_a_failure() {
        upstream.enqueue(
                Reply.json(
                        200, "{\"error\":{\"message\":\"no\",\"code\":\"rate_limit_exceeded\"}}"),
                Reply.json(200, "{\"object\":\"error\",\"message\":\"no\",\"code\":429}"),
                Reply.json(200, "<html>"),
                Reply.json(200, "{\"choices\":["));

        assertThat(failure()).isEqualTo(FailureClass.RATE_LIMIT);
        assertThat(failure()).isEqualTo(FailureClass.RATE_LIMIT);
        assertThat(failure()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failure()).isEqualTo(FailureClass.TRANSIENT);
    }

    @Test
    void a_time_out_before_the_first_output_holds_although_lifecycle_frames_come()
            throws Exception {
        upstream.enqueue(
                Reply.sse(ROLE, ROLE, ROLE, ROLE, ROLE, ROLE)
                        .every(Duration.ofMillis(120))
                        .hangAfter(6));
        Timeouts brief =
                new Timeouts(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(20));

        try (ChatStream stream =
                adapter("openai", "gpt-4o").stream(
                        streamed(""), new CallContext(Optional.of(KEY), cancellation, brief))) {
            assertThatThrownBy(() -> text(stream)).isInstanceOf(ProviderException.class);
        }
        upstream.awaitClosed(Duration.ofSeconds(5));
    }

    @Test
    void a_cancel_ends_the_call_and_the_upstream_sees_it() {
        upstream.enqueue(Reply.hang());
        Thread.ofVirtual()
                .start(() -> {
                    upstream.awaitRequest(Duration.ofSeconds(5));
                    cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
                });

        assertThatThrownBy(() ->
                        adapter("openai", "gpt-4o")
                                .chat(request("{\"model\":\"a\",\"messages\":[]}"), call()))
                .isInstanceOf(CallCancelledException.class);
        upstream.awaitClosed(Duration.ofSeconds(1));
    }

    private static final ApiKey KEY = new ApiKey("sk-test-key-0001");

    private CallContext call() {
        return new CallContext(
                Optional.of(KEY),
                cancellation,
                new Timeouts(
                        Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(30)));
    }

    private FailureClass failure() {
        return catchThrowableOfType(
                        ProviderException.class,
                        () ->
                                adapter("openai", "gpt-4o")
                                        .chat(request("{\"model\":\"a\",\"messages\":[]}"), call()))
                .failure()
                .failureClass();
    }

    private ProviderAdapter adapter(String provider, String model) {
        return adapter(provider, model, Json.object());
    }

    private ProviderAdapter adapter(String provider, String model, ObjectNode defaults) {
        return adapter(provider, upstream.url() + "/v1", Optional.empty(), model, defaults);
    }

    private ProviderAdapter adapter(
            String provider,
            String base,
            Optional<String> version,
            String model,
            ObjectNode defaults) {
        ProviderTarget target = new ProviderTarget("p", model, URI.create(base), version, defaults);
        return OpenAiProviders.all(InstantSource.system()).stream()
                .filter(p -> p.id().equals(provider))
                .findFirst()
                .orElseThrow()
                .adapter(target, client);
    }

    private static RequestBody streamed(String more) throws Exception {
        return request("{\"model\":\"a\",\"messages\":[],\"stream\":true" + more + "}");
    }

    private static RequestBody request(String json) throws Exception {
        return new RequestScanner(64).scan(json.getBytes(UTF_8));
    }

    private static String text(ChatStream stream) throws ProviderException {
        StringBuilder all = new StringBuilder();
        append(stream, all);
        return all.toString();
    }

    private static void append(ChatStream stream, StringBuilder all) throws ProviderException {
        for (Optional<Frames> f = stream.next(); f.isPresent(); f = stream.next()) {
            all.append(new String(f.get().buffer(), f.get().offset(), f.get().length(), UTF_8));
        }
    }

    private static String sse(String... data) {
        return "data: " + String.join("\n\ndata: ", data) + "\n\n";
    }
}
