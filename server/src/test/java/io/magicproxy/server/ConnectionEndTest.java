package io.magicproxy.server;

import static io.magicproxy.server.RawClient.get;
import static io.magicproxy.server.RawClient.post;
import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which connections are closed after an answer, and which are not. A client that reads to the end
 * of its connection waits for ever for one that stays open.
 */
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
class ConnectionEndTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String CLOSE = "Connection: close";

    private TestGateway gateway;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - {model_name: sim, provider: simulator, model_params: {model: m, faults: {tokens_per_second: 100000}}}
                                security_settings: {max_body: 1MiB}
                                """)
                        .start();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void a_connection_is_closed_when_its_client_asked_for_that() throws Exception {
        assertThat(whole(get("/v1/models", CLOSE)))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("\r\nconnection: close\r\n");
        assertThat(whole(get("/v1/models", "Connection: foo, Close"))).startsWith("HTTP/1.1 200 ");
        assertThat(whole(post(CHAT, chat("sim", ""), CLOSE))).startsWith("HTTP/1.1 200 ");
        assertThat(whole(post(CHAT, streamed("sim"), CLOSE)))
                .startsWith("HTTP/1.1 200 ")
                .contains("data: [DONE]")
                .endsWith("0\r\n\r\n");
        assertThat(whole(post(CHAT, "{", CLOSE))).startsWith("HTTP/1.1 400 ");
        assertThat(whole(post(CHAT, chat("none", ""), CLOSE))).startsWith("HTTP/1.1 404 ");
        assertThat(whole(get("/nowhere", CLOSE))).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void a_connection_serves_on_when_its_client_did_not() throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(get("/v1/models/sim"));
                assertThat(client.readUntil("\"profiles\":[\"sim\"]}"))
                        .startsWith("HTTP/1.1 200 ")
                        .doesNotContainIgnoringCase("connection: close");
                client.send(post(CHAT, streamed("sim")));
                client.readUntil("0\r\n\r\n");
            }
        }
    }

    @Test
    void what_a_client_sends_after_its_last_request_is_not_served() throws Exception {
        String answers = whole(get("/health/liveness", CLOSE) + get("/v1/models"));

        assertThat(answers).startsWith("HTTP/1.1 200 ").doesNotContain("\"object\":\"list\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {2_000_000, 20_000_000})
    void a_refusal_reaches_a_client_that_is_still_sending_its_body(int size) throws Exception {
        String tooLarge = "[" + " ".repeat(size) + "]";

        assertThat(whole(post(CHAT, tooLarge, CLOSE)))
                .startsWith("HTTP/1.1 413 ")
                .contains("security_settings.max_body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: keep-alive\r\n"})
    void a_client_of_http_1_0_is_served_and_its_connection_closed(String header) throws Exception {
        String host = "Host: localhost\r\n" + header;
        assertThat(whole("GET /v1/models HTTP/1.0\r\n" + host + "\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("\r\nconnection: close\r\n")
                .contains("\"object\":\"list\"");
        String body = streamed("sim");
        String streamed =
                whole(
                        "POST "
                                + CHAT
                                + " HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length()
                                + "\r\n"
                                + host
                                + "\r\n"
                                + body);
        assertThat(streamed)
                .startsWith("HTTP/1.1 200 ")
                .doesNotContainIgnoringCase("transfer-encoding");
        assertThat(streamed.substring(streamed.indexOf("\r\n\r\n") + 4).lines())
                .allMatch(line -> line.isEmpty() || line.startsWith("data: "))
                .endsWith("data: [DONE]", "");
    }

    @Test
    void a_request_line_of_http_1_0_may_come_byte_by_byte() throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            for (char c :
                    "GET /health/liveness HTTP/1.0\r\nHost: localhost\r\n\r\n".toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.readToTheEnd()).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n\r\n\r\n",
                "HELLO\r\n\r\n",
                "GET /v1/models HTTP/0.9\r\n\r\n",
                "GET /v1/models HTTP/2.0\r\nHost: localhost\r\n\r\n",
                "GET /v1/models HTTP/1.0\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            })
    void what_is_no_request_is_refused_in_the_api_s_words_and_the_connection_closed(String bytes)
            throws Exception {
        assertThat(whole(bytes)).startsWith("HTTP/1.1 4").contains("{\"error\":{\"message\":");
    }

    @Test
    void a_client_that_leaves_in_the_middle_of_its_request_is_no_failure_of_ours()
            throws Exception {
        for (String part : new String[] {"GET /v1/mod", "GET / HTTP/1.1\r\nHost: loc"}) {
            try (RawClient client = new RawClient(gateway.port())) {
                client.send(part).endSending();
                assertThat(client.readToTheEnd()).isEmpty();
            }
        }
    }

    /** All that comes until the server closes. */
    private String whole(String request) throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            return client.send(request).readToTheEnd();
        }
    }
}
