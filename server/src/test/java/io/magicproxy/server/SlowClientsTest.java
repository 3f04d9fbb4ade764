package io.magicproxy.server;

import static io.magicproxy.server.RawClient.get;
import static io.magicproxy.server.RawClient.post;
import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send or read too slowly, over sockets of their own. */
@Timeout(120)
class SlowClientsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int SMALL = 4 * 1024;
    private static final String EVENT =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                    + "x".repeat(30_000)
                    + "\"}}]}\n\n";

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"G", "GET /v1/models HTT", "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n"})
    void a_head_that_comes_too_slowly_is_answered_with_408(String beginning) throws Exception {
        try (TestGateway gateway = gateway("request_read_timeout: 300ms");
                RawClient client = new RawClient(gateway.port())) {
            client.send(beginning);
            client.trickle("X", 100);

            assertThat(client.readToTheEnd())
                    .startsWith("HTTP/1.1 408 ")
                    .contains("request_read_timeout", "\"code\":\"request_timeout\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100000", "Transfer-Encoding: chunked"})
    void a_body_that_comes_too_slowly_is_answered_with_408(String framing) throws Exception {
        try (TestGateway gateway = gateway("request_read_timeout: 300ms");
                RawClient client = new RawClient(gateway.port())) {
            client.send(
                    "POST "
                            + CHAT
                            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + framing
                            + "\r\n\r\n");
            client.trickle(framing.startsWith("Tr") ? "1\r\n \r\n" : " ", 100);

            assertThat(client.readToTheEnd()).startsWith("HTTP/1.1 408 ");
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void the_limit_is_for_what_comes_and_not_for_waiting() throws Exception {
        upstream.always(_ -> Reply.json(200, "{\"choices\":[]}").after(Duration.ofMillis(1_200)));
        try (TestGateway gateway = gateway("request_read_timeout: 1s");
                RawClient client = new RawClient(gateway.port())) {
            client.send(post(CHAT, chat("gpt", "")));
            assertThat(client.readUntil("{\"choices\":[]}")).startsWith("HTTP/1.1 200 ");
            // Idle for longer than a request may take.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_200));
            client.send(get("/health/liveness"));
            assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void a_body_that_nobody_wants_is_not_waited_for_for_ever() throws Exception {
        try (TestGateway gateway = gateway("request_read_timeout: 300ms");
                RawClient client = new RawClient(gateway.port())) {
            client.send(
                    "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{");
            client.trickle(" ", 100);

            assertThat(client.readToTheEnd())
                    .startsWith("HTTP/1.1 404 ")
                    .doesNotContain("HTTP/1.1 408 ");
        }
    }

    @Test
    void a_client_that_does_not_read_holds_its_upstream_up() throws Exception {
        upstream.enqueue(endless());
        try (TestGateway gateway = gateway("response_write_timeout: 60s");
                RawClient client = new RawClient(gateway.port(), SMALL)) {
            client.send(post(CHAT, streamed("gpt")));
            client.readUntil("data: ");
            long held = awaitStill();
            // What the system's buffers take, on two connections.
            assertThat(held).isLessThan(64L << 20);

            client.read(16 << 20);
            assertThat(upstream.bytesSent()).isGreaterThan(held);
        }
        upstream.awaitClosed(LONG);
    }

    @Test
    void with_the_typewriter_too() throws Exception {
        upstream.enqueue(endless());
        try (TestGateway gateway = gateway("response_write_timeout: 1s", "typewriter_mode: proxy");
                RawClient client = new RawClient(gateway.port(), SMALL)) {
            client.send(post(CHAT, streamed("gpt")));
            client.readUntil("data: ");
            long held = awaitStill();
            assertThat(held).isLessThan(64L << 20);
            upstream.awaitClosed(LONG);
        }
    }

    @Test
    void a_client_that_stops_reading_a_stream_is_dropped_and_its_upstream_cancelled()
            throws Exception {
        upstream.enqueue(endless());
        try (TestGateway gateway = gateway("response_write_timeout: 1s");
                RawClient client = new RawClient(gateway.port(), SMALL)) {
            client.send(post(CHAT, streamed("gpt")));
            client.readUntil("data: ");

            upstream.awaitClosed(LONG);
            assertThatThrownBy(() -> client.read(1 << 30)).isInstanceOf(IOException.class);
            await(() ->
                    gateway.get("/metrics").body().matches("(?s).*streams_open\\{[^}]*} 0\\.0.*"));
        }
    }

    @Test
    void a_client_that_never_reads_its_answer_is_dropped() throws Exception {
        upstream.enqueue(Reply.json(200, "{\"x\":\"" + "y".repeat(32 << 20) + "\"}"));
        try (TestGateway gateway = gateway("response_write_timeout: 1s");
                RawClient client = new RawClient(gateway.port(), SMALL)) {
            client.send(post(CHAT, chat("gpt", "")));
            client.readUntil("\r\n\r\n");

            // It is counted when its handler gets free.
            String counted = "(?s).*magic_proxy_requests[^\n]*chat/completions.*";
            assertThat(gateway.get("/metrics").body()).doesNotMatch(counted);
            await(() -> gateway.get("/metrics").body().matches(counted));
        }
    }

    @Test
    void a_client_that_reads_slowly_is_served() throws Exception {
        upstream.enqueue(Reply.json(200, "{\"x\":\"" + "y".repeat(16 << 20) + "\"}"));
        try (TestGateway gateway = gateway("response_write_timeout: 1s");
                RawClient client = new RawClient(gateway.port(), SMALL)) {
            client.send(post(CHAT, chat("gpt", "")));
            client.readUntil("\r\n\r\n");
            // For longer than the limit, in which the system's buffers alone would not keep it up.
            for (int i = 0; i < 14; i++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                client.read(128 * 1024);
            }
            client.read((16 << 20) + 8 - 14 * 128 * 1024);
        }
    }

    @Test
    void heartbeats_for_a_client_that_does_not_read_harm_nobody() throws Exception {
        upstream.enqueue(endless());
        try (TestGateway gateway =
                        gateway(
                                "response_write_timeout: 2s",
                                "heartbeat: 1ms, first_heartbeat: 0");
                RawClient client = new RawClient(gateway.port(), SMALL)) {
            client.send(post(CHAT, streamed("gpt")));
            ReceivedRequest call = upstream.awaitRequest(LONG);
            assertThat(call.closed()).succeedsWithin(LONG);
            assertThat(gateway.get("/health/liveness").statusCode()).isEqualTo(200);
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static Reply endless() {
        return Reply.chunked(EVENT).hangAfter(1).ending(Reply.Ending.REPEAT);
    }

    /** Until the upstream can't send any more; how much it has sent. */
    private long awaitStill() {
        long before = -1;
        while (upstream.bytesSent() != before) {
            before = upstream.bytesSent();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(400));
        }
        return before;
    }

    private TestGateway gateway(String security) throws Exception {
        return gateway(security, "heartbeat: 0");
    }

    private TestGateway gateway(String security, String streaming) throws Exception {
        return TestGateway.in(folder)
                .config(
                        """
                        model_list:
                          - {model_name: gpt, provider: openai, model_params: {model: m, api_base: '%s/v1', api_key: sk-0123456789abcdef}}
                        security_settings: {%s}
                        streaming_settings: {%s}
                        """
                                .formatted(upstream.url(), security, streaming))
                .start();
    }
}
