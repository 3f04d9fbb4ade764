package io.magicproxy.server.routing;

import static io.magicproxy.server.routing.Scenery.served;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.testing.Reply;
import java.io.InputStream;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which order the profiles of an alias are asked, for every kind of request. */
class StrategiesTest {
    @TempDir private Path folder;

    private static String alias(String strategy, String chain) {
        return "router_settings: {num_retries: 0, model_group_alias: {main: [%s]}, routing_strategy: {main: %s}}\n"
                .formatted(chain, strategy);
    }

    @Test
    void weights_count_for_plain_chat_streams_and_agents_and_zero_is_a_spare() throws Exception {
        try (Scenery scene =
                new Scenery(folder)
                        .profile("spare", "weight: 0")
                        .profile("main-one", "weight: 10")
                        .with(alias("weighted", "spare, main-one"))
                        .withPatterns()) {
            assertThat(served(scene.chat("main"))).isEqualTo("main-one");
            assertThat(served(scene.stream("main"))).isEqualTo("main-one");
            assertThat(scene.agent("main").toString()).contains("main-one!");
            assertThat(scene.asked()).containsOnly("main-one");

            scene.always(request ->
                    Scenery.model(request).equals("main-one")
                            ? Scenery.error(404, "model_not_found")
                            : Scenery.answer(request));
            var response = scene.chat("main");
            assertThat(served(response)).isEqualTo("spare");
            assertThat(Scenery.header(response, "x-magic-fallbacks")).isEqualTo("1");
        }
    }

    @Test
    void weights_count_for_embeddings() throws Exception {
        try (Scenery scene =
                new Scenery(folder)
                        .profile("spare", "weight: 0, model_info: {mode: embedding}")
                        .profile("main-one", "model_info: {mode: embedding}")
                        .with(alias("weighted", "spare, main-one"))) {
            assertThat(served(scene.embed("main"))).isEqualTo("main-one");
        }
    }

    @Test
    void each_request_draws_anew() throws Exception {
        try (Scenery scene =
                new Scenery(folder).profiles("a", "b", "c").with(alias("weighted", "a, b, c"))) {
            Set<String> firsts = new TreeSet<>();
            // That one of three is never first in 200 draws happens once in 10^34.
            for (int i = 0; i < 200; i++) {
                firsts.add(served(scene.chat("main")));
            }
            assertThat(firsts).containsExactly("a", "b", "c");
            assertThat(scene.asked()).hasSize(200);
        }
    }

    @Test
    void the_least_busy_is_asked_first_and_a_reload_forgets_no_call_under_way() throws Exception {
        try (Scenery scene =
                new Scenery(folder).profiles("a", "b").with(alias("least_busy", "a, b"))) {
            scene.upstream.enqueue(Scenery.stream("x", "stop").hangAfter(2));
            try (InputStream held = open(scene)) {
                assertThat(held.read()).isPositive();
                assertThat(scene.asked()).containsExactly("a");
                assertThat(served(scene.chat("main"))).as("a is busy").isEqualTo("b");
                assertThat(served(scene.stream("main"))).isEqualTo("b");

                scene.reload(alias("least_busy", "a, b") + "streaming_settings: {heartbeat: 9}\n");
                assertThat(served(scene.chat("main"))).as("still").isEqualTo("b");
            }
            Waiting.until(() -> served(scene.chat("main")).equals("a"));
        }
    }

    @Test
    void one_that_fails_is_slow_by_latency_and_every_request_is_answered() throws Exception {
        try (Scenery scene =
                new Scenery(folder).profiles("a", "b").with(alias("latency", "a, b"))) {
            scene.upstream.enqueue(Reply.json(500, "{}"));
            assertThat(served(scene.chat("main"))).as("a's trial fails").isEqualTo("b");
            assertThat(scene.asked()).containsExactly("a", "b");
            for (int i = 0; i < 5; i++) {
                assertThat(served(scene.chat("main"))).isEqualTo("b");
                assertThat(served(scene.stream("main"))).isEqualTo("b");
            }
            assertThat(scene.asked()).hasSize(12);
        }
    }

    @Test
    void the_cheapest_is_asked_first() throws Exception {
        try (Scenery scene =
                new Scenery(folder)
                        .profile("unknown", "")
                        .profile(
                                "dear",
                                "model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.03}")
                        .profile(
                                "cheap",
                                "model_info: {input_cost_per_token: 0.001, output_cost_per_token: 0.002}")
                        .with(alias("cost", "unknown, dear, cheap"))) {
            scene.upstream.enqueue(
                    Scenery.error(404, "model_not_found"), Scenery.error(404, "model_not_found"));

            assertThat(served(scene.chat("main"))).isEqualTo("unknown");
            assertThat(scene.asked()).containsExactly("cheap", "dear", "unknown");
            assertThat(served(scene.chat("main"))).isEqualTo("cheap");
        }
    }

    private static InputStream open(Scenery scene) throws Exception {
        return scene.gateway()
                .client()
                .send(
                        scene.gateway().request(Scenery.CHAT, TestGateway.streamed("main")),
                        BodyHandlers.ofInputStream())
                .body();
    }
}
