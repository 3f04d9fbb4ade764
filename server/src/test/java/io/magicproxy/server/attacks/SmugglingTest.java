package io.magicproxy.server.attacks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that two servers could read in two ways. Behind a proxy that reads them the other way a
 * second request would hide in them, past its checks: each is refused, and its connection closed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {
    private static final String HIDDEN = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String HIDDEN_ANSWER = "\"object\":\"list\"";
    private static final String HEAD =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    private static final String BODY = TestGateway.chat("sim", "");
    private static final String LENGTH = "Content-Length: " + BODY.length() + "\r\n";
    private static final String SIZE = Integer.toHexString(BODY.length());
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    private static final String IN_CHUNKS = SIZE + "\r\n" + BODY + "\r\n0\r\n\r\n";

    private TestGateway gateway;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list: [{model_name: sim, provider: simulator, model_params: {model: m, faults: {tokens_per_second: 100000}}}]
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void a_body_with_a_length_or_in_chunks_is_taken_and_the_connection_kept() throws Exception {
        assertThat(answers(HEAD + LENGTH + "\r\n" + BODY + HIDDEN))
                .startsWith("HTTP/1.1 200 ")
                .contains(HIDDEN_ANSWER);
        assertThat(answers(HEAD + CHUNKED + "\r\n" + IN_CHUNKS + HIDDEN))
                .startsWith("HTTP/1.1 200 ")
                .contains(HIDDEN_ANSWER);
    }

    @Test
    void two_ways_to_tell_a_body_s_length_are_one_too_many() throws Exception {
        Map<String, String> heads = new LinkedHashMap<>();
        heads.put("length and chunks", "Content-Length: 5\r\n" + CHUNKED);
        heads.put("chunks and length", CHUNKED + LENGTH);
        heads.put("two lengths", LENGTH + "Content-Length: 5\r\n");
        heads.put("a list of lengths", "Content-Length: " + BODY.length() + ", 5\r\n");
        heads.put("two encodings", CHUNKED + "Transfer-Encoding: identity\r\n");
        heads.put("chunks, then something", "Transfer-Encoding: chunked, identity\r\n");
        heads.put("something, then chunks", "Transfer-Encoding: identity, chunked\r\n");
        refused(heads, IN_CHUNKS);
    }

    @Test
    void a_length_or_an_encoding_in_a_strange_spelling_is_none() throws Exception {
        Map<String, String> heads = new LinkedHashMap<>();
        for (String length : new String[] {"+5", "-5", "0x5", "5 5", "", "99999999999999999999"}) {
            heads.put("length \"" + length + "\"", "Content-Length: " + length + "\r\n");
        }
        for (String encoding :
                new String[] {"xchunked", "\u000bchunked", "\"chunked\"", "chunked\0"}) {
            heads.put("encoding " + encoding, "Transfer-Encoding: " + encoding + "\r\n");
        }
        heads.put("a space before the colon", "Transfer-Encoding : chunked\r\n");
        heads.put("another", "Content-Length : 5\r\n");
        refused(heads, IN_CHUNKS);
    }

    @Test
    void a_header_is_one_line_of_allowed_characters() throws Exception {
        Map<String, String> heads = new LinkedHashMap<>();
        heads.put("a folded line", "X-A: b\r\n " + CHUNKED);
        heads.put("a folded encoding", "Transfer-Encoding:\r\n chunked\r\n");
        heads.put("a folded length", LENGTH + "\t0\r\n");
        heads.put("NUL in a value", "X-A: b\0c\r\n" + LENGTH);
        heads.put("NUL in a name", "X-\0A: b\r\n" + LENGTH);
        heads.put("a lone line feed", "X-A: b\n" + CHUNKED + LENGTH);
        heads.put("a lone carriage return", "X-A: b\r" + CHUNKED + LENGTH);
        heads.put("no colon", "XA\r\n" + LENGTH);
        heads.put("a space in a name", "X A: b\r\n" + LENGTH);
        heads.put("two hosts", "Host: evil.example\r\n" + LENGTH);
        refused(heads, BODY);
        assertThat(answers((HEAD + LENGTH + "\r\n" + BODY).replace("Host: localhost\r\n", "")))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void a_chunk_has_a_plain_size_and_ends_where_it_says() throws Exception {
        Map<String, String> bodies = new LinkedHashMap<>();
        bodies.put("a negative size", "-1\r\n" + BODY + "\r\n0\r\n\r\n");
        bodies.put("a size with a sign", "+" + SIZE + "\r\n" + BODY + "\r\n0\r\n\r\n");
        bodies.put("a size with a prefix", "0x" + SIZE + "\r\n" + BODY + "\r\n0\r\n\r\n");
        bodies.put("a size that overflows", "1000000" + SIZE + "\r\n" + BODY + "\r\n0\r\n\r\n");
        bodies.put("one that overflows more", "fffffffffffffffff\r\n" + BODY);
        bodies.put("no size", "\r\n" + BODY + "\r\n0\r\n\r\n");
        bodies.put("something after the size", SIZE + ";a\nb\r\n" + BODY + "\r\n0\r\n\r\n");
        bodies.put("no line end", SIZE + "\r\n" + BODY + "0\r\n\r\n");
        bodies.put("another end than a line's", SIZE + "\r\n" + BODY + "XX0\r\n\r\n");
        bodies.put("lone line feeds", SIZE + "\n" + BODY + "\n0\n\n");
        bodies.put(
                "a header after it", SIZE + "\r\n" + BODY + "\r\n0\r\nContent-Length: 9\r\n\r\n");
        for (var attack : bodies.entrySet()) {
            String answer = answers(HEAD + CHUNKED + "\r\n" + attack.getValue() + HIDDEN);
            assertThat(answer)
                    .as(attack.getKey())
                    .startsWith("HTTP/1.1 400 ")
                    .doesNotContain(HIDDEN_ANSWER)
                    .containsOnlyOnce("\r\nConnection: close\r\n")
                    .contains("in chunks as HTTP/1.1 has them");
        }
    }

    @Test
    void a_body_that_nobody_reads_is_no_request() throws Exception {
        assertThat(
                        answers(
                                "GET /health/liveness HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                                        + HIDDEN.length()
                                        + "\r\n\r\n"
                                        + HIDDEN))
                .startsWith("HTTP/1.1 200 ")
                .doesNotContain(HIDDEN_ANSWER);
    }

    @Test
    void no_other_protocol_is_spoken() throws Exception {
        String switched =
                String.join(
                        "\r\n",
                        "GET /health/liveness HTTP/1.1",
                        "Host: localhost",
                        "Connection: Upgrade, HTTP2-Settings",
                        "Upgrade: h2c",
                        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                        "",
                        "");
        assertThat(answers(switched)).startsWith("HTTP/1.1 200 ");
        assertThat(answers("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).doesNotContain("HTTP/1.1 2");
        assertThat(answers("CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(answers("TRACE / HTTP/1.1\r\nHost: localhost\r\nX-Secret: s3cret\r\n\r\n"))
                .startsWith("HTTP/1.1 4")
                .doesNotContain("s3cret");
    }

    private void refused(Map<String, String> heads, String body) throws IOException {
        for (var attack : heads.entrySet()) {
            String answer = answers(HEAD + attack.getValue() + "\r\n" + body + HIDDEN);
            assertThat(answer)
                    .as(attack.getKey())
                    .matches("(?s)HTTP/1\\.1 (400|501) .*")
                    .doesNotContain(HIDDEN_ANSWER)
                    .containsOnlyOnce("HTTP/1.1 ");
        }
    }

    /** All that comes back until the connection is closed, or nothing more comes for a while. */
    private String answers(String request) throws IOException {
        var answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            for (int b = socket.getInputStream().read();
                    b >= 0;
                    b = socket.getInputStream().read()) {
                answer.write(b);
                if (socket.getInputStream().available() == 0) {
                    socket.setSoTimeout(400);
                }
            }
        } catch (SocketTimeoutException | SocketException e) {
            // What came is what counts.
        }
        return answer.toString(ISO_8859_1);
    }
}
