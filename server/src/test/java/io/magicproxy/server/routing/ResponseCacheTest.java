package io.magicproxy.server.routing;

import static io.magicproxy.server.routing.Scenery.header;
import static io.magicproxy.server.routing.Scenery.served;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.server.TestGateway;
import io.magicproxy.testing.Reply;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are given again, over real HTTP. */
class ResponseCacheTest {
    private static final String CONTROL = "Cache-Control";
    private static final String ROUTER =
            "router_settings: {num_retries: 0, model_group_alias: {main: [first, gpt]}}\n";
    private static final String CACHE =
            "cache_settings: {enabled: true, rules: [{model_names: [gpt, vec]}]}\n";

    @TempDir private Path folder;
    private Scenery scene;

    @BeforeEach
    void prepare() {
        scene =
                new Scenery(folder)
                        .profile("first", "")
                        .profile(
                                "gpt",
                                "model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.02}")
                        .profile("vec", "model_info: {mode: embedding}");
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private static String cache(HttpResponse<?> response) {
        assertThat(response.statusCode()).as(String.valueOf(response.body())).isEqualTo(200);
        return header(response, "x-magic-cache");
    }

    @Test
    void a_whole_answer_is_given_again_byte_for_byte_and_costs_nothing() throws Exception {
        scene.with(CACHE);

        HttpResponse<String> asked = scene.chat("gpt");
        HttpResponse<String> again = scene.chat("gpt");

        assertThat(cache(asked)).isEqualTo("miss");
        assertThat(header(asked, "x-magic-cost")).isEqualTo("0.05");
        assertThat(cache(again)).isEqualTo("hit");
        assertThat(header(again, "x-magic-cost")).isEqualTo("0");
        assertThat(header(again, "x-magic-attempts")).isEqualTo("0");
        assertThat(served(again)).isEqualTo("gpt");
        assertThat(again.body()).isEqualTo(asked.body()).contains("\"x\":1.50");
        assertThat(scene.asked()).hasSize(1);
        String metrics = scene.gateway().get("/metrics").body();
        assertThat(metrics)
                .containsPattern("cache_requests_total\\{[^}]*outcome=\"hit\"[^}]*\\} 1")
                .containsPattern("cache_requests_total\\{[^}]*outcome=\"miss\"[^}]*\\} 1")
                .containsPattern("cost_USD_total\\{[^}]*\\} 0.05");
        JsonNode usage = scene.gateway().json("/admin/usage").path("total");
        assertThat(usage.path("requests").asInt()).isEqualTo(2);
        assertThat(usage.path("cached").asInt()).isEqualTo(1);
        assertThat(usage.path("cost_usd").decimalValue()).isEqualTo("0.05");
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "proxy"})
    void a_stream_is_given_again_whole_with_usage_only_for_who_asks(String typewriter)
            throws Exception {
        scene.with(
                CACHE
                        + "streaming_settings: {typewriter_delay_ms: 1, typewriter_mode: "
                        + typewriter
                        + "}\n");
        String usage = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";

        HttpResponse<String> asked = scene.stream("gpt");
        HttpResponse<String> again = scene.stream("gpt");
        HttpResponse<String> askedUsage =
                scene.gateway().post(Scenery.CHAT, TestGateway.chat("gpt", usage));
        HttpResponse<String> againUsage =
                scene.gateway().post(Scenery.CHAT, TestGateway.chat("gpt", usage));

        assertThat(cache(asked)).isEqualTo("miss");
        assertThat(cache(again)).isEqualTo("hit");
        assertThat(header(again, "x-magic-cost")).isEqualTo("0");
        assertThat(header(again, "content-type")).startsWith("text/event-stream");
        assertThat(again.body())
                .isEqualTo(asked.body())
                .doesNotContain("usage")
                .endsWith("data: [DONE]\n\n");
        assertThat(cache(askedUsage)).isEqualTo("miss");
        assertThat(cache(againUsage)).isEqualTo("hit");
        assertThat(againUsage.body())
                .isEqualTo(askedUsage.body())
                .containsOnlyOnce("\"x\":1.50")
                .endsWith("data: [DONE]\n\n");
        assertThat(scene.asked()).hasSize(2);
    }

