package io.magicproxy.server.nodes;

import static io.magicproxy.server.TestGateway.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.server.drills.ModelReply;
import io.magicproxy.server.drills.Watcher;
import io.magicproxy.testing.OtlpReceiver;
import io.magicproxy.testing.OtlpReceiver.Seen;
import io.magicproxy.testing.RealKafka;
import io.magicproxy.testing.RealRedis;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways that only answer, workers beside them, one broker as Kafka ships it, one Redis. */
class ManyNodesTest {
    private static final String SESSIONS = "/v1/react/sessions";
    private static final String CHAT = "/v1/chat/completions";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String THREE_STEPS =
            """
            export async function run(ctx) {
              const all = [];
              for (const name of ['one', 'two', 'three']) {
                ctx.step(name);
                all.push(await ctx.llm(`${ctx.query} ${name}`));
              }
              return 'VERSION ' + all.join('');
            }
            """;

    @TempDir private static Path common;
    private static RealKafka kafka;
    private static RealRedis redis;

    @TempDir private Path folder;
    private final OtlpReceiver receiver = new OtlpReceiver();
    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final String name = "n" + UUID.randomUUID();
    private final List<TestGateway> workers = new ArrayList<>();
    private TestGateway one;
    private TestGateway other;

    @BeforeAll
    static void begin() {
        // What Kafka ships, but that a broker may come back before its absence was noticed.
        kafka =
                RealKafka.start(
                        common.resolve("kafka"), 1, Map.of("broker.session.timeout.ms", "3000"));
        redis = RealRedis.start(common.resolve("redis"));
    }

    @AfterAll
    static void end() {
        kafka.close();
        redis.close();
    }

    @BeforeEach
    void start() throws Exception {
        upstream.always(ManyNodesTest::answer);
        one = node("one").slots(0).start();
        other = node("other").slots(0).start();
    }

    @AfterEach
    void stop() {
        workers.forEach(TestGateway::close);
        one.close();
        other.close();
        upstream.close();
        receiver.close();
    }

    private static Reply answer(ReceivedRequest request) {
        if (!request.text().contains("\"stream\":true")) {
            return Reply.json(
                    200,
                    "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"x\"}}]}");
        }
        return ModelReply.of("The ", "answer ", "to ", ModelReply.question(request) + ". ");
    }

    private TestGateway worker(String name) throws Exception {
        TestGateway worker = node(name).worker().slots(8).start();
        workers.add(worker);
        return worker;
    }

    private TestGateway.Builder node(String node) throws Exception {
        Path home = Files.createDirectories(folder.resolve(node));
        Files.writeString(
                Files.createDirectories(home.resolve("tools")).resolve("add.js"),
                "/** Adds.\n * @param {number} a\n * @param {number} b */\nexport const run = (a, b) => a + b;");
        Files.writeString(
                Files.createDirectories(home.resolve("patterns")).resolve("three.mjs"),
                THREE_STEPS.replace("VERSION", "1:"));
        Files.writeString(
                home.resolve("patterns/asks.mjs"),
                "export const run = async ctx => ctx.agent('adder', ctx.query);");
        Files.writeString(
                home.resolve("patterns/adds.mjs"),
                "export const run = async ctx => `${await ctx.tool('add', {a: 1, b: 2})}`;");
        return TestGateway.in(home)
                .config(
                        """
                        model_list:
                          - {model_name: main, provider: openai, model_params: {model: m, api_base: '%s/v1', api_key: k}}
                          - {model_name: adder, provider: openai, model_params: {model: m, api_base: '%s/v1', api_key: k, agent_settings: {reasoning_mode: adds}}}
                        agent_settings: {reasoning_mode: three}
                        telemetry_settings: {otlp_endpoint: "%s", sampling: 0}
                        sandbox_settings: {isolation: in_process}
                        backend_settings:
                          queue: {kind: kafka, attempts: 2, lease: 2s}
                          events: redis
                          kafka: {bootstrap_servers: ["%s"], topic: "%s", dead_letter_topic: "%s.dead", group: "%s", timeout: 3s}
                          redis: {urls: ["%s"], key_prefix: "%s"}
                        """
                                .formatted(
                                        upstream.url(),
                                        upstream.url(),
                                        receiver.endpoint(),
                                        kafka.servers(),
                                        name,
                                        name,
                                        name,
                                        redis.url(),
                                        name));
    }

    private static String ask(String query) {
        return "{\"model_alias\":\"main\",\"user_query\":\"" + query + "\"}";
    }

    private static String whole(String version, String query) {
        StringBuilder all = new StringBuilder(version);
        for (String step : List.of("one", "two", "three")) {
            all.append("The answer to ").append(query).append(' ').append(step).append(". ");
        }
        return all.toString();
    }

    private static Reply hangsAt(ReceivedRequest request, String step) {
        return ModelReply.question(request).endsWith(step)
                ? answer(request).hangAfter(1)
                : answer(request);
    }

    private long asked(String question) {
        return upstream.requests().stream()
                .map(ModelReply::question)
                .filter(question::equals)
                .count();
    }

