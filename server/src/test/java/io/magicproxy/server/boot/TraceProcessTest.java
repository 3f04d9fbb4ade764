package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.server.Waiting;
import io.magicproxy.server.drills.ModelReply;
import io.magicproxy.testing.OtlpReceiver;
import io.magicproxy.testing.OtlpReceiver.Seen;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces that go through several processes, one of which dies. */
class TraceProcessTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

    @TempDir private Path folder;
    private final OtlpReceiver receiver = new OtlpReceiver();
    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() {
        client.shutdownNow();
        upstream.close();
        receiver.close();
    }

    private void prepare(String agents) throws Exception {
        Files.writeString(
                folder.resolve("proxy_config.yaml"),
                """
                model_list:
                  - model_name: main
                    provider: openai
                    model_params: {model: gpt-x, api_base: %s/v1, api_key: sk-the-key-of-the-drill}
                agent_settings: {reasoning_mode: two%s}
                sandbox_settings: {isolation: in_process}
                backend_settings: {queue: {lease: 2s}}
                telemetry_settings: {otlp_endpoint: "%s", sampling: 0}
                """
                        .formatted(upstream.url(), agents, receiver.endpoint()));
        Files.writeString(
                Files.createDirectories(folder.resolve("patterns")).resolve("two.mjs"),
                """
                export async function run(ctx) {
                  const sum = await ctx.tool('add', {a: 1, b: 2});
                  return `${sum} ${await ctx.llm('one')} ${await ctx.llm('two')}`;
                }
                """);
        Files.writeString(
                Files.createDirectories(folder.resolve("tools")).resolve("add.js"),
                "/** Adds.\n * @param {number} a\n * @param {number} b */\nexport const run = (a, b) => a + b;");
    }

    private Optional<String> session(int port) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(
                                Program.post(
                                        port,
                                        "/v1/react/sessions",
                                        "{\"model_alias\":\"main\",\"user_query\":\"q\"}"),
                                (_, _) -> true)
                        .header("traceparent", PARENT)
                        .build();
        HttpResponse<?> stream = client.send(request, BodyHandlers.ofInputStream());
        return stream.headers().firstValue("x-magic-session");
    }

    private void awaitTool(int port) throws Exception {
        Waiting.until(
                () -> Program.send(client, Program.get(port, "/tools/add")).statusCode() == 200);
    }

    private void awaitAnswer(int port, String session) throws Exception {
        Waiting.until(() ->
                Json.read(
                                Program.send(
                                                client,
                                                Program.get(port, "/v1/react/sessions/" + session))
                                        .body())
                        .path("state")
                        .asText()
                        .equals("answered"));
    }

    private static Reply answer(ReceivedRequest request) {
        return ModelReply.of("to ", ModelReply.question(request));
    }

    @Test
    void a_run_goes_on_in_its_trace_when_another_worker_takes_it_up_after_a_kill()
            throws Exception {
        prepare("");
        upstream.always(request ->
                ModelReply.question(request).equals("two")
                        ? answer(request).hangAfter(1)
                        : answer(request));
        String session;
        try (Program gateway = Program.start(folder, "--port", "0")) {
            awaitTool(gateway.port());
            session = session(gateway.port()).orElseThrow();
            Waiting.until(() -> upstream.requests().size() == 2);
            // What ended before the death is told.
            Waiting.until(() -> !receiver.spans("execute_tool add").isEmpty());
            gateway.process().kill();
        }
        upstream.always(TraceProcessTest::answer);
        try (Program again = Program.start(folder, "--port", "0")) {
            awaitAnswer(again.port(), session);
            Waiting.until(() -> !receiver.spans("invoke_agent main").isEmpty());
        }
        List<Seen> spans = receiver.spans();
        assertThat(spans).extracting(Seen::trace).containsOnly(TRACE);
        Seen agent = receiver.span("invoke_agent main");
        assertThat(agent.attribute("magic_proxy.attempt")).isEqualTo("2");
        assertThat(agent.attribute("gen_ai.conversation.id")).isEqualTo(session);
        // The second worker makes the call that was in flight, and no other.
        Waiting.until(() ->
                receiver.spans("chat gpt-x").stream()
                        .anyMatch(call -> call.parent().equals(agent.id())));
        assertThat(receiver.spans("execute_tool add")).hasSize(1);
        assertThat(receiver.spans("execute_tool add").getFirst().parent()).isNotEqualTo(agent.id());
    }

    @Test
    void a_tool_in_its_own_process_is_in_the_trace_of_the_agent_that_calls_it() throws Exception {
        int toolsPort;
        try (var free = new ServerSocket(0)) {
            toolsPort = free.getLocalPort();
        }
        prepare(", mcp_server_url: \"http://127.0.0.1:%d/mcp\"".formatted(toolsPort));
        upstream.always(TraceProcessTest::answer);
        try (Program tools = Program.start(folder, "tools", "--port", Integer.toString(toolsPort));
                Program gateway = Program.start(folder, "--port", "0")) {
            awaitTool(gateway.port());
            String session = session(gateway.port()).orElseThrow();
            awaitAnswer(gateway.port(), session);
            Waiting.until(() ->
                    receiver.spans("execute_tool add").size() == 2
                            && !receiver.spans("invoke_agent main").isEmpty());
            assertThat(tools.process().isAlive()).isTrue();
        }
        Seen agent = receiver.span("invoke_agent main");
        Seen served = receiver.span("tools/call add");
        Seen asked = of("magic-proxy");
        Seen executed = of("magic-proxy-tools");
        assertThat(asked.parent()).isEqualTo(agent.id());
        assertThat(served.parent()).isEqualTo(asked.id());
        assertThat(served.service()).isEqualTo("magic-proxy-tools");
        assertThat(executed.parent()).isEqualTo(served.id());
        assertThat(List.of(agent, served, asked, executed))
                .extracting(Seen::trace)
                .containsOnly(TRACE);
    }

    private Seen of(String service) {
        return receiver.spans("execute_tool add").stream()
                .filter(span -> span.service().equals(service))
                .findFirst()
                .orElseThrow();
    }
}