    @Test
    void vectors_are_given_again() throws Exception {
        scene.with(CACHE);

        HttpResponse<String> asked = scene.embed("vec");
        HttpResponse<String> again = scene.embed("vec");

        assertThat(cache(asked)).isEqualTo("miss");
        assertThat(cache(again)).isEqualTo("hit");
        assertThat(again.body()).isEqualTo(asked.body()).contains("0.20");
        assertThat(scene.asked()).hasSize(1);
    }

    @Test
    void without_a_rule_or_switched_off_nothing_is_said_or_remembered() throws Exception {
        scene.with(CACHE);
        assertThat(cache(scene.chat("first"))).isEmpty();
        assertThat(cache(scene.chat("first"))).isEmpty();

        scene.reload(CACHE.replace("true", "false"));
        assertThat(cache(scene.chat("gpt"))).isEmpty();
        assertThat(cache(scene.chat("gpt"))).isEmpty();
        assertThat(scene.asked()).hasSize(4);
    }

    @Test
    void another_question_is_another_answer() throws Exception {
        scene.with(CACHE);
        scene.chat("gpt");

        var other = scene.gateway().post(Scenery.CHAT, TestGateway.chat("gpt", ",\"seed\":1"));

        assertThat(cache(other)).isEqualTo("miss");
        assertThat(scene.asked()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"length", "content_filter"})
    void what_was_cut_off_or_filtered_is_not_remembered(String finish) throws Exception {
        scene.with(CACHE);
        scene.upstream.enqueue(Scenery.whole("half", finish), Scenery.stream("half", finish));

        assertThat(scene.chat("gpt").body()).contains("half");
        assertThat(scene.stream("gpt").body()).contains("half");
        assertThat(cache(scene.chat("gpt"))).isEqualTo("miss");
        assertThat(cache(scene.stream("gpt"))).isEqualTo("miss");
    }

    @Test
    void errors_and_streams_that_break_off_are_not_remembered() throws Exception {
        scene.with(CACHE + "router_settings: {num_retries: 0, allowed_fails: 100}\n");
        scene.upstream.enqueue(
                Scenery.error(400, "bad"),
                Reply.json(500, "{}"),
                Reply.json(200, "{\"error\":{\"message\":\"no\"}}"),
                Scenery.stream("half", "stop").cutAfter(3));

        assertThat(scene.chat("gpt").statusCode()).isEqualTo(400);
        assertThat(scene.chat("gpt").statusCode()).isEqualTo(502);
        scene.chat("gpt");
        assertThat(scene.stream("gpt").body()).contains("half").doesNotContain("[DONE]");

        assertThat(cache(scene.chat("gpt"))).isEqualTo("miss");
        assertThat(cache(scene.stream("gpt"))).isEqualTo("miss");
        assertThat(cache(scene.chat("gpt"))).isEqualTo("hit");
        assertThat(cache(scene.stream("gpt"))).isEqualTo("hit");
    }

    @Test
    void no_cache_asks_anew_and_remembers_what_it_was_told() throws Exception {
        scene.with(CACHE);
        scene.chat("gpt");
        scene.upstream.enqueue(Scenery.whole("news", "stop"));

        HttpResponse<String> fresh = scene.chat("gpt", CONTROL, "max-age=0, No-Cache");

        assertThat(cache(fresh)).isEqualTo("bypass");
        assertThat(header(fresh, "x-magic-cost")).isEqualTo("0.05");
        HttpResponse<String> later = scene.chat("gpt");
        assertThat(cache(later)).isEqualTo("hit");
        assertThat(later.body()).contains("news");
    }

    @Test
    void no_store_leaves_nothing_behind_and_may_read() throws Exception {
        scene.with(CACHE);

        assertThat(cache(scene.chat("gpt", CONTROL, "no-store"))).isEqualTo("bypass");
        assertThat(cache(scene.chat("gpt"))).isEqualTo("miss");
        assertThat(cache(scene.chat("gpt", CONTROL, "no-store"))).isEqualTo("hit");
        assertThat(cache(scene.chat("gpt", CONTROL, "no-store, no-cache"))).isEqualTo("bypass");
        assertThat(scene.asked()).hasSize(3);
    }

