package io.magicproxy.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.Additions;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.mcp.McpPeer.Event;
import io.magicproxy.server.mcp.McpPeer.Events;
import io.magicproxy.upstream.Cancellation;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streamable HTTP on the wire: sessions, versions, statuses, streams that break. */
class McpTransportTest {
    private static final String LIST = McpPeer.request(1, "tools/list", "{}");
    private static final String WAIT = McpPeer.request(7, "tools/call", "{\"name\":\"wait\"}");
    private static final String TALK =
            McpPeer.request(
                    7,
                    "tools/call",
                    "{\"name\":\"wait\",\"arguments\":{\"talk\":true},\"_meta\":{\"progressToken\":\"p\"}}");

    @TempDir private Path folder;
    private final WaitingTool waiting = new WaitingTool();

    @ParameterizedTest
    @CsvSource({
        "2025-11-25, 2025-11-25",
        "2025-06-18, 2025-06-18",
        "2025-03-26, 2025-03-26",
        "2024-11-05, 2024-11-05",
        "1999-01-01, 2025-11-25"
    })
    void a_version_that_both_speak_is_agreed_on(String wanted, String agreed) throws Exception {
        try (TestGateway gateway = start("")) {
            HttpResponse<String> opened =
                    gateway.post("/mcp", McpPeer.initialize(wanted), "Accept", McpPeer.BOTH);

            JsonNode result = Json.read(opened.body()).path("result");
            assertThat(result.path("protocolVersion").asText()).isEqualTo(agreed);
            assertThat(result.at("/serverInfo/name").asText()).isEqualTo("magic-proxy");
            assertThat(result.path("capabilities").has("tools")).isTrue();
            assertThat(opened.headers().firstValue("mcp-session-id").orElseThrow())
                    .matches("[0-9a-f]{32}");
        }
    }

    @Test
    void what_is_not_in_order_is_refused_with_its_status_and_a_remedy() throws Exception {
        try (TestGateway gateway = start("")) {
            McpPeer peer = McpPeer.of(gateway);
            String[] good = {"Accept", McpPeer.BOTH, "Mcp-Session-Id", peer.session()};

            refused(gateway.post("/mcp", LIST, "Accept", McpPeer.BOTH), 400, "initialize");
            refused(
                    gateway.post("/mcp", LIST, "Accept", McpPeer.BOTH, "Mcp-Session-Id", "nobody"),
                    404,
                    "no such session");
            refused(
                    gateway.post(
                            "/mcp",
                            LIST,
                            "Accept",
                            "application/json",
                            "Mcp-Session-Id",
                            peer.session()),
                    406,
                    "text/event-stream");
            refused(
                    gateway.post(
                            "/mcp",
                            LIST,
                            "Accept",
                            McpPeer.BOTH,
                            "Mcp-Session-Id",
                            peer.session(),
                            "MCP-Protocol-Version",
                            "2023-01-01"),
                    400,
                    "2025-11-25");
            refused(gateway.post("/mcp", "{\"jsonrpc\":\"2.0\"", good), 400, "-32700");
            refused(gateway.post("/mcp", "[" + LIST + "]", good), 400, "must be a JSON object");
            refused(gateway.post("/mcp", "{\"jsonrpc\":\"2.0\",\"id\":1}", good), 400, "\"method");
            refused(
                    gateway.post("/mcp", LIST.replace("\"id\":1", "\"id\":1.5"), good),
                    400,
                    "whole number");
            refused(
                    gateway.post("/mcp", "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}", good),
                    400,
                    "nobody waits");
            refused(gateway.post("/mcp", McpPeer.initialize("2025-11-25"), good), 400, "already");
            refused(gateway.get("/mcp", "Accept", "application/json"), 406, "text/event-stream");
            refused(gateway.get("/mcp", "Accept", "text/event-stream"), 400, "Mcp-Session-Id");
            refused(
                    gateway.get(
                            "/mcp",
                            "Accept",
                            "text/event-stream",
                            "Mcp-Session-Id",
                            peer.session(),
                            "Last-Event-ID",
                            "77-1"),
                    400,
                    "Last-Event-ID");
            HttpResponse<String> put =
                    gateway.client()
                            .send(
                                    HttpRequest.newBuilder(gateway.uri("/mcp"))
                                            .PUT(BodyPublishers.noBody())
                                            .build(),
                                    BodyHandlers.ofString());
            refused(put, 405, "DELETE");
            assertThat(put.headers().firstValue("allow")).contains("GET, POST, DELETE");
            assertThat(peer.call("nothing/such", "{}").path("code").asInt()).isEqualTo(-32601);
            assertThat(peer.call("ping", "{}").isEmpty()).isTrue();
        }
    }

