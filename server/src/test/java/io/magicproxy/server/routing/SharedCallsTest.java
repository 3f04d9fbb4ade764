package io.magicproxy.server.routing;

import static io.magicproxy.server.routing.Scenery.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.testing.Reply;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are the same and under way together. */
@Timeout(60)
class SharedCallsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path folder;
    private final CountDownLatch held = new CountDownLatch(1);
    private Scenery scene;

    @BeforeEach
    void start() throws Exception {
        scene =
                new Scenery(folder)
                        .profiles("gpt")
                        .with("cache_settings: {enabled: true, rules: [{model_names: gpt}]}\n");
    }

    @AfterEach
    void stop() {
        held.countDown();
        scene.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void share_one_call(boolean stream) throws Exception {
        scene.always(request -> {
            await(held);
            return Scenery.answer(request);
        });
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(send(stream));
        }
        scene.upstream.awaitRequest(LONG);
        // Time for the others to ask, if they would.
        Waiting.pause(Duration.ofMillis(300));
        held.countDown();

        List<String> uses = new ArrayList<>();
        for (var call : calls) {
            HttpResponse<String> response = call.get(30, TimeUnit.SECONDS);
            assertThat(response.body()).isEqualTo(calls.getFirst().get().body()).contains("gpt");
            uses.add(header(response, "x-magic-cache"));
        }
        assertThat(scene.asked()).hasSize(1);
        assertThat(uses).containsOnlyOnce("miss").contains("hit").hasSize(20);
    }

    @Test
    void a_caller_who_leaves_takes_nobody_with_it() throws Exception {
        scene.upstream.enqueue(Reply.hang());
        CompletableFuture<HttpResponse<String>> leader = send(false);
        var first = scene.upstream.awaitRequest(LONG);
        CompletableFuture<HttpResponse<String>> one = send(false);
        CompletableFuture<HttpResponse<String>> other = send(false);
        Waiting.pause(Duration.ofMillis(200));
        assertThat(scene.asked()).hasSize(1);

        leader.cancel(true);

        assertThat(one.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(other.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(first.closed()).succeedsWithin(LONG);
        assertThat(scene.asked()).as("one of them has called for both").hasSize(2);
    }

    @Test
    void a_reader_who_leaves_in_mid_stream_takes_nobody_with_it() throws Exception {
        scene.upstream.enqueue(Scenery.stream("half", "stop").hangAfter(2));
        InputStream leader =
                scene.gateway()
                        .client()
                        .send(
                                scene.gateway().request(Scenery.CHAT, TestGateway.streamed("gpt")),
                                BodyHandlers.ofInputStream())
                        .body();
        assertThat(leader.read()).isPositive();
        CompletableFuture<HttpResponse<String>> follower = send(true);
        Waiting.pause(Duration.ofMillis(200));
        assertThat(scene.asked()).hasSize(1);

        leader.close();

        assertThat(follower.get(30, TimeUnit.SECONDS).body())
                .contains("gpt")
                .doesNotContain("half")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void an_answer_that_cannot_be_shared_is_asked_for_by_each() throws Exception {
        scene.always(request -> {
            await(held);
            return Scenery.whole("half", "length");
        });
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            calls.add(send(false));
        }
        scene.upstream.awaitRequest(LONG);
        held.countDown();

        for (var call : calls) {
            assertThat(header(call.get(30, TimeUnit.SECONDS), "x-magic-cache")).isEqualTo("miss");
        }
        assertThat(scene.asked()).hasSize(5);
    }

    private CompletableFuture<HttpResponse<String>> send(boolean stream) {
        String body = stream ? TestGateway.streamed("gpt") : TestGateway.chat("gpt", "");
        return scene.gateway()
                .client()
                .sendAsync(scene.gateway().request(Scenery.CHAT, body), BodyHandlers.ofString());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