    @Test
    void an_answer_is_looked_up_when_the_route_reaches_its_profile() throws Exception {
        scene.with(ROUTER + CACHE);
        scene.always(request ->
                Scenery.model(request).equals("first")
                        ? Scenery.error(404, "model_not_found")
                        : Scenery.answer(request));

        assertThat(cache(scene.chat("main"))).isEqualTo("miss");
        HttpResponse<String> again = scene.chat("main");
        assertThat(cache(again)).isEqualTo("hit");
        assertThat(header(again, "x-magic-fallbacks")).isEqualTo("1");
        assertThat(cache(scene.chat("gpt"))).as("by its own name, too").isEqualTo("hit");
        assertThat(scene.asked()).containsExactly("first", "gpt", "first");

        scene.always(Scenery::answer);
        assertThat(cache(scene.chat("main"))).as("the first one is back").isEmpty();
    }

    @Test
    void what_is_known_is_answered_while_the_provider_is_down() throws Exception {
        scene.with(CACHE + "router_settings: {num_retries: 0, allowed_fails: 1}\n");
        scene.chat("gpt");
        scene.always(request -> Reply.json(500, "{}"));
        assertThat(scene.stream("gpt").statusCode()).isEqualTo(502);

        assertThat(cache(scene.chat("gpt"))).isEqualTo("hit");
    }

    @Test
    void what_is_remembered_outlives_a_reload_and_a_rule_that_changes_counts_at_once()
            throws Exception {
        scene.with(CACHE);
        scene.chat("gpt");

        scene.reload(CACHE + "streaming_settings: {heartbeat: 9}\n");
        assertThat(cache(scene.chat("gpt"))).isEqualTo("hit");
        scene.reload(
                "cache_settings: {enabled: true, rules: [{model_names: gpt, include_in_key: [messages]}]}\n");
        assertThat(cache(scene.chat("gpt"))).isEqualTo("miss");
        scene.reload("cache_settings: {enabled: true, rules: [{model_names: vec}]}\n");
        assertThat(cache(scene.chat("gpt"))).isEmpty();
        scene.reload(CACHE.replace("enabled", "key_prefix: v2, enabled"));
        assertThat(cache(scene.chat("gpt"))).isEqualTo("miss");
        scene.reload(CACHE);
        assertThat(cache(scene.chat("gpt"))).isEqualTo("hit");
    }

    @Test
    void what_is_too_large_is_not_kept() throws Exception {
        scene.with(CACHE.replace("enabled", "max_answer: 1KiB, enabled"));
        scene.upstream.enqueue(
                Scenery.whole("x".repeat(1_100), "stop"),
                Scenery.stream("x".repeat(1_100), "stop"));
        scene.chat("gpt");
        scene.stream("gpt");

        assertThat(cache(scene.chat("gpt"))).isEqualTo("miss");
        assertThat(cache(scene.stream("gpt"))).isEqualTo("miss");
        assertThat(cache(scene.chat("gpt"))).isEqualTo("hit");
    }

    @Test
    void an_agent_s_calls_are_answered_from_it_where_its_profile_has_a_rule() throws Exception {
        scene.with(CACHE).withPatterns();

        JsonNode first = scene.agent("gpt");
        JsonNode second = scene.agent("gpt");
        scene.agent("first");
        scene.agent("first");

        assertThat(second.toString()).contains("gpt!");
        assertThat(first.toString()).contains("gpt!");
        assertThat(scene.asked()).containsExactly("gpt", "first", "first");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{\"role\":\"user\",\"content\":\"theirs\",\"content\":\"mine\"}] | [{\"role\":\"user\",\"content\":\"mine\"}]"
            })
    void nobody_can_have_a_false_answer_remembered_for_another_s_question(
            String twoFaced, String honest) throws Exception {
        scene.with(CACHE);

        assertThat(cache(scene.gateway().post(Scenery.CHAT, body(twoFaced)))).isEqualTo("bypass");
        assertThat(cache(scene.gateway().post(Scenery.CHAT, body(honest)))).isEqualTo("miss");
    }

    private static String body(String messages) {
        return "{\"model\":\"gpt\",\"messages\":" + messages + "}";
    }
}