    private static void refused(HttpResponse<String> response, int status, String words) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains(words).contains("\"jsonrpc\":\"2.0\"");
    }

    @Test
    void a_session_that_was_deleted_is_unknown() throws Exception {
        try (TestGateway gateway = start("")) {
            McpPeer peer = McpPeer.of(gateway);

            assertThat(peer.delete().statusCode()).isEqualTo(204);
            refused(peer.send(LIST), 404, "no such session");
            assertThat(peer.delete().statusCode()).isEqualTo(404);
        }
    }

    @Test
    void keys_hosts_origins_and_sizes_are_checked_as_everywhere() throws Exception {
        try (TestGateway gateway =
                start("security_settings: {master_key: mk-of-the-test, max_body: 1KiB}")) {
            String hello = McpPeer.initialize("2025-11-25");
            String[] key = {"Accept", McpPeer.BOTH, "Authorization", "Bearer mk-of-the-test"};

            assertThat(gateway.post("/mcp", hello, "Accept", McpPeer.BOTH).statusCode())
                    .isEqualTo(401);
            assertThat(gateway.post("/mcp", hello, key).statusCode()).isEqualTo(200);
            assertThat(gateway.post("/mcp", hello + " ".repeat(2000), key).statusCode())
                    .isEqualTo(413);
            for (String method : List.of("GET", "POST", "DELETE")) {
                HttpResponse<String> foreign =
                        gateway.client()
                                .send(
                                        HttpRequest.newBuilder(gateway.uri("/mcp"))
                                                .header("Origin", "https://evil.example")
                                                .header("Authorization", "Bearer mk-of-the-test")
                                                .method(method, BodyPublishers.noBody())
                                                .build(),
                                        BodyHandlers.ofString());
                assertThat(foreign.statusCode()).as(method).isEqualTo(403);
            }
        }
    }

    @Test
    void a_slow_answer_is_streamed_and_a_client_that_was_cut_off_comes_back_for_it()
            throws Exception {
        try (TestGateway gateway = start("")) {
            McpPeer peer = McpPeer.of(gateway);
            Event place;
            try (Events stream = peer.post(WAIT)) {
                place = stream.next();
            }
            assertThat(place.data()).isBlank();
            waiting.finish("at last");

            try (Events again = peer.listen("Last-Event-ID", place.id())) {
                JsonNode answer = again.message();
                assertThat(answer.path("id").asInt()).isEqualTo(7);
                assertThat(answer.at("/result/content/0/text").asText()).isEqualTo("at last");
                again.awaitEnd();
            }
            assertThat(waiting.givenUp()).isFalse();
        }
    }

    @Test
    void what_a_client_has_seen_is_not_sent_again() throws Exception {
        try (TestGateway gateway = start("")) {
            McpPeer peer = McpPeer.of(gateway);
            Event told;
            try (Events stream = peer.post(TALK)) {
                stream.next();
                told = stream.next();
            }
            assertThat(told.json().path("method").asText()).isEqualTo("notifications/progress");
            assertThat(told.json().at("/params/progressToken").asText()).isEqualTo("p");
            waiting.finish("done");

            try (Events again = peer.listen("Last-Event-ID", told.id())) {
                assertThat(again.message().has("result")).isTrue();
            }
        }
    }

    @Test
    void an_older_client_gets_no_event_without_a_message() throws Exception {
        try (TestGateway gateway = start("")) {
            McpPeer peer = McpPeer.of(gateway, "2025-06-18");
            try (Events stream = peer.post(TALK)) {
                waiting.finish("done");
                assertThat(stream.next().json().path("method").asText())
                        .isEqualTo("notifications/progress");
                assertThat(stream.next().json().has("result")).isTrue();
            }
        }
    }

    @Test
    void a_client_that_does_not_come_back_costs_its_call() throws Exception {
        try (TestGateway gateway = start("mcp_settings: {resume_window: 1s}")) {
            McpPeer peer = McpPeer.of(gateway);
            try (Events stream = peer.post(TALK)) {
                stream.next();
                waiting.awaitBegun();
            }

            assertThat(waiting.reason()).isEqualTo(Cancellation.Reason.CLIENT_GONE);
        }
    }

    @Test
    void a_client_that_takes_its_request_back_gets_no_answer() throws Exception {
        try (TestGateway gateway = start("")) {
            McpPeer peer = McpPeer.of(gateway);
            try (Events stream = peer.post(TALK)) {
                stream.next();
                stream.next();
                HttpResponse<String> cancel =
                        peer.send(
                                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7}}");

                assertThat(cancel.statusCode()).isEqualTo(202);
                assertThat(waiting.reason()).isEqualTo(Cancellation.Reason.CLIENT_GONE);
                stream.awaitEnd();
                assertThat(stream.empty()).isTrue();
            }
        }
    }

    @Test
    void a_call_that_is_cancelled_before_it_has_begun_never_begins() throws Exception {
        var single = new WaitingTool(1);
        try (TestGateway gateway = start("", single)) {
            McpPeer peer = McpPeer.of(gateway);
            String early =
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":8}}";
            // Of a call that isn't known yet it means nothing.
            assertThat(peer.send(early).statusCode()).isEqualTo(202);
            try (Events first = peer.post(WAIT);
                    Events second = peer.post(WAIT.replace("\"id\":7", "\"id\":8"))) {
                single.awaitBegun();

                assertThat(peer.send(early).statusCode()).isEqualTo(202);
                second.awaitEnd();

                single.finish("done");
                assertThat(first.message().at("/result/content/0/text").asText()).isEqualTo("done");
                assertThat(single.calls()).isEqualTo(1);
            }
        }
    }

    @Test
    void a_deleted_session_gives_its_calls_up() throws Exception {
        try (TestGateway gateway = start("")) {
            McpPeer peer = McpPeer.of(gateway);
            try (Events stream = peer.post(WAIT)) {
                stream.next();
                peer.delete();

                assertThat(waiting.reason()).isEqualTo(Cancellation.Reason.CLIENT_GONE);
                stream.awaitEnd();
            }
        }
    }

    @Test
    void one_session_too_many_ends_the_one_that_was_idle_longest() throws Exception {
        try (TestGateway gateway = start("mcp_settings: {max_sessions: 2}")) {
            McpPeer first = McpPeer.of(gateway);
            McpPeer second = McpPeer.of(gateway);
            first.call("ping", "{}");
            McpPeer third = McpPeer.of(gateway);

            refused(second.send(LIST), 404, "no such session");
            first.call("ping", "{}");
            third.call("ping", "{}");
        }
    }

    @Test
    void a_session_under_way_is_not_ended_for_another() throws Exception {
        try (TestGateway gateway = start("mcp_settings: {max_sessions: 1}")) {
            McpPeer peer = McpPeer.of(gateway);
            try (Events stream = peer.listen()) {
                stream.next();

                HttpResponse<String> refused =
                        gateway.post(
                                "/mcp", McpPeer.initialize("2025-11-25"), "Accept", McpPeer.BOTH);
                refused(refused, 429, "max_sessions");
                assertThat(refused.headers().firstValue("retry-after")).isPresent();
            }
        }
    }

    @Test
    void a_session_that_nobody_uses_ends() throws Exception {
        try (TestGateway gateway = start("mcp_settings: {session_idle: 1s}")) {
            McpPeer peer = McpPeer.of(gateway);
            long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            // A look at the session would be a use of it.
            while (sessions(gateway) > 0 && System.nanoTime() < until) {
                Thread.sleep(50);
            }

            refused(peer.send(LIST), 404, "no such session");
        }
    }

    private static int sessions(TestGateway gateway) throws Exception {
        return gateway.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("magic_proxy_mcp_sessions{"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToInt(value -> (int) Double.parseDouble(value))
                .sum();
    }

    @Test
    void sessions_are_counted() throws Exception {
        try (TestGateway gateway = start("")) {
            assertThat(sessions(gateway)).isZero();
            McpPeer first = McpPeer.of(gateway);
            McpPeer.of(gateway);
            assertThat(sessions(gateway)).isEqualTo(2);
            first.delete();
            assertThat(sessions(gateway)).isEqualTo(1);
        }
    }

    @Test
    void a_second_listener_takes_over_from_the_first() throws Exception {
        try (TestGateway gateway = start("")) {
            McpPeer peer = McpPeer.of(gateway);
            try (Events first = peer.listen()) {
                first.next();
                try (Events second = peer.listen()) {
                    second.next();
                    first.awaitEnd();
                }
            }
        }
    }

    @Test
    void a_gateway_that_stops_ends_listeners_at_once_and_lets_calls_end_well() throws Exception {
        TestGateway gateway = start("");
        McpPeer peer = McpPeer.of(gateway);
        try (Events listening = peer.listen();
                Events call = peer.post(TALK)) {
            listening.next();
            waiting.awaitBegun();
            Thread stopping = Thread.ofVirtual().start(gateway.server()::close);

            listening.awaitEnd();
            assertThat(waiting.givenUp()).isFalse();
            waiting.finish("done");
            assertThat(call.message().path("method").asText()).isEqualTo("notifications/progress");
            assertThat(call.message().has("result")).isTrue();
            stopping.join();
        } finally {
            gateway.close();
        }
    }

    private TestGateway start(String more) throws Exception {
        return start(more, waiting);
    }

    private TestGateway start(String more, WaitingTool tool) throws Exception {
        return TestGateway.in(folder)
                .config(
                        "model_list: [{model_name: sim, provider: simulator, model_params: {model: chat}}]\n"
                                + more)
                .additions(new Additions(List.of(tool), List.of(), List.of()))
                .start();
    }
}
