package io.magicproxy.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.server.drills.ModelReply;
import io.magicproxy.testing.OtlpReceiver;
import io.magicproxy.testing.OtlpReceiver.Seen;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces, read back from a receiver that the gateway sends them to. */
class TracesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";
    private static final String PARENT = "00-" + TRACE + "-" + CALLER + "-01";
    private static final String UNSAMPLED = "00-" + TRACE + "-" + CALLER + "-00";
    private static final String KEY = "sk-the-very-secret-key-of-this-test";
    private static final String CHAT = "/v1/chat/completions";
    private static final String WHOLE =
            """
            {"id":"c-7","model":"gpt-x-2026","choices":[{"index":0,"message":{"role":"assistant","content":"It is \\"model\\":\\"wrong\\"."},"finish_reason":"stop"}],
             "usage":{"prompt_tokens":11,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}
            """;

    @TempDir private Path folder;
    private final OtlpReceiver receiver = new OtlpReceiver();
    private final ScriptedUpstream upstream = ScriptedUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
        receiver.close();
    }

    private TestGateway gateway(String telemetry) throws Exception {
        String more = telemetry.isEmpty() ? "" : ", " + telemetry;
        return with(
                "telemetry_settings: {otlp_endpoint: \"%s\"%s%s}"
                        .formatted(
                                receiver.endpoint(),
                                telemetry.contains("sampling") ? "" : ", sampling: 1",
                                more));
    }

    private TestGateway with(String telemetry, String... environment) throws Exception {
        TestGateway.Builder builder =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - model_name: main
                                    provider: openai
                                    model_params: {model: gpt-x, api_base: %s/v1, api_key: %s}
                                  - model_name: second
                                    provider: openai
                                    model_params: {model: gpt-y, api_base: %s/v1, api_key: %s}
                                  - {model_name: agent, provider: simulator, model_params: {model: m, agent_settings: {reasoning_mode: outer}}}
                                  - {model_name: helper, provider: simulator, model_params: {model: m, agent_settings: {reasoning_mode: inner}}}
                                router_settings: {model_group_alias: {both: [main, second]}, num_retries: 0}
                                sandbox_settings: {isolation: in_process, grants: {asker: {agents: true}}}
                                %s
                                """
                                        .formatted(
                                                upstream.url(),
                                                KEY,
                                                upstream.url(),
                                                KEY,
                                                telemetry));
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment(environment[i], environment[i + 1]);
        }
        return builder.start();
    }

    private void scripts() throws Exception {
        Path patterns = Files.createDirectories(folder.resolve("patterns"));
        Path tools = Files.createDirectories(folder.resolve("tools"));
        Files.writeString(
                patterns.resolve("outer.js"),
                """
                export async function run(ctx) {
                  const [said, sum] = await ctx.parallel([
                    () => ctx.llm(ctx.query, {model: 'main'}), () => ctx.tool('add', {a: 1, b: 2})]);
                  const told = await ctx.agent('helper', 'and then?');
                  const asked = await ctx.tool('asker', {});
                  return `${said} ${sum} ${told.answer ?? told} ${asked}`;
                }
                """);
        Files.writeString(
                patterns.resolve("inner.js"),
                "export const run = async ctx => String(await ctx.tool('twice', {n: 4}));");
        Files.writeString(
                tools.resolve("add.js"),
                "/** Adds.\n * @param {number} a\n * @param {number} b */\nexport const run = (a, b) => a + b;");
        Files.writeString(
                tools.resolve("twice.js"),
                "/** Doubles.\n * @param {number} n */\nexport const run = n => 2 * n;");
        Files.writeString(
                tools.resolve("asker.js"),
                """
                export const manifest = { agents: true };
                /** Asks the helper. */
                export async function run() {
                  const said = await tool.agent('helper', 'again?');
                  return String(said.answer ?? said);
                }
                """);
    }

    private static void ready(TestGateway gateway, String tool) throws Exception {
        Waiting.until(() -> gateway.get("/tools/" + tool).statusCode() == 200);
    }

    @Test
    void one_trace_leads_from_the_clients_span_to_the_last_tool_of_a_nested_agent()
            throws Exception {
        scripts();
        upstream.always(_ -> ModelReply.of("The ", "answer."));
        try (TestGateway gateway = gateway("")) {
            ready(gateway, "add");
            ready(gateway, "twice");
            ready(gateway, "asker");
            HttpResponse<String> answer =
                    gateway.post(CHAT, TestGateway.chat("agent", ""), "traceparent", PARENT);

            assertThat(Json.read(answer.body()).at("/choices/0/message/content").asText())
                    .isEqualTo("The answer. 3 8 8");
        }
        List<Seen> spans =
                receiver.spans().stream().filter(span -> span.trace().equals(TRACE)).toList();
        assertThat(spans)
                .extracting(Seen::name)
                .containsExactlyInAnyOrder(
                        "POST " + CHAT,
                        "invoke_agent agent",
                        "chat gpt-x",
                        "execute_tool add",
                        "invoke_agent helper",
                        "execute_tool twice",
                        "execute_tool asker",
                        "invoke_agent helper",
                        "execute_tool twice");
        Seen request = receiver.span("POST " + CHAT);
        Seen agent = receiver.span("invoke_agent agent");
        Seen asker = receiver.span("execute_tool asker");
        List<Seen> helpers = receiver.spans("invoke_agent helper");
        assertThat(request.parent()).isEqualTo(CALLER);
        assertThat(request.kind()).isEqualTo("SERVER");
        assertThat(agent.parent()).isEqualTo(request.id());
        assertThat(receiver.span("chat gpt-x").parent()).isEqualTo(agent.id());
        assertThat(receiver.span("execute_tool add").parent()).isEqualTo(agent.id());
        assertThat(asker.parent()).isEqualTo(agent.id());
        assertThat(helpers)
                .extracting(Seen::parent)
                .containsExactlyInAnyOrder(agent.id(), asker.id());
        assertThat(receiver.spans("execute_tool twice"))
                .extracting(Seen::parent)
                .containsExactlyInAnyOrderElementsOf(helpers.stream().map(Seen::id).toList());
        assertThat(agent.attribute("gen_ai.agent.name")).isEqualTo("agent");
        assertThat(agent.attribute("gen_ai.conversation.id")).isNotEmpty();
        assertThat(agent.attribute("gen_ai.usage.output_tokens")).isEqualTo("3");
        assertThat(receiver.span("execute_tool add").attribute("magic_proxy.tool.source"))
                .isEqualTo("add.js");
        assertThat(upstream.requests().getFirst().header("traceparent"))
                .contains("00-" + TRACE + "-" + receiver.span("chat gpt-x").id() + "-01");
    }

    @Test
    void a_providers_call_is_a_span_with_its_usage_and_without_its_words_and_keys()
            throws Exception {
        upstream.always(_ -> Reply.json(200, WHOLE));
        try (TestGateway gateway = gateway("")) {
            assertThat(gateway.post(CHAT, TestGateway.chat("main", "")).statusCode())
                    .isEqualTo(200);
        }
        Seen call = receiver.span("chat gpt-x");
        assertThat(call.kind()).isEqualTo("CLIENT");
        assertThat(call.attributes())
                .containsEntry("gen_ai.operation.name", "chat")
                .containsEntry("gen_ai.provider.name", "openai")
                .containsEntry("gen_ai.request.model", "gpt-x")
                .containsEntry("gen_ai.response.model", "gpt-x-2026")
                .containsEntry("gen_ai.response.id", "c-7")
                .containsEntry("gen_ai.response.finish_reasons", "[stop]")
                .containsEntry("gen_ai.usage.input_tokens", "11")
                .containsEntry("gen_ai.usage.output_tokens", "5")
                .containsEntry("gen_ai.usage.cache_read.input_tokens", "4")
                .containsEntry("gen_ai.usage.reasoning.output_tokens", "2")
                .containsEntry("magic_proxy.profile", "main")
                .containsKey("magic_proxy.key_fingerprint");
        Seen request = receiver.span("POST " + CHAT);
        assertThat(request.parent()).isEmpty();
        assertThat(request.attributes())
                .containsEntry("http.route", CHAT)
                .containsEntry("http.response.status_code", "200")
                .containsEntry("magic_proxy.alias", "main")
                .containsKey("magic_proxy.request_id");
        assertThat(receiver.spans().toString()).doesNotContain(KEY, "wrong", "\"hi\"");
    }

    @Test
    void a_streams_span_ends_with_the_stream() throws Exception {
        upstream.always(_ -> ModelReply.of("a", "b", "c").every(java.time.Duration.ofMillis(60)));
        try (TestGateway gateway = gateway("")) {
            assertThat(gateway.post(CHAT, TestGateway.streamed("main")).body()).contains("[DONE]");
        }
        Seen call = receiver.span("chat gpt-x");
        assertThat(call.attributes())
                .containsEntry("gen_ai.request.stream", "true")
                .containsEntry("gen_ai.response.finish_reasons", "[stop]")
                .containsEntry("gen_ai.usage.output_tokens", "3");
        double first = Double.parseDouble(call.attribute("gen_ai.response.time_to_first_chunk"));
        // Three more events came after the first.
        assertThat(call.nanos() / 1e9).isGreaterThan(first + 0.15);
    }

    @Test
    void failed_attempts_are_spans_with_the_failures_class() throws Exception {
        upstream.enqueue(
                Reply.json(503, "{\"error\":{\"message\":\"overloaded: you said hi\"}}"),
                Reply.json(200, WHOLE));
        try (TestGateway gateway = gateway("")) {
            assertThat(gateway.post(CHAT, TestGateway.chat("both", "")).statusCode())
                    .isEqualTo(200);
        }
        Seen failed = receiver.span("chat gpt-x");
        Seen answered = receiver.span("chat gpt-y");
        Seen request = receiver.span("POST " + CHAT);
        assertThat(failed.failed()).isTrue();
        assertThat(failed.attributes())
                .containsEntry("error.type", "transient")
                .containsEntry("http.response.status_code", "503")
                .containsEntry("magic_proxy.attempt", "1");
        assertThat(answered.failed()).isFalse();
        assertThat(answered.attribute("magic_proxy.attempt")).isEqualTo("2");
        assertThat(List.of(failed.parent(), answered.parent())).containsOnly(request.id());
        assertThat(request.events())
                .containsExactly(
                        "magic_proxy.attempt_failed {magic_proxy.error=transient, magic_proxy.profile=main}");
        assertThat(receiver.spans().toString()).doesNotContain("overloaded", KEY);
    }

    @Test
    void content_is_told_only_when_it_was_asked_for() throws Exception {
        upstream.enqueue(Reply.json(200, WHOLE), ModelReply.of("Stream", "ed."));
        try (TestGateway gateway = gateway("capture_content: true")) {
            var _ = gateway.post(CHAT, TestGateway.chat("main", ""));
            var _ = gateway.post(CHAT, TestGateway.streamed("main"));
        }
        List<Seen> calls = receiver.spans("chat gpt-x");
        assertThat(calls)
                .extracting(call -> call.attribute("gen_ai.input.messages"))
                .containsOnly(
                        "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"hi\"}]}]");
        assertThat(calls)
                .extracting(call -> Json.read(call.attribute("gen_ai.output.messages")))
                .extracting(said -> said.at("/0/parts/0/content").asText())
                .containsExactlyInAnyOrder("It is \"model\":\"wrong\".", "Streamed.");
    }

    @Test
    void who_asks_decides_whether_a_trace_is_recorded_and_else_the_sampling_does()
            throws Exception {
        upstream.always(_ -> Reply.json(200, WHOLE));
        try (TestGateway gateway = gateway("")) {
            var _ = gateway.post(CHAT, TestGateway.chat("main", ""), "traceparent", UNSAMPLED);
        }
        assertThat(receiver.spans()).isEmpty();
        // The provider is told the trace all the same, and that it isn't recorded.
        assertThat(upstream.requests().getFirst().header("traceparent").orElse(""))
                .startsWith("00-" + TRACE)
                .endsWith("-00");

        try (TestGateway gateway = gateway("sampling: 0")) {
            var _ = gateway.post(CHAT, TestGateway.chat("main", ""));
            var _ = gateway.post(CHAT, TestGateway.chat("main", ""), "traceparent", PARENT);
        }
        assertThat(receiver.spans()).extracting(Seen::trace).containsOnly(TRACE).hasSize(2);
    }

    @Test
    void providers_are_told_nothing_of_the_trace_if_they_shall_not_be() throws Exception {
        upstream.always(_ -> Reply.json(200, WHOLE));
        try (TestGateway gateway = gateway("propagate: false")) {
            var _ = gateway.post(CHAT, TestGateway.chat("main", ""), "traceparent", PARENT);
        }
        assertThat(receiver.span("chat gpt-x").trace()).isEqualTo(TRACE);
        assertThat(upstream.requests().getFirst().header("traceparent")).isEmpty();
    }

    @Test
    void an_mcp_clients_own_place_in_a_trace_counts() throws Exception {
        scripts();
        try (TestGateway gateway = gateway("")) {
            ready(gateway, "add");
            HttpResponse<String> opened =
                    mcp(
                            gateway,
                            "",
                            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}");
            String session = opened.headers().firstValue("mcp-session-id").orElseThrow();
            var _ =
                    mcp(
                            gateway,
                            session,
                            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            String called =
                    mcp(
                                    gateway,
                                    session,
                                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"add\",\"arguments\":{\"a\":1,\"b\":2},\"_meta\":{\"traceparent\":\""
                                            + PARENT
                                            + "\"}}}")
                            .body();
            assertThat(called).contains("\"text\":\"3\"");
        }
        Seen served = receiver.span("tools/call add");
        Seen executed = receiver.span("execute_tool add");
        assertThat(served.trace()).isEqualTo(TRACE);
        assertThat(served.parent()).isEqualTo(CALLER);
        assertThat(served.attribute("mcp.method.name")).isEqualTo("tools/call");
        assertThat(executed.parent()).isEqualTo(served.id());
    }

    private static HttpResponse<String> mcp(TestGateway gateway, String session, String message)
            throws Exception {
        String both = "application/json, text/event-stream";
        return session.isEmpty()
                ? gateway.post("/mcp", message, "Accept", both)
                : gateway.post("/mcp", message, "Accept", both, "Mcp-Session-Id", session);
    }

    @Test
    void a_tools_failure_is_its_spans() throws Exception {
        scripts();
        try (TestGateway gateway = gateway("")) {
            ready(gateway, "add");
            assertThat(gateway.post("/tools/add", "{\"a\":\"x\"}").statusCode()).isEqualTo(400);
        }
        Seen call = receiver.span("execute_tool add");
        assertThat(call.failed()).isTrue();
        assertThat(call.attribute("error.type")).isEqualTo("invalid_arguments");
        assertThat(call.parent()).isEqualTo(receiver.span("POST /tools/{name}").id());
    }

    @Test
    void metrics_go_to_the_collector_too_with_its_secret_header() throws Exception {
        upstream.always(_ -> Reply.json(200, WHOLE));
        try (TestGateway gateway =
                gateway(
                        "headers: {authorization: Bearer of-the-collector}, metrics_interval: 1h")) {
            var _ = gateway.post(CHAT, TestGateway.chat("main", ""));
        }
        assertThat(receiver.metrics())
                .contains(
                        "magic_proxy.requests",
                        "magic_proxy.tokens",
                        "gen_ai.client.operation.duration",
                        "gen_ai.client.token.usage");
        assertThat(receiver.authorizations()).isNotEmpty().containsOnly("Bearer of-the-collector");
    }

    @Test
    void the_standard_variables_of_the_environment_are_enough() throws Exception {
        upstream.always(_ -> Reply.json(200, WHOLE));
        try (TestGateway gateway =
                with(
                        "",
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        receiver.endpoint() + "/",
                        "OTEL_EXPORTER_OTLP_HEADERS",
                        "authorization=Basic%20abc",
                        "OTEL_SERVICE_NAME",
                        "from-outside",
                        "OTEL_TRACES_SAMPLER",
                        "parentbased_always_on")) {
            var _ = gateway.post(CHAT, TestGateway.chat("main", ""));
        }
        assertThat(receiver.span("chat gpt-x").service()).isEqualTo("from-outside");
        assertThat(receiver.authorizations()).contains("Basic abc");
    }

    @Test
    void nobody_notices_a_collector_that_is_away() throws Exception {
        upstream.always(_ -> Reply.json(200, WHOLE));
        int nobody;
        try (var free = new ServerSocket(0)) {
            nobody = free.getLocalPort();
        }
        try (TestGateway gateway =
                with(
                        "telemetry_settings: {otlp_endpoint: \"http://127.0.0.1:%d\", sampling: 1}"
                                .formatted(nobody))) {
            for (int i = 0; i < 50; i++) {
                HttpResponse<String> answer = gateway.post(CHAT, TestGateway.chat("main", ""));
                assertThat(answer.statusCode()).isEqualTo(200);
            }
            JsonNode health = gateway.json("/health");
            assertThat(health.path("status").asText()).isEqualTo("UP");
        }
    }
}
