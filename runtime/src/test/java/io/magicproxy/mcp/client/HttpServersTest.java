package io.magicproxy.mcp.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.magicproxy.mcp.client.ServerSettings.Endpoint;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall.Progress;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolResult.Failed;
import io.magicproxy.tool.ToolSpec.Effect;
import io.magicproxy.upstream.Cancellation;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Servers that are reached by Streamable HTTP. */
class HttpServersTest {
    private static final String SECRET = "token-0123456789";

    @Test
    void tools_bear_their_servers_name_and_what_it_says_of_them() throws Exception {
        try (var server = new ScriptedServer()) {
            server.tools(
                    "{\"name\":\"look up\",\"description\":\"Looks.\",\"title\":\"Look\",\"inputSchema\":{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\"}}},\"annotations\":{\"readOnlyHint\":true}}",
                    "{\"name\":\"put\",\"inputSchema\":{\"type\":\"object\"},\"annotations\":{\"idempotentHint\":true}}",
                    "{\"name\":\"pay\",\"inputSchema\":{\"type\":\"object\"}}");
            try (Remotes remotes = remotes(server)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.names())
                        .containsExactly("shop__look_up", "shop__put", "shop__pay");
                List<Tool> tools = remotes.servers().tools();
                assertThat(tools.stream().map(tool -> tool.spec().conduct().effect()))
                        .containsExactly(Effect.NONE, Effect.IDEMPOTENT, Effect.ONCE);
                assertThat(tools.getFirst().spec().title()).isEqualTo("Look");
                assertThat(remotes.call("shop__look_up", "{\"q\":1}"))
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.code()).isEqualTo("invalid_arguments"));
                assertThat(remotes.call("shop__look_up", "{\"q\":\"x\"}")).isEqualTo(ok("done"));
                JsonNode call = server.got("tools/call").getFirst();
                assertThat(call.at("/params/name").asText()).isEqualTo("look up");
                assertThat(call.at("/params/_meta").path(OwnMeta.KEY).asText()).isEqualTo("key-1");
            }
        }
    }

    @Test
    void what_cant_be_offered_is_left_out_and_told() {
        try (var server = new ScriptedServer()) {
            String longName = "n".repeat(100);
            server.tools(
                    tool("a.b"),
                    tool("a b"),
                    tool(longName),
                    "{\"name\":\"bad\",\"inputSchema\":{\"type\":\"object\",\"properties\":7}}",
                    "{\"name\":\"worse\"}",
                    tool("fine"));
            try (Remotes remotes = remotes(server)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.names()).hasSize(3).contains("shop__a_b", "shop__fine");
                assertThat(remotes.names()).allMatch(name -> name.matches("[A-Za-z0-9_-]{1,64}"));
                assertThat(remotes.status("shop").problems())
                        .anyMatch(problem -> problem.startsWith("\"a b\" is left out"))
                        .anyMatch(problem -> problem.startsWith("\"bad\" is left out"))
                        .anyMatch(problem -> problem.startsWith("\"worse\" is left out"));
            }
        }
    }

    @Test
    void a_list_has_pages_and_an_allow_list_filters_it() {
        try (var server = new ScriptedServer()) {
            server.on(
                    "tools/list",
                    message ->
                            message.at("/params/cursor").asText().equals("2")
                                    ? ScriptedServer.result(
                                            message, "{\"tools\":[" + tool("search_b") + "]}")
                                    : ScriptedServer.result(
                                            message,
                                            "{\"nextCursor\":\"2\",\"tools\":["
                                                    + tool("search_a")
                                                    + ","
                                                    + tool("drop")
                                                    + "]}"));
            ServerSettings all = Remotes.http("shop", server.http().uri("/mcp"), Map.of());
            var some =
                    new ServerSettings(
                            all.name(),
                            all.endpoint(),
                            all.kind(),
                            Optional.of(List.of("search_*", "drpo")),
                            all.limits(),
                            all.missing());
            try (Remotes remotes = Remotes.of(some)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.names()).containsExactly("shop__search_a", "shop__search_b");
                assertThat(remotes.status("shop").problems())
                        .singleElement()
                        .asString()
                        .contains("\"drpo\"", "did you mean \"drop\"?");
            }
        }
    }

    @Test
    void a_changed_list_is_seen_where_nothing_is_announced() {
        try (var server = new ScriptedServer();
                Remotes remotes = remotes(server)) {
            remotes.awaitConnected("shop");
            var changes = new AtomicInteger();
            remotes.servers().onChange(changes::incrementAndGet);

            server.tools(tool("echo"), tool("more"));

            Remotes.until("more", () -> remotes.names().contains("shop__more"));
            Remotes.until("told", () -> changes.get() > 0);
        }
    }

    @Test
    void a_slow_call_is_given_up_and_the_server_told() throws Exception {
        try (var server = new ScriptedServer()) {
            server.on("tools/call", _ -> Reply.hang());
            ServerSettings hasty =
                    Remotes.settings(
                            "shop",
                            new Endpoint.Http(server.http().uri("/mcp"), Map.of()),
                            Duration.ofMillis(300));
            try (Remotes remotes = Remotes.of(hasty)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.call("shop__echo", "{}"))
                        .isInstanceOf(ToolResult.TimedOut.class);

                JsonNode call = server.got("tools/call").getFirst();
                Remotes.until("cancelled", () -> !server.got("notifications/cancelled").isEmpty());
                assertThat(server.got("notifications/cancelled").getFirst().at("/params/requestId"))
                        .isEqualTo(call.path("id"));
            }
        }
    }

    @Test
    void a_caller_who_leaves_gives_the_call_up() throws Exception {
        try (var server = new ScriptedServer()) {
            server.on("tools/call", _ -> Reply.hang());
            try (Remotes remotes = remotes(server)) {
                remotes.awaitConnected("shop");
                var cancellation = new Cancellation();
                Thread.ofVirtual()
                        .start(() -> {
                            Remotes.until("called", () -> !server.got("tools/call").isEmpty());
                            cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
                        });

                assertThat(remotes.call("shop__echo", "{}", cancellation))
                        .isEqualTo(new Failed("cancelled", "the call was given up"));

                Remotes.until("cancelled", () -> !server.got("notifications/cancelled").isEmpty());
            }
        }
    }

    @Test
    void a_call_that_was_given_up_before_it_began_isnt_made() throws Exception {
        try (var server = new ScriptedServer();
                Remotes remotes = remotes(server)) {
            remotes.awaitConnected("shop");
            var cancellation = new Cancellation();
            cancellation.cancel(Cancellation.Reason.CLIENT_GONE);

            assertThat(remotes.call("shop__echo", "{}", cancellation))
                    .isEqualTo(new Failed("cancelled", "the call was given up"));

            assertThat(server.got("tools/call")).isEmpty();
        }
    }

    @Test
    void a_server_that_vanishes_in_the_middle_of_a_call_leaves_its_outcome_unknown()
            throws Exception {
        try (var server = new ScriptedServer()) {
            server.on("tools/call", _ -> Reply.reset());
            try (Remotes remotes = remotes(server)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.call("shop__echo", "{}"))
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed ->
                                        assertThat(failed.code())
                                                .isEqualTo(Failed.OUTCOME_UNKNOWN));
                assertThat(server.got("tools/call")).hasSize(1);
            }
        }
    }

    @Test
    void a_call_that_does_no_harm_is_made_again_with_its_key_when_the_server_is_back()
            throws Exception {
        try (var server = new ScriptedServer()) {
            server.tools(
                    "{\"name\":\"echo\",\"inputSchema\":{\"type\":\"object\"},\"annotations\":{\"idempotentHint\":true}}");
            var calls = new AtomicInteger();
            server.on(
                    "tools/call",
                    message -> {
                        if (calls.getAndIncrement() > 0) {
                            return ScriptedServer.result(message, ScriptedServer.text("again"));
                        }
                        // As after a restart: it knows no session any more.
                        server.on("ping", _ -> Reply.reset());
                        return Reply.reset();
                    });
            var begun = new AtomicInteger();
            server.on(
                    "initialize",
                    message -> {
                        begun.incrementAndGet();
                        server.on("ping", ping -> ScriptedServer.result(ping, "{}"));
                        return ScriptedServer.result(
                                message,
                                "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"serverInfo\":{}}");
                    });
            try (Remotes remotes = remotes(server)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.call("shop__echo", "{}")).isEqualTo(ok("again"));

                assertThat(begun).hasValue(2);
                assertThat(
                                server.got("tools/call").stream()
                                        .map(call ->
                                                call.at("/params/_meta")
                                                        .path(OwnMeta.KEY)
                                                        .asText()))
                        .containsExactly("key-1", "key-1");
            }
        }
    }

    @Test
    void a_forgotten_session_is_begun_anew_and_the_call_made_then() throws Exception {
        try (var server = new ScriptedServer()) {
            var sessions = new AtomicInteger();
            server.on(
                    "initialize",
                    message ->
                            Reply.json(
                                    200,
                                    ScriptedServer.body(
                                            message,
                                            "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"serverInfo\":{}}"),
                                    "Mcp-Session-Id",
                                    "s" + sessions.incrementAndGet()));
            server.on(
                    "tools/call",
                    message ->
                            sessions.get() == 1
                                    ? Reply.json(404, "{}")
                                    : ScriptedServer.result(message, ScriptedServer.text("found")));
            server.on(
                    "ping",
                    message ->
                            server.got("tools/call").isEmpty() || sessions.get() > 1
                                    ? ScriptedServer.result(message, "{}")
                                    : Reply.json(404, "{}"));
            try (Remotes remotes = remotes(server)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.call("shop__echo", "{}")).isEqualTo(ok("found"));
                assertThat(sessions).hasValue(2);
            }
        }
    }

    @Test
    void a_server_that_answers_nonsense_is_down_and_says_why() {
        assertThat(downBecause(_ -> Reply.body(200, "text/html", "<h1>Hi".getBytes(UTF_8))))
                .contains("text/html", "is this the address of an MCP server?");
        assertThat(downBecause(_ -> Reply.json(200, "[1, 2")))
                .contains("no message of the protocol");
        assertThat(downBecause(_ -> Reply.garbage())).isNotBlank();
        assertThat(
                        downBecause(message ->
                                ScriptedServer.result(message, "{\"protocolVersion\":\"1999\"}")))
                .contains("protocol \"1999\"");
        assertThat(downBecause(message -> ScriptedServer.result(message, "7")))
                .contains("neither a result nor an error");
        assertThat(downBecause(_ -> Reply.json(401, "{}"))).contains("401", "check headers");
    }

    private static String downBecause(Function<JsonNode, Reply> initialize) {
        try (var server = new ScriptedServer()) {
            server.on("initialize", initialize);
            try (Remotes remotes = remotes(server)) {
                assertThat(remotes.awaitDown("shop")).isNotBlank();
                assertThat(remotes.names()).isEmpty();
                return remotes.awaitDown("shop");
            }
        }
    }

    @Test
    void a_nonsensical_answer_to_a_call_is_an_observation() throws Exception {
        try (var server = new ScriptedServer()) {
            server.on("tools/call", message -> ScriptedServer.result(message, "{\"nothing\":1}"));
            try (Remotes remotes = remotes(server)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.call("shop__echo", "{}"))
                        .isEqualTo(new Failed("tool_error", "the server's answer has no content"));

                server.on(
                        "tools/call",
                        message ->
                                ScriptedServer.result(
                                        message,
                                        "{\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"no such city\"}]}"));
                assertThat(remotes.call("shop__echo", "{}"))
                        .isEqualTo(new Failed("tool_error", "no such city"));
                server.on(
                        "tools/call",
                        message ->
                                ScriptedServer.result(
                                        message, ScriptedServer.text("x".repeat(300_000))));
                assertThat(remotes.call("shop__echo", "{}"))
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.code()).isEqualTo("tool_limit"));
            }
        }
    }

    @Test
    void an_answer_in_a_stream_that_breaks_is_asked_for_again() throws Exception {
        try (var server = new ScriptedServer()) {
            server.on(
                    "tools/call",
                    message ->
                            Reply.chunked(
                                    "id: e1\nretry: 50\ndata: \n\n",
                                    "data: "
                                            + ScriptedServer.body(
                                                    message, ScriptedServer.text("streamed"))
                                            + "\n\n"));
            try (Remotes remotes = remotes(server)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.call("shop__echo", "{}")).isEqualTo(ok("streamed"));
            }
        }
    }

    @Test
    void how_far_a_call_is_reaches_the_caller() throws Exception {
        try (var server = new ScriptedServer()) {
            server.on(
                    "tools/call",
                    message ->
                            Reply.sse(
                                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":%s,\"progress\":3,\"total\":4,\"message\":\"nearly\"}}"
                                            .formatted(message.at("/params/_meta/progressToken")),
                                    ScriptedServer.body(message, ScriptedServer.text("there"))));
            try (Remotes remotes = remotes(server)) {
                remotes.awaitConnected("shop");
                List<Progress> told = new CopyOnWriteArrayList<>();

                assertThat(remotes.call("shop__echo", "{}", new Cancellation(), told::add))
                        .isEqualTo(ok("there"));

                assertThat(told).containsExactly(new Progress(3, 4, "nearly"));
            }
        }
    }

    @Test
    void a_server_that_comes_back_is_used_again_by_itself() throws Exception {
        try (var server = new ScriptedServer();
                Remotes remotes = remotes(server)) {
            remotes.awaitConnected("shop");
            server.on("ping", _ -> Reply.reset());
            server.on("initialize", _ -> Reply.reset());

            remotes.awaitDown("shop");
            assertThat(remotes.names()).isEmpty();
            assertThat(remotes.call("shop__echo", "{}"))
                    .isInstanceOfSatisfying(
                            Failed.class,
                            failed -> {
                                assertThat(failed.code()).isEqualTo(Failed.UNAVAILABLE);
                                assertThat(failed.message()).contains("\"shop\" is down");
                            });

            server.on("ping", message -> ScriptedServer.result(message, "{}"));
            server.on(
                    "initialize",
                    message ->
                            ScriptedServer.result(
                                    message,
                                    "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"serverInfo\":{}}"));
            remotes.awaitConnected("shop");
            assertThat(remotes.call("shop__echo", "{}")).isEqualTo(ok("done"));
        }
    }

    @Test
    void secrets_are_sent_there_alone_and_seen_nowhere() throws Exception {
        try (var other = ScriptedUpstream.start();
                var server = new ScriptedServer()) {
            server.on(
                    "tools/call",
                    message ->
                            ScriptedServer.result(
                                    message, ScriptedServer.text("you sent " + SECRET)));
            ServerSettings settings =
                    Remotes.http(
                            "shop",
                            server.http().uri("/mcp?key=query-secret-1"),
                            Map.of("Authorization", "Bearer " + SECRET));
            try (Remotes remotes = Remotes.of(settings)) {
                remotes.awaitConnected("shop");

                assertThat(remotes.call("shop__echo", "{}")).isEqualTo(ok("you sent [secret]"));
                assertThat(server.http().requests())
                        .allMatch(request ->
                                request.header("authorization")
                                        .equals(Optional.of("Bearer " + SECRET)));
                assertThat(remotes.servers().status().toString() + settings)
                        .doesNotContain(SECRET, "query-secret-1");

                server.on("ping", _ -> redirect(other));
                server.on("initialize", _ -> redirect(other));
                assertThat(remotes.awaitDown("shop")).contains("307", "redirects are not followed");
                assertThat(other.requests()).isEmpty();
            }
        }
    }

    private static Reply redirect(ScriptedUpstream to) {
        return Reply.json(307, "{\"to\":\"" + SECRET + "\"}", "Location", to.url() + "/mcp");
    }

    @Test
    void a_metadata_address_is_never_called() {
        try (Remotes remotes =
                Remotes.of(
                        Remotes.http("shop", URI.create("http://169.254.169.254/mcp"), Map.of()))) {
            assertThat(remotes.awaitDown("shop")).contains("never called", "correct url");
        }
    }

    @Test
    void other_servers_are_not_disturbed_by_a_change() throws Exception {
        try (var one = new ScriptedServer();
                var two = new ScriptedServer();
                Remotes remotes = remotes(one)) {
            remotes.awaitConnected("shop");
            ServerSettings first = Remotes.http("shop", one.http().uri("/mcp"), Map.of());
            ServerSettings second = Remotes.http("bank", two.http().uri("/mcp"), Map.of());

            remotes.servers().use(List.of(first, second));
            remotes.awaitConnected("bank");
            assertThat(remotes.names()).containsExactly("shop__echo", "bank__echo");

            remotes.servers().use(List.of(first));
            assertThat(remotes.names()).containsExactly("shop__echo");
            assertThat(one.got("initialize")).hasSize(1);

            remotes.servers()
                    .use(
                            List.of(
                                    Remotes.http(
                                            "shop",
                                            one.http().uri("/mcp"),
                                            Map.of("X-Team", "blue"))));
            Remotes.until("again", () -> one.got("initialize").size() == 2);
        }
    }

    private static Remotes remotes(ScriptedServer server) {
        return Remotes.of(Remotes.http("shop", server.http().uri("/mcp"), Map.of()));
    }

    private static String tool(String name) {
        return "{\"name\":\"" + name + "\",\"inputSchema\":{\"type\":\"object\"}}";
    }

    private static ToolResult ok(String text) {
        return new ToolResult.Ok(JsonNodeFactory.instance.textNode(text));
    }
}
