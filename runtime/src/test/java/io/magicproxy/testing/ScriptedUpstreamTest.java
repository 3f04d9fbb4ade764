package io.magicproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScriptedUpstreamTest {
    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.close();
        upstream.close();
    }

    @Test
    void replies_come_from_the_queue_first_and_then_always() throws Exception {
        upstream.enqueue(Reply.json(429, "{}", "Retry-After", "7"))
                .always(request -> Reply.json(200, request.text()));
        var first = post("one");
        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(first.headers().firstValue("retry-after")).contains("7");
        assertThat(post("two").body()).isEqualTo("two");
        assertThat(upstream.requests())
                .extracting(ReceivedRequest::text)
                .containsExactly("one", "two");
        assertThat(upstream.requests().getLast().path()).isEqualTo("/v1/x");
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void an_event_stream_arrives_whole_or_cut() throws Exception {
        upstream.enqueue(Reply.sse("a", "b"), Reply.sse("a", "b").cutAfter(1));
        assertThat(post("").body()).isEqualTo("data: a\n\ndata: b\n\n");
        assertThatThrownBy(() -> post("")).isInstanceOf(IOException.class);
    }

    @Test
    void a_peer_that_leaves_during_a_hang_is_seen() throws Exception {
        upstream.enqueue(Reply.hang());
        try (var socket = new Socket("localhost", upstream.port())) {
            socket.getOutputStream()
                    .write(
                            "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            upstream.awaitRequest(Duration.ofSeconds(10));
            assertThat(upstream.requests().getLast().closed()).isNotDone();
        }
        upstream.awaitClosed(Duration.ofSeconds(10));
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(upstream.uri("/v1/x"))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
