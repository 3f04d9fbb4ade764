package io.magicproxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.testing.TestTls;
import io.magicproxy.upstream.UpstreamException.Kind;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
class UpstreamTlsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Timeouts PATIENT = new Timeouts(LONG, LONG, LONG);

    private final TestTls tls;
    private final ScriptedUpstream upstream;
    private final HelidonUpstreamClient client;

    UpstreamTlsTest() throws Exception {
        tls = TestTls.create();
        upstream = ScriptedUpstream.startTls(tls.server());
        client = new HelidonUpstreamClient(UpstreamConfig.defaults().trust(tls.client()));
    }

    @BeforeAll
    void answer() {
        upstream.always(request -> Reply.json(200, request.text()));
    }

    @AfterAll
    void close() {
        client.close();
        upstream.close();
    }

    @Test
    void a_trusted_upstream_is_called_and_its_connection_kept() throws Exception {
        int before = upstream.connections();
        for (int i = 0; i < 3; i++) {
            assertThat(call(client, upstream.uri("/x"), PATIENT)).isEqualTo("{}");
        }
        assertThat(upstream.connections() - before).isLessThanOrEqualTo(1);
    }

    @Test
    void an_unknown_certificate_and_a_wrong_name_are_refused() {
        try (var strict = new HelidonUpstreamClient(UpstreamConfig.defaults())) {
            assertFails(Kind.TLS, () -> call(strict, upstream.uri("/x"), PATIENT));
        }
        var otherName = URI.create("https://127.0.0.1:" + upstream.port() + "/");
        assertFails(Kind.TLS, () -> call(client, otherName, PATIENT));
    }

    @Test
    void a_handshake_that_never_ends_is_a_connect_timeout() throws Exception {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var address = URI.create("https://localhost:" + silent.getLocalPort() + "/");
            assertFails(
                    Kind.CONNECT_TIMEOUT,
                    () -> call(client, address, new Timeouts(SHORT, LONG, LONG)));
        }
    }

    @Test
    void a_trickling_answer_is_broken_off() {
        upstream.enqueue(Reply.trickle(Duration.ofMillis(20)));
        assertFails(
                Kind.TOTAL_TIMEOUT,
                () -> call(client, upstream.uri("/x"), new Timeouts(LONG, LONG, SHORT)));
        upstream.awaitClosed(LONG);
    }

    private interface Call {
        String run() throws UpstreamException;
    }

    private static void assertFails(Kind kind, Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private static String call(UpstreamClient client, URI address, Timeouts timeouts)
            throws UpstreamException {
        var request =
                UpstreamRequest.post(
                        UpstreamTarget.of(address, List.of()),
                        List.of(),
                        "{}".getBytes(UTF_8),
                        timeouts);
        try (var reply = client.send(request, new Cancellation())) {
            return new String(reply.body(1000), UTF_8);
        }
    }
}
