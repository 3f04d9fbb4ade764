package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reasoning sessions over HTTP, with the sandbox in this process. */
class SessionsTest {
    private static final String STEPS =
            """
            export async function run(ctx) {
              ctx.step('look');
              const first = await ctx.llm('first');
              ctx.thought('I have ' + first);
              ctx.step('answer');
              const second = await ctx.llm('second');
              return first + ' and ' + second + ' for ' + ctx.query;
            }
            """;

    @TempDir private Path folder;

    @Test
    void a_dropped_in_pattern_runs_and_its_events_are_told_in_order() throws Exception {
        pattern("steps.js", STEPS);
        try (TestGateway gateway = start()) {
            HttpResponse<String> answer = gateway.post("/v1/react/sessions", ask("steps", ""));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-magic-session")).isPresent();
            List<JsonNode> events = events(answer.body());
            assertThat(types(events))
                    .startsWith("worker_ack", "StepStart")
                    .endsWith("FinalAnswerStreamEnd")
                    .contains("ModelCall", "AgentThoughtStream");
            for (int i = 0; i < events.size(); i++) {
                assertThat(events.get(i).path("seq").asInt()).isEqualTo(i + 1);
            }
            assertThat(events.getLast().at("/payload/text").asText()).endsWith(" for hello");
            assertThat(events.getLast().at("/payload/steps").asInt()).isEqualTo(2);
        }
    }

    @Test
    void a_watcher_comes_back_where_it_left_off_also_long_after() throws Exception {
        pattern("steps.js", STEPS);
        try (TestGateway gateway = start()) {
            HttpResponse<String> answer = gateway.post("/v1/react/sessions", ask("steps", ""));
            List<JsonNode> all = events(answer.body());
            String id = answer.headers().firstValue("x-magic-session").orElseThrow();

            HttpResponse<String> rest =
                    gateway.get("/v1/react/sessions/" + id + "/events", "Last-Event-ID", "3");
            assertThat(events(rest.body())).isEqualTo(all.subList(3, all.size()));
            assertThat(
                            gateway.get(
                                            "/v1/react/sessions/" + id + "/events",
                                            "Last-Event-ID",
                                            "" + all.size())
                                    .statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void an_agent_alias_answers_as_a_chat_model() throws Exception {
        pattern("steps.js", STEPS);
        try (TestGateway gateway = start()) {
            HttpResponse<String> whole =
                    gateway.post("/v1/chat/completions", TestGateway.chat("agent", ""));
            assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
            JsonNode message = Json.read(whole.body()).at("/choices/0/message");
            assertThat(message.path("content").asText()).endsWith(" for hi");
            assertThat(message.path("reasoning_content").asText()).contains("I have");
            assertThat(whole.headers().firstValue("x-magic-session")).isPresent();

            HttpResponse<String> streamed =
                    gateway.post("/v1/chat/completions", TestGateway.streamed("agent"));
            assertThat(streamed.body()).contains("reasoning_content", "data: [DONE]");
        }
    }

    @Test
    void a_fork_uses_the_results_from_before_its_step_and_makes_the_later_calls() throws Exception {
        pattern("steps.js", STEPS);
        try (TestGateway gateway = start()) {
            HttpResponse<String> first = gateway.post("/v1/react/sessions", ask("steps", ""));
            String id = first.headers().firstValue("x-magic-session").orElseThrow();
            pattern("steps.js", STEPS.replace("second'", "another'"));
            String version = version(gateway);
            await(() -> !version(gateway).equals(version));

            HttpResponse<String> fork =
                    gateway.post("/v1/react/sessions/" + id + "/fork", "{\"from_step\":2}");

            assertThat(fork.statusCode()).as(fork.body()).isEqualTo(200);
            List<JsonNode> events = events(fork.body());
            assertThat(events.getLast().path("event_type").asText())
                    .isEqualTo("FinalAnswerStreamEnd");
            assertThat(events.getLast().at("/payload/text").asText()).contains("another");
            HttpResponse<String> beyond =
                    gateway.post("/v1/react/sessions/" + id + "/fork", "{\"from_step\":7}");
            assertThat(beyond.statusCode()).isEqualTo(400);
            assertThat(beyond.body()).contains("the run has 2");
        }
    }

    @Test
    void what_is_wrong_with_a_request_is_said_before_anything_runs() throws Exception {
        pattern("steps.js", STEPS);
        try (TestGateway gateway = start()) {
            String path = "/v1/react/sessions";
            assertThat(gateway.post(path, "{\"model_alias\":\"sim\"}").body())
                    .contains("user_query");
            assertThat(gateway.post(path, ask("stepz", "")).body()).contains("stepz", "steps");
            assertThat(gateway.post(path, ask("steps", ",\"colour\":1")).body())
                    .contains("colour", "user_query");
            assertThat(gateway.get(path + "/nobody").statusCode()).isEqualTo(404);
            assertThat(gateway.get("/admin/patterns").body()).contains("steps.js");
        }
    }

    private static String version(TestGateway gateway) throws Exception {
        return Json.read(gateway.get("/admin/patterns").body()).at("/patterns/0/version").asText();
    }

    private interface Check {
        boolean holds() throws Exception;
    }

    private static void await(Check check) throws Exception {
        long until = System.nanoTime() + 30_000_000_000L;
        while (!check.holds() && System.nanoTime() < until) {
            Thread.sleep(20);
        }
        assertThat(check.holds()).isTrue();
    }

    private void pattern(String name, String source) throws Exception {
        Path patterns = Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(patterns.resolve(name), source);
    }

    private static String ask(String pattern, String more) {
        return "{\"user_query\":\"hello\",\"model_alias\":\"sim\",\"reasoning_mode\":\""
                + pattern
                + "\""
                + more
                + "}";
    }

    private TestGateway start() throws Exception {
        return TestGateway.in(folder)
                .config(
                        """
                        model_list:
                          - {model_name: sim, provider: simulator, model_params: {model: m, faults: {tokens_per_second: 100000}}}
                          - model_name: agent
                            provider: simulator
                            model_params:
                              model: m
                              faults: {tokens_per_second: 100000}
                              agent_settings: {reasoning_mode: steps}
                        sandbox_settings: {isolation: in_process}
                        """)
                .start();
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.path("event_type").asText()).toList();
    }

    private static List<JsonNode> events(String body) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : body.lines().toList()) {
            if (line.startsWith("data: ")) {
                events.add(Json.read(line.substring(6)));
            }
        }
        return events;
    }
}
