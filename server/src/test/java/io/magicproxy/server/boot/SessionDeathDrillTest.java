package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.drills.ModelReply;
import io.magicproxy.server.drills.Watcher;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that die in the middle of a session, which loses nothing. */
class SessionDeathDrillTest {
    private static final String FIVE_STEPS =
            """
            export async function run(ctx) {
              const all = [];
              for (const name of ['one', 'two', 'three', 'four', 'five']) {
                ctx.step(name);
                ctx.thought(`Now ${name}. `);
                all.push(await ctx.llm(`${ctx.query} ${name}`));
              }
              return all.join('');
            }
            """;

    private static final String ASK =
            "{\"model_alias\": \"main\", \"reasoning_mode\": \"five\", \"user_query\": \"%s\"}";

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() {
        client.shutdownNow();
        upstream.close();
    }

    private Program gateway(String moreYaml) throws IOException {
        Files.writeString(
                folder.resolve("proxy_config.yaml"),
                """
                model_list:
                  - model_name: main
                    provider: openai
                    model_params: {model: gpt-x, api_base: %s/v1, api_key: sk-the-key-of-the-drill}
                agent_settings: {reasoning_mode: five}
                %s
                """
                        .formatted(upstream.url(), moreYaml));
        Files.writeString(
                Files.createDirectories(folder.resolve("patterns")).resolve("five.mjs"),
                FIVE_STEPS);
        Files.createDirectories(folder.resolve("tools"));
        return Program.start(folder, "--port", "0");
    }

    private static Reply answer(ReceivedRequest request) {
        return ModelReply.of("The ", "answer ", "to ", ModelReply.question(request) + ". ");
    }

    private List<String> asked() {
        return upstream.requests().stream().map(ModelReply::question).toList();
    }

    private void awaitAsked(String question, int times) {
        long end = System.nanoTime() + Program.LONG.toNanos();
        while (asked().stream().filter(question::equals).count() < times) {
            if (System.nanoTime() > end) {
                throw new AssertionError(question + " was never asked: " + asked());
            }
            pause(Duration.ofMillis(2));
        }
    }

    private static void pause(Duration time) {
        LockSupport.parkNanos(TimeUnit.NANOSECONDS.convert(time));
    }

    private static String wholeAnswer(String query) {
        StringBuilder all = new StringBuilder();
        for (String name : List.of("one", "two", "three", "four", "five")) {
            all.append("The answer to ").append(query).append(' ').append(name).append(". ");
        }
        return all.toString();
    }

    @Test
    void a_gateway_killed_after_the_third_model_call_finishes_the_session_when_it_is_back()
            throws Exception {
        // The fourth call hangs after its first words, so it is in flight when the gateway dies.
        upstream.always(request ->
                ModelReply.question(request).endsWith("four")
                        ? answer(request).hangAfter(2)
                        : answer(request));
        try (Watcher watcher = new Watcher()) {
            try (Program gateway = gateway("")) {
                watcher.ask(gateway.port(), ASK.formatted("q"));
                awaitAsked("q four", 1);
                watcher.await("three results", w -> w.payloads("ModelCall").size() == 3);
                watcher.await(
                        "half of the fourth",
                        w -> w.text("AgentThoughtStream").endsWith("answer "));
                gateway.process().kill();
            }
            watcher.awaitEndOfStream();
            upstream.always(SessionDeathDrillTest::answer);
            try (Program again = Program.start(folder, "--port", "0")) {
                watcher.comeBack(again.port());
                JsonNode end = watcher.awaitEnd();

                assertThat(end.at("/payload/text").asText()).isEqualTo(wholeAnswer("q"));
                assertThat(end.at("/payload/model_calls").asInt()).isEqualTo(5);
            }
            watcher.sawEachEventOnceInOrder();
            assertThat(asked())
                    .containsExactly("q one", "q two", "q three", "q four", "q four", "q five");
            assertThat(watcher.payloads("worker_ack")).hasSize(2);
            assertThat(watcher.payloads("StepStart")).hasSize(5);
            assertThat(watcher.payloads("Retracted")).hasSize(1);
            StringBuilder thoughts = new StringBuilder();
            for (String name : List.of("one", "two", "three", "four", "five")) {
                thoughts.append("Now ")
                        .append(name)
                        .append(". The answer to q ")
                        .append(name)
                        .append(". ");
            }
            assertThat(watcher.text("AgentThoughtStream")).isEqualTo(thoughts.toString());
        }
    }

    @Test
    void a_killed_script_host_costs_no_call_and_no_watcher_notices() throws Exception {
        upstream.always(request -> answer(request).every(Duration.ofMillis(30)));
        try (Watcher watcher = new Watcher();
                Program gateway = gateway("")) {
            watcher.ask(gateway.port(), ASK.formatted("q"));
            for (String question : List.of("q two", "q four")) {
                awaitAsked(question, 1);
                killScriptHosts(gateway.port());
            }
            JsonNode end = watcher.awaitEnd();

            assertThat(end.at("/payload/text").asText()).isEqualTo(wholeAnswer("q"));
            watcher.sawEachEventOnceInOrder();
            assertThat(asked()).containsExactly("q one", "q two", "q three", "q four", "q five");
            assertThat(watcher.types()).doesNotContain("Retracted");
            assertThat(watcher.payloads("worker_ack")).hasSize(1);
            assertThat(gateway.process().isAlive()).isTrue();
        }
    }

