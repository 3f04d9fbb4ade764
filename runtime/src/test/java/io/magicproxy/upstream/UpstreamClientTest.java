package io.magicproxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.http.HeaderValues;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.upstream.UpstreamException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpstreamClientTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Timeouts PATIENT = new Timeouts(LONG, LONG, LONG);
    private static final int LIMIT = 1 << 20;

    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final HelidonUpstreamClient client =
            new HelidonUpstreamClient(UpstreamConfig.defaults());
    private final UpstreamTarget target =
            UpstreamTarget.of(
                    upstream.uri("/v1/chat?api-version=2024-10-21%2Fx"),
                    List.of(HeaderValues.create("X-Static", "fixed")));

    @AfterEach
    void close() {
        client.close();
        upstream.close();
    }

    @Test
    void a_request_arrives_with_its_headers_and_its_answer_comes_back() throws Exception {
        upstream.enqueue(Reply.json(201, "{\"a\":1}", "X-Request-Id", "r-1"));
        var headers = List.of(HeaderValues.create("Authorization", "Bearer k"));
        try (var reply =
                client.send(
                        UpstreamRequest.post(target, headers, "{}".getBytes(UTF_8), PATIENT),
                        new Cancellation())) {
            assertThat(reply.status()).isEqualTo(201);
            assertThat(reply.header("x-request-id")).contains("r-1");
            assertThat(reply.header("x-other")).isEmpty();
            assertThat(reply.body(LIMIT)).asString().isEqualTo("{\"a\":1}");
        }
        var request = upstream.requests().getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v1/chat?api-version=2024-10-21%2Fx");
        assertThat(request.text()).isEqualTo("{}");
        assertThat(request.headers())
                .containsEntry("authorization", "Bearer k")
                .containsEntry("x-static", "fixed")
                .containsEntry("host", "localhost:" + upstream.port())
                .containsEntry("accept-encoding", "identity")
                .containsEntry("content-length", "2")
                .containsEntry("user-agent", "magic-proxy");
    }

    @Test
    void an_empty_answer_and_a_get_work() throws Exception {
        upstream.enqueue(Reply.raw("HTTP/1.1 204 None\r\n\r\n").ending(Reply.Ending.KEEP_ALIVE));
        upstream.enqueue(Reply.json(200, "[]"));
        assertThat(post()).isEmpty();
        var get = UpstreamRequest.get(target, List.of(), PATIENT);
        try (var reply = client.send(get, new Cancellation())) {
            assertThat(reply.body(LIMIT)).asString().isEqualTo("[]");
        }
        assertThat(upstream.requests().getLast().method()).isEqualTo("GET");
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void connections_are_kept_whatever_the_framing() throws Exception {
        upstream.enqueue(
                Reply.json(200, "one"),
                Reply.sse("two"),
                Reply.gzip(200, "three"),
                Reply.json(500, "four"),
                withTrailers("five"),
                earlyHints("six"),
                Reply.json(200, "seven"));
        assertThat(post()).isEqualTo("one");
        assertThat(post()).isEqualTo("data: two\n\n");
        assertThat(post()).isEqualTo("three");
        assertThat(post()).isEqualTo("four");
        assertThat(post()).isEqualTo("five");
        assertThat(post()).isEqualTo("six");
        assertThat(post()).isEqualTo("seven");
        assertThat(upstream.connections()).isEqualTo(1);
        assertThat(client.connections()).isEqualTo(1);
    }

    @Test
    void an_upstream_that_announces_the_close_gets_a_new_connection() throws Exception {
        upstream.enqueue(
                Reply.json(200, "one", "Connection", "close").ending(Reply.Ending.CLOSE),
                Reply.raw("HTTP/1.1 200 OK\r\n\r\nuntil the end"),
                Reply.json(200, "three"));
        assertThat(post()).isEqualTo("one");
        assertThat(post()).isEqualTo("until the end");
        assertThat(post()).isEqualTo("three");
        assertThat(upstream.connections()).isEqualTo(3);
        assertThat(client.connections()).isEqualTo(1);
    }

    @Test
    void a_connection_that_the_upstream_closed_while_idle_is_replaced_silently() throws Exception {
        upstream.always(request -> Reply.json(200, request.text()));
        for (int i = 0; i < 20; i++) {
            assertThat(post()).isEqualTo("{}");
            upstream.dropConnections();
            upstream.awaitClosed(LONG);
        }
        assertThat(upstream.requests()).hasSize(20);
    }

    @Test
    void a_fresh_connection_that_breaks_is_a_failure_and_is_not_repeated() {
        upstream.enqueue(Reply.reset(), Reply.json(200, "never"));
        assertFails(Kind.RESET, PATIENT);
        assertThat(upstream.requests()).hasSize(1);
    }

    @Test
    void an_answer_that_breaks_off_is_a_failure_and_its_connection_is_gone() {
        upstream.enqueue(
                Reply.sse("a", "b").cutAfter(1),
                Reply.sse("a", "b").resetAfter(1),
                Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"));
        assertFails(Kind.RESET, PATIENT);
        assertFails(Kind.RESET, PATIENT);
        assertFails(Kind.RESET, PATIENT);
        assertThat(client.connections()).isZero();
    }

    @Test
    void what_is_no_http_is_a_failure() {
        upstream.enqueue(
                Reply.garbage(),
                Reply.raw("SSH-2.0-OpenSSH_9.6\r\n"),
                Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
                Reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n"),
                Reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"),
                Reply.raw("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"),
                Reply.raw("HTTP/1.1 200 OK\r\nX: " + "y".repeat(100_000) + "\r\n\r\n"));
        for (int i = 0; i < 7; i++) {
            assertFails(Kind.PROTOCOL, PATIENT);
        }
        assertThat(client.connections()).isZero();
    }

    @Test
    void an_answer_over_the_limit_is_refused_whether_announced_or_not() {
        upstream.enqueue(
                Reply.json(200, "x".repeat(LIMIT + 1)),
                Reply.chunked("x".repeat(LIMIT), "x"),
                Reply.gzip(200, "x".repeat(LIMIT + 1)),
                Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"));
        for (int i = 0; i < 4; i++) {
            assertFails(Kind.TOO_LARGE, PATIENT);
        }
        assertThat(client.connections()).isZero();
    }

    @Test
    void nothing_listening_is_a_connect_failure() {
        upstream.close();
        assertFails(Kind.CONNECT, PATIENT);
        var unknown = UpstreamTarget.of(URI.create("http://no-such-host.invalid/"), List.of());
        assertThatThrownBy(() -> send(unknown, PATIENT))
                .isInstanceOfSatisfying(
                        UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONNECT))
                .hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void link_local_and_metadata_addresses_are_never_called() {
        for (String host :
                List.of(
                        "169.254.169.254",
                        "[fe80::1]",
                        "[fd00:ec2::254]",
                        "[::ffff:169.254.1.1]")) {
            var forbidden =
                    UpstreamTarget.of(
                            URI.create("http://" + host + "/latest/meta-data"), List.of());
            assertThatThrownBy(() -> send(forbidden, PATIENT))
                    .as(host)
                    .isInstanceOfSatisfying(
                            UpstreamException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.FORBIDDEN_ADDRESS));
        }
    }

    @Test
    void redirects_are_given_back_not_followed() throws Exception {
        upstream.enqueue(Reply.json(307, "", "Location", upstream.url() + "/elsewhere"));
        try (var reply = send(target, PATIENT)) {
            assertThat(reply.status()).isEqualTo(307);
        }
        assertThat(upstream.requests()).hasSize(1);
    }

    @Test
    void a_header_or_address_that_cannot_be_sent_is_refused() {
        var evil = List.of(HeaderValues.create("X-Evil", "a\r\nX-More: b"));
        assertThatThrownBy(() -> UpstreamRequest.get(target, evil, PATIENT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UpstreamTarget.of(URI.create("ftp://h/"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UpstreamTarget.of(URI.create("http://u:secret@h/"), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void an_unused_connection_is_closed_after_a_while() throws Exception {
        try (var hasty =
                new HelidonUpstreamClient(
                        UpstreamConfig.defaults().idleFor(Duration.ofMillis(50)))) {
            upstream.enqueue(Reply.json(200, "x"));
            try (var reply =
                    hasty.send(
                            UpstreamRequest.get(target, List.of(), PATIENT), new Cancellation())) {
                reply.body(LIMIT);
            }
            upstream.awaitClosed(LONG);
        }
    }

    private String post() throws UpstreamException {
        try (var reply = send(target, PATIENT)) {
            return new String(reply.body(LIMIT), UTF_8);
        }
    }

    private UpstreamReply send(UpstreamTarget where, Timeouts timeouts) throws UpstreamException {
        return client.send(
                UpstreamRequest.post(where, List.of(), "{}".getBytes(UTF_8), timeouts),
                new Cancellation());
    }

    private void assertFails(Kind kind, Timeouts timeouts) {
        assertThatThrownBy(
                        () -> {
                            try (var reply = send(target, timeouts)) {
                                reply.body(LIMIT);
                            }
                        })
                .isInstanceOfSatisfying(
                        UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining("localhost");
    }

    private static Reply withTrailers(String body) {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n";
        String size = Integer.toHexString(body.length());
        return Reply.raw(head, size + ";ext=1\r\n" + body + "\r\n", "0\r\nX-Sum: 1\r\n\r\n")
                .ending(Reply.Ending.KEEP_ALIVE);
    }

    private static Reply earlyHints(String body) {
        return Reply.raw(
                        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .ending(Reply.Ending.KEEP_ALIVE);
    }
}
