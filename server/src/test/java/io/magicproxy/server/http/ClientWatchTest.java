package io.magicproxy.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.tls.Tls;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.testing.TestTls;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import io.magicproxy.upstream.UpstreamException;
import io.magicproxy.upstream.UpstreamRequest;
import io.magicproxy.upstream.UpstreamTarget;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway in a nutshell: server, upstream client, and between them what is tested. */
@Timeout(60)
class ClientWatchTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Timeouts PATIENT = new Timeouts(LONG, LONG, LONG);

    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final UpstreamClient client = UpstreamClient.create(UpstreamConfig.defaults());
    private final UpstreamTarget target = UpstreamTarget.of(upstream.uri("/"), List.of());
    private final ClientWatch watch = ClientWatch.start(() -> LONG, () -> LONG);
    private final BlockingQueue<Cancellation.Reason> cancelled = new LinkedBlockingQueue<>();
    private final WebServer server =
            WebServer.builder()
                    .port(0)
                    .host("127.0.0.1")
                    .shutdownHook(false)
                    .connectionOptions(options -> options.tcpNoDelay(true))
                    .addConnectionSelector(watch.selector(Http1Config.create()))
                    .routing(routing ->
                            routing.post("/chat", this::chat).post("/stream", this::stream))
                    .build()
                    .start();

    @AfterEach
    void close() {
        server.stop();
        watch.close();
        client.close();
        upstream.close();
    }

    @Test
    void a_client_that_leaves_before_the_answer_ends_the_upstream_call() throws Exception {
        upstream.enqueue(Reply.hang());
        try (var caller = new Caller(server.port())) {
            caller.send("/chat", "x");
            upstream.awaitRequest(LONG);
        }
        upstream.awaitClosed(Duration.ofSeconds(5));
        assertThat(cancelled.poll(10, TimeUnit.SECONDS)).isEqualTo(Cancellation.Reason.CLIENT_GONE);
    }

    @Test
    void a_client_that_leaves_before_the_first_token_ends_the_upstream_call() throws Exception {
        upstream.enqueue(Reply.sse("a").hangAfter(0));
        try (var caller = new Caller(server.port())) {
            caller.send("/stream", "x");
            upstream.awaitRequest(LONG);
        }
        upstream.awaitClosed(Duration.ofSeconds(5));
        assertThat(cancelled.poll(10, TimeUnit.SECONDS)).isEqualTo(Cancellation.Reason.CLIENT_GONE);
    }

    @Test
    void a_client_that_leaves_in_the_middle_of_a_stream_ends_the_upstream_call() throws Exception {
        upstream.enqueue(Reply.sse("a", "b").hangAfter(1));
        try (var caller = new Caller(server.port())) {
            caller.send("/stream", "x");
            assertThat(caller.lineWith("data: ")).isEqualTo("data: a");
        }
        upstream.awaitClosed(Duration.ofSeconds(5));
        assertThat(cancelled.poll(10, TimeUnit.SECONDS)).isEqualTo(Cancellation.Reason.CLIENT_GONE);
    }

    @Test
    void a_client_that_aborts_its_connection_counts_as_gone() throws Exception {
        upstream.enqueue(Reply.hang());
        try (var caller = new Caller(server.port())) {
            caller.send("/chat", "x");
            upstream.awaitRequest(LONG);
            caller.socket.setSoLinger(true, 0);
        }
        upstream.awaitClosed(Duration.ofSeconds(5));
    }

    @Test
    void a_client_that_only_ends_its_sending_counts_as_gone() throws Exception {
        upstream.enqueue(Reply.hang());
        try (var caller = new Caller(server.port())) {
            caller.send("/chat", "x");
            upstream.awaitRequest(LONG);
            caller.socket.shutdownOutput();
            upstream.awaitClosed(Duration.ofSeconds(5));
        }
    }

    @Test
    void a_watched_connection_serves_the_next_requests() throws Exception {
        upstream.always(request -> Reply.json(200, request.text()).after(Duration.ofMillis(250)));
        try (var caller = new Caller(server.port())) {
            for (int i = 0; i < 5; i++) {
                caller.send("/chat", "body-" + i);
                assertThat(caller.lineWith("body-")).isEqualTo("body-" + i);
            }
        }
        assertThat(cancelled).isEmpty();
    }

    @Test
    void pipelined_requests_are_kept_while_the_first_is_watched() throws Exception {
        // Long enough for a second watcher, after the first one has read the second request.
        upstream.always(request -> Reply.json(200, request.text()).after(Duration.ofMillis(600)));
        try (var caller = new Caller(server.port())) {
            for (int i = 0; i < 3; i++) {
                caller.send("/chat", "body-" + i);
                upstream.awaitRequest(LONG);
                caller.send("/chat", "more-" + i);
                assertThat(caller.lineWith("body-")).isEqualTo("body-" + i);
                assertThat(caller.lineWith("more-")).isEqualTo("more-" + i);
                upstream.awaitRequest(LONG);
            }
        }
        assertThat(cancelled).isEmpty();
    }

    @Test
    void a_client_that_pipelined_and_left_is_seen_too() throws Exception {
        upstream.enqueue(Reply.hang());
        try (var caller = new Caller(server.port())) {
            caller.send("/chat", "x");
            upstream.awaitRequest(LONG);
            caller.send("/chat", "y");
        }
        upstream.awaitClosed(Duration.ofSeconds(10));
    }

    @Test
    void two_hundred_requests_leave_no_threads() throws Exception {
        upstream.always(request -> Reply.json(200, "{\"ok\":1}").after(Duration.ofMillis(5)));
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        for (int i = 0; i < 200; i++) {
            try (var caller = new Caller(server.port())) {
                caller.send("/chat", "x");
                assertThat(caller.lineWith("{")).isEqualTo("{\"ok\":1}");
            }
        }
        // Watchers are virtual: only a dump shows them.
        await(() -> watchers() == 0);
        assertThat(Thread.getAllStackTraces().keySet()).hasSizeLessThan(before.size() + 20);
    }

    @Test
    void slow_requests_leave_no_watchers_once_their_clients_have_gone() throws Exception {
        upstream.always(request -> Reply.json(200, "{\"ok\":1}").after(Duration.ofMillis(300)));
        for (int i = 0; i < 3; i++) {
            try (var caller = new Caller(server.port())) {
                caller.send("/chat", "x");
                await(() -> watchers() == 1);
                assertThat(caller.lineWith("{")).isEqualTo("{\"ok\":1}");
            }
            await(() -> watchers() == 0);
        }
    }

    @Test
    void over_tls_a_client_is_seen_leaving_and_its_connection_is_kept_until_then()
            throws Exception {
        TestTls tls = TestTls.create();
        WebServer secure =
                WebServer.builder()
                        .port(0)
                        .host("127.0.0.1")
                        .shutdownHook(false)
                        .tls(Tls.builder().sslContext(tls.server()).build())
                        .addConnectionSelector(watch.selector(Http1Config.create()))
                        .routing(routing ->
                                routing.post("/chat", this::chat).post("/stream", this::stream))
                        .build()
                        .start();
        upstream.enqueue(Reply.json(200, "body-1").after(Duration.ofMillis(300)));
        upstream.enqueue(Reply.json(200, "body-2").after(Duration.ofMillis(300)));
        upstream.enqueue(Reply.sse("a", "b").every(Duration.ofMillis(300)).hangAfter(1));
        var socket =
                tls.client()
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), secure.port());
        try (var caller = new Caller(socket)) {
            for (int i = 1; i < 3; i++) {
                caller.send("/chat", "x");
                assertThat(caller.lineWith("body-")).isEqualTo("body-" + i);
            }
            caller.send("/stream", "x");
            assertThat(caller.lineWith("data: ")).isEqualTo("data: a");
            assertThat(cancelled).isEmpty();
        }
        upstream.awaitClosed(Duration.ofSeconds(5));
        secure.stop();
    }

    @Test
    void asking_outside_a_handler_says_what_to_do() {
        assertThatThrownBy(ClientPresence::current)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ClientWatch.selector");
    }

    private void chat(ServerRequest request, ServerResponse response) {
        byte[] body = request.content().as(byte[].class);
        var cancellation = new Cancellation();
        try (var _ =
                        ClientPresence.current()
                                .onGone(() ->
                                        cancellation.cancel(Cancellation.Reason.CLIENT_GONE));
                var reply =
                        client.send(
                                UpstreamRequest.post(target, List.of(), body, PATIENT),
                                cancellation)) {
            response.send(reply.body(1 << 20));
        } catch (UpstreamException e) {
            cancelled.addAll(cancellation.reason().stream().toList());
            response.status(Status.BAD_GATEWAY_502).send(e.getMessage());
        }
    }

    private void stream(ServerRequest request, ServerResponse response) throws IOException {
        byte[] body = request.content().as(byte[].class);
        var cancellation = new Cancellation();
        try (var _ =
                        ClientPresence.current()
                                .onGone(() ->
                                        cancellation.cancel(Cancellation.Reason.CLIENT_GONE));
                var reply =
                        client.send(
                                UpstreamRequest.post(target, List.of(), body, PATIENT),
                                cancellation);
                var out = response.outputStream()) {
            byte[] buffer = new byte[8192];
            for (int n = reply.read(buffer, 0, buffer.length);
                    n >= 0;
                    n = reply.read(buffer, 0, buffer.length)) {
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (UpstreamException e) {
            cancelled.addAll(cancellation.reason().stream().toList());
        }
    }

    private static void await(java.util.function.BooleanSupplier condition)
            throws InterruptedException {
        for (int i = 0; i < 1500 && !condition.getAsBoolean(); i++) {
            Thread.sleep(20);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private long watchers() {
        return watch.watchers();
    }

    /** A client that writes by hand, so that it can leave at any point. */
    private static final class Caller implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Caller(int port) throws IOException {
            this(new Socket(InetAddress.getLoopbackAddress(), port));
        }

        Caller(Socket socket) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        }

        void send(String path, String body) throws IOException {
            String head =
                    "POST "
                            + path
                            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                            + body.length();
            socket.getOutputStream().write((head + "\r\n\r\n" + body).getBytes(US_ASCII));
        }

        /**
         * The rest of the stream from where the text stands; bodies here end without a line end.
         */
        String lineWith(String text) {
            var seen = new StringBuilder();
            try {
                while (seen.indexOf(text) < 0 || !complete(seen.substring(seen.indexOf(text)))) {
                    int c = in.read();
                    if (c < 0) {
                        throw new AssertionError("the connection ended after: " + seen);
                    }
                    seen.append((char) c);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return seen.substring(seen.indexOf(text)).strip();
        }

        private static boolean complete(String found) {
            return found.endsWith("\n") || found.endsWith("}") || found.matches("(body|more)-\\d");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