    private void killScriptHosts(int port) throws Exception {
        JsonNode health = Json.read(Program.send(client, Program.get(port, "/health")).body());
        JsonNode hosts = health.findPath("script_hosts");
        assertThat(hosts).isNotEmpty();
        for (JsonNode host : hosts) {
            ProcessHandle process = ProcessHandle.of(host.path("pid").asLong()).orElseThrow();
            assertThat(process.destroyForcibly()).isTrue();
            process.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_run_that_costs_the_gateway_its_life_twice_is_given_up_with_an_error() throws Exception {
        upstream.always(request -> Reply.hang());
        try (Watcher watcher = new Watcher()) {
            try (Program gateway = gateway("backend_settings: {queue: {attempts: 2}}")) {
                watcher.ask(gateway.port(), ASK.formatted("q"));
                awaitAsked("q one", 1);
                gateway.process().kill();
            }
            try (Program again = Program.start(folder, "--port", "0")) {
                assertThat(again.port()).isPositive();
                awaitAsked("q one", 2);
                again.process().kill();
            }
            watcher.awaitEndOfStream();
            try (Program third = Program.start(folder, "--port", "0")) {
                watcher.comeBack(third.port());
                JsonNode end = watcher.awaitEnd();

                assertThat(end.at("/payload/code").asText()).isEqualTo("too_many_attempts");
                assertThat(third.process().isAlive()).isTrue();
            }
            assertThat(asked()).containsExactly("q one", "q one");
            watcher.sawEachEventOnceInOrder();
        }
    }

    @Test
    @Tag("drill")
    void a_gateway_that_stood_still_for_longer_than_its_lease_finishes_each_session_once()
            throws Exception {
        upstream.always(request -> answer(request).every(Duration.ofMillis(100)));
        try (Watcher watcher = new Watcher();
                Program gateway = gateway("backend_settings: {queue: {lease: 1s}}")) {
            watcher.ask(gateway.port(), ASK.formatted("q"));
            for (String question : List.of("q one", "q three", "q four")) {
                awaitAsked(question, 1);
                signal(gateway, "STOP");
                pause(Duration.ofSeconds(3));
                signal(gateway, "CONT");
            }
            JsonNode end = watcher.awaitEnd();

            assertThat(end.at("/payload/text").asText()).isEqualTo(wholeAnswer("q"));
            watcher.sawEachEventOnceInOrder();
            // Each time a second worker may have taken the run, and made the call in flight again.
            assertThat(asked().size()).isBetween(5, 8);
            assertThat(asked().stream().distinct()).hasSize(5);
            assertThat(watcher.payloads("ModelCall")).hasSize(5);
        }
    }

    private static void signal(Program gateway, String name) throws Exception {
        Process kill =
                new ProcessBuilder("kill", "-" + name, Long.toString(gateway.process().pid()))
                        .inheritIO()
                        .start();
        assertThat(kill.waitFor()).isZero();
    }

    @Test
    @Tag("drill")
    void twelve_deaths_at_any_moment_lose_nothing_of_twenty_sessions() throws Exception {
        upstream.always(request -> answer(request).every(Duration.ofMillis(60)));
        Random random = new Random(7);
        List<Watcher> watchers = new ArrayList<>();
        Program gateway = gateway("backend_settings: {queue: {attempts: 20}}");
        try {
            int deaths = 0;
            for (int i = 0; i < 20; i++) {
                Watcher watcher = new Watcher();
                watchers.add(watcher);
                watcher.ask(gateway.port(), ASK.formatted("q" + i));
            }
            while (deaths < 12) {
                pause(Duration.ofMillis(300 + random.nextInt(900)));
                gateway.process().kill();
                deaths++;
                gateway = Program.start(folder, "--port", "0");
                for (Watcher watcher : watchers) {
                    watcher.awaitEndOfStream();
                    watcher.comeBack(gateway.port());
                }
            }
            for (int i = 0; i < watchers.size(); i++) {
                Watcher watcher = watchers.get(i);
                JsonNode end = watcher.awaitEnd();
                assertThat(end.at("/payload/text").asText()).isEqualTo(wholeAnswer("q" + i));
                watcher.sawEachEventOnceInOrder();
                assertThat(watcher.payloads("ModelCall")).hasSize(5);
            }
            // Each death costs a session at most the one call that was in flight.
            for (int i = 0; i < watchers.size(); i++) {
                String own = "q" + i + " ";
                assertThat(asked().stream().filter(q -> q.startsWith(own)).count())
                        .isBetween(5L, 5L + deaths);
            }
        } finally {
            gateway.close();
            watchers.forEach(Watcher::close);
        }
    }
}
