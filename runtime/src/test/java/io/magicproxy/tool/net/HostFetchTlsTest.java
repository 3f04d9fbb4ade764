package io.magicproxy.tool.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.testing.TestTls;
import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.tool.power.NetworkGrant;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostFetchTlsTest {
    private final TestTls tls;
    private final UpstreamClient trusting;

    HostFetchTlsTest() throws Exception {
        tls = TestTls.create();
        trusting =
                UpstreamClient.create(
                        UpstreamConfig.defaults().idleConnections(0).trust(tls.client()));
    }

    @AfterAll
    void close() {
        trusting.close();
    }

    @Test
    void a_certificate_counts_for_the_name_that_was_asked_for_and_for_no_other() throws Exception {
        try (var server = ScriptedUpstream.startTls(tls.server())) {
            server.always(request -> Reply.json(200, "{}"));
            String port = ":" + server.port() + "/";

            assertThat(get(trusting, "https://localhost" + port).status()).isEqualTo(200);
            for (String other : List.of("https://other.example", "https://127.0.0.1")) {
                assertThatThrownBy(() -> get(trusting, other + port))
                        .isInstanceOf(FetchException.class)
                        .hasMessageContaining(other)
                        .hasMessageContaining("no TLS that can be trusted for its name");
            }
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void an_unknown_certificate_is_not_trusted() {
        try (var server = ScriptedUpstream.startTls(tls.server());
                var strict = UpstreamClient.create(UpstreamConfig.defaults().idleConnections(0))) {
            assertThatThrownBy(() -> get(strict, server.url()))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("no TLS that can be trusted");
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void the_server_is_told_the_name_though_the_address_was_found_before() throws Exception {
        var asked = new LinkedBlockingQueue<String>();
        try (var server =
                (SSLServerSocket)
                        tls.server()
                                .getServerSocketFactory()
                                .createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            SSLParameters parameters = server.getSSLParameters();
            parameters.setSNIMatchers(List.of(new Recorder(asked)));
            server.setSSLParameters(parameters);
            Thread.ofVirtual().start(() -> shakeHands(server));

            // The JDK tells no name without a dot; for this one the certificate is a wrong one.
            assertThatThrownBy(() -> get(trusting, "https://api.example:" + server.getLocalPort()))
                    .hasMessageContaining("no TLS that can be trusted for its name");
            assertThat(asked.poll(30, TimeUnit.SECONDS)).isEqualTo("api.example");
        }
    }

    private static final class Recorder extends SNIMatcher {
        private final BlockingQueue<String> asked;

        Recorder(BlockingQueue<String> asked) {
            super(0);
            this.asked = asked;
        }

        @Override
        public boolean matches(SNIServerName name) {
            asked.add(new SNIHostName(name.getEncoded()).getAsciiName());
            return true;
        }
    }

    private static void shakeHands(SSLServerSocket server) {
        try (var socket = (SSLSocket) server.accept()) {
            socket.startHandshake();
        } catch (IOException e) {
            // The client doesn't like the certificate.
        }
    }

    private static Fetched get(UpstreamClient client, String url) throws FetchException {
        var grant =
                new NetworkGrant(
                        "probe",
                        new GrantConfig(List.of("*", "localhost", "127.0.0.1"), List.of(), false));
        var limits = new FetchRequest.Limits(Duration.ofSeconds(30), 1000);
        var fetch = new HostFetch(client, _ -> List.of(InetAddress.ofLiteral("127.0.0.1")));
        return fetch.fetch(
                FetchRequest.of(url, "GET", Map.of(), new byte[0], limits),
                grant,
                new Cancellation());
    }
}