    @Test
    void any_node_tells_of_a_session_that_another_works_at_and_ends_it() throws Exception {
        worker("worker");
        try (Watcher asker = new Watcher();
                Watcher elsewhere = new Watcher()) {
            asker.ask(one.port(), ask("q"));
            asker.await("an event", w -> !w.events().isEmpty());
            elsewhere.comeBack(other.port(), asker.session());
            assertThat(asker.awaitEnd().at("/payload/text").asText()).isEqualTo(whole("1: ", "q"));
            elsewhere.awaitEnd();
            assertThat(elsewhere.events()).isEqualTo(asker.events());
            asker.sawEachEventOnceInOrder();
        }

        upstream.always(request -> hangsAt(request, "two"));
        try (Watcher asker = new Watcher()) {
            asker.ask(one.port(), ask("r"));
            Waiting.until(() -> asked("r two") == 1);
            assertThat(other.post(SESSIONS + "/" + asker.session() + "/cancel", "{}").statusCode())
                    .isEqualTo(200);
            assertThat(asker.awaitEnd().path("event_type").asText()).isEqualTo("cancelled");
        }
    }

    @Test
    void one_trace_goes_from_a_client_to_the_tool_of_a_nested_agent_on_another_node()
            throws Exception {
        worker("worker");
        HttpResponse<String> answer =
                one.post(
                        SESSIONS,
                        "{\"model_alias\":\"main\",\"reasoning_mode\":\"asks\",\"user_query\":\"q\",\"stream\":false}",
                        "traceparent",
                        "00-" + TRACE + "-b7ad6b7169203331-01");
        assertThat(Json.read(answer.body()).path("answer").asText())
                .as(answer.body())
                .isEqualTo("3");
        Waiting.until(() ->
                !receiver.spans("invoke_agent main").isEmpty()
                        && !receiver.spans("POST " + SESSIONS).isEmpty());

        Seen tool = receiver.span("execute_tool add");
        Seen nested = receiver.span("invoke_agent adder");
        Seen agent = receiver.span("invoke_agent main");
        Seen asked = receiver.span("POST /v1/react/sessions");
        assertThat(List.of(asked, agent, nested, tool)).extracting(Seen::trace).containsOnly(TRACE);
        assertThat(tool.parent()).isEqualTo(nested.id());
        assertThat(asked.service()).isEqualTo("magic-proxy");
        assertThat(tool.service()).isEqualTo("magic-proxy-worker");
    }

    @Test
    void a_run_begun_with_one_version_is_finished_with_it_by_another_worker() throws Exception {
        TestGateway first = worker("first");
        upstream.always(request -> hangsAt(request, "two"));
        try (Watcher asker = new Watcher()) {
            asker.ask(one.port(), ask("q"));
            Waiting.until(() -> asked("q two") == 1);
            String second = THREE_STEPS.replace("VERSION", "2:");
            TestGateway next = worker("next");
            Files.writeString(next.folder().resolve("patterns/three.mjs"), second);
            Files.writeString(one.folder().resolve("patterns/three.mjs"), second);

            upstream.always(ManyNodesTest::answer);
            first.close();
            assertThat(asker.awaitEnd().at("/payload/text").asText()).isEqualTo(whole("1: ", "q"));
            assertThat(asked("q one")).isEqualTo(1);
            assertThat(asker.payloads("worker_ack")).hasSize(2);

            try (Watcher later = new Watcher()) {
                later.ask(other.port(), ask("later"));
                assertThat(later.awaitEnd().at("/payload/text").asText())
                        .isEqualTo(whole("2: ", "later"));
            }
        }
    }

    @Test
    @Tag("drill")
    void a_session_that_is_drained_twelve_times_still_ends() throws Exception {
        upstream.always(request -> hangsAt(request, "two"));
        try (Watcher asker = new Watcher()) {
            TestGateway working = worker("w0");
            asker.ask(one.port(), ask("q"));
            for (int i = 1; i <= 12; i++) {
                int times = i;
                Waiting.until(() -> asked("q two") == times);
                if (i == 12) {
                    upstream.always(ManyNodesTest::answer);
                }
                TestGateway next = worker("w" + i);
                working.close();
                working = next;
            }
            assertThat(asker.awaitEnd().at("/payload/text").asText()).isEqualTo(whole("1: ", "q"));
            assertThat(asked("q one")).isEqualTo(1);
            asker.sawEachEventOnceInOrder();
        }
    }

    @Test
    void without_kafka_chat_goes_on_and_sessions_say_why_they_do_not() throws Exception {
        worker("worker");
        kafka.kill(0);
        try {
            HttpResponse<String> refused = one.post(SESSIONS, ask("q"));
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.body()).contains("Kafka at 127.0.0.1:");
            assertThat(one.json(SESSIONS).path("data")).isEmpty();
            assertThat(one.post(CHAT, chat("main", "")).statusCode()).isEqualTo(200);
        } finally {
            kafka.begin(0);
        }
        Waiting.until(() -> one.post(SESSIONS, ask("back")).statusCode() == 200);
    }

    @Test
    void without_redis_chat_goes_on_and_sessions_say_why_they_do_not() throws Exception {
        worker("worker");
        redis.kill();
        try {
            HttpResponse<String> refused = one.post(SESSIONS, ask("q"));
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.body()).contains("Redis at redis://127.0.0.1:");
            assertThat(one.post(CHAT, chat("main", "")).statusCode()).isEqualTo(200);
        } finally {
            redis.begin();
        }
        Waiting.until(() -> one.post(SESSIONS, ask("back")).statusCode() == 200);
    }
}
