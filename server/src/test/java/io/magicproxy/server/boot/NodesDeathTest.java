package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.Waiting;
import io.magicproxy.server.drills.ModelReply;
import io.magicproxy.server.drills.Watcher;
import io.magicproxy.testing.RealKafka;
import io.magicproxy.testing.RealRedis;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two gateways, two workers, brokers and a Redis, each a process, all killed as by a power cut, one
 * after another, under sessions whose clients come back to any gateway that answers.
 */
class NodesDeathTest {
    private static final int ATTEMPTS = 6;

    @TempDir private Path folder;

    @Test
    void whatever_dies_sessions_go_on() throws Exception {
        var cluster = new Cluster(1, Map.of("broker.session.timeout.ms", "3000"));
        try (var scene = new Scene(folder, cluster, 40, Duration.ofMillis(350))) {
            scene.everythingDiesUnder(8);
        }
    }

    @Test
    @Tag("drill")
    void two_hundred_sessions_outlive_all_that_carries_them() throws Exception {
        var cluster = new Cluster(1, Map.of());
        try (var scene = new Scene(folder, cluster, 14, Duration.ofMillis(1_500))) {
            scene.everythingDiesUnder(200);
        }
    }

    @Test
    @Tag("drill")
    void two_hundred_sessions_outlive_each_of_three_brokers() throws Exception {
        var cluster = new Cluster(3, Map.of());
        try (var scene = new Scene(folder, cluster, 14, Duration.ofMillis(1_500))) {
            scene.everythingDiesUnder(200);
        }
    }

    @Test
    @Tag("drill")
    void a_run_that_kills_its_workers_is_given_up_and_lies_with_the_dead_letters()
            throws Exception {
        var cluster = new Cluster(1, Map.of());
        try (var scene = new Scene(folder, cluster, 2, Duration.ofSeconds(1))) {
            scene.aRunKillsItsWorkers();
        }
    }

    /** So many brokers, with these settings beside those that Kafka ships. */
    private record Cluster(int brokers, Map<String, String> settings) {}

    /** All the processes. */
    private static final class Scene implements AutoCloseable {
        private final Path folder;
        private final int steps;
        private final int brokers;

        /**
         * Between the tokens of a model's answer: long while things die, so that all dies under
         * runs.
         */
        private volatile Duration pace;

        private final ScriptedUpstream upstream = ScriptedUpstream.start();
        private final Map<String, Queue<Instant>> asked = new ConcurrentHashMap<>();
        private final Map<String, Program> nodes = new ConcurrentHashMap<>();
        private final List<Client> clients = new ArrayList<>();
        private final int[] ports = {freePort(), freePort()};
        private final RealKafka kafka;
        private final RealRedis redis;

        Scene(Path folder, Cluster cluster, int steps, Duration pace) throws Exception {
            this.folder = folder;
            this.steps = steps;
            this.pace = pace;
            this.brokers = cluster.brokers();
            this.kafka =
                    RealKafka.start(folder.resolve("kafka"), cluster.brokers(), cluster.settings());
            this.redis = RealRedis.start(folder.resolve("redis"));
            upstream.always(request -> {
                asked.computeIfAbsent(
                                ModelReply.question(request), _ -> new ConcurrentLinkedQueue<>())
                        .add(Instant.now());
                return answer(request).every(this.pace);
            });
            for (String node : List.of("gateway0", "gateway1", "worker0", "worker1")) {
                prepare(node);
                start(node);
            }
            nodes.values().forEach(Scene::awaitReady);
        }

        @Override
        public void close() {
            clients.forEach(Client::close);
            nodes.values().forEach(Program::close);
            kafka.close();
            redis.close();
            upstream.close();
        }

        private static int freePort() throws Exception {
            try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            }
        }

        private static Reply answer(ReceivedRequest request) {
            return ModelReply.of("Answer ", "to ", ModelReply.question(request) + ". ");
        }

        private void prepare(String node) throws Exception {
            Path home = Files.createDirectories(folder.resolve(node));
            Files.createDirectories(home.resolve("tools"));
            Files.writeString(
                    Files.createDirectories(home.resolve("patterns")).resolve("steps.mjs"),
                    """
                    export async function run(ctx) {
                      const all = [];
                      for (let i = 1; i <= %d; i++) {
                        ctx.step('step ' + i);
                        all.push(await ctx.llm(`${ctx.query} ${i}`));
                      }
                      return all.join('');
                    }
                    """
                            .formatted(steps));
            Files.writeString(
                    home.resolve("proxy_config.yaml"),
                    """
                    model_list:
                      - {model_name: main, provider: openai, model_params: {model: m, api_base: '%s/v1', api_key: k}}
                    agent_settings: {reasoning_mode: steps}
                    sandbox_settings: {isolation: in_process}
                    backend_settings:
                      queue: {kind: kafka, attempts: %d, lease: 4s}
                      events: redis
                      kafka: {bootstrap_servers: [%s]}
                      redis: {urls: ["%s"]}
                    """
                            .formatted(
                                    upstream.url(),
                                    ATTEMPTS,
                                    "\"" + kafka.servers().replace(",", "\",\"") + "\"",
                                    redis.url()));
        }

        private Program start(String node) {
            Path home = folder.resolve(node);
            boolean worker = node.startsWith("worker");
            String port = worker ? "0" : Integer.toString(ports[node.endsWith("0") ? 0 : 1]);
            Program started =
                    Program.start(
                            home,
                            worker ? "worker" : "start",
                            "--slots",
                            worker ? "256" : "0",
                            "--port",
                            port);
            Program before = nodes.put(node, started);
            if (before != null) {
                before.close();
            }
            return started;
        }

        private static void awaitReady(Program node) {
            node.process().awaitOut("ready after", Program.LONG);
        }

        void everythingDiesUnder(int sessions) throws Exception {
            for (int i = 0; i < sessions; i++) {
                Client client = new Client(ports, "q" + i);
                clients.add(client);
                client.ask();
            }
            Waiting.until(() -> clients.stream().allMatch(Client::hasBegun));
            for (String node : List.of("worker0", "gateway0")) {
                kill(node);
                awaitReady(start(node));
            }
            for (int broker = 0; broker < brokers; broker++) {
                underWay();
                kafka.kill(broker);
                kafka.begin(broker);
            }
            underWay();
            redis.kill();
            redis.begin();
            for (String node : List.of("worker1", "gateway1")) {
                kill(node);
                awaitReady(start(node));
            }

            pace = Duration.ofMillis(10);
            for (Client client : clients) {
                client.ended(steps);
            }
            noResultWasAskedForAgain();
        }

        void aRunKillsItsWorkers() throws Exception {
            upstream.always(request -> {
                asked.computeIfAbsent(
                                ModelReply.question(request), _ -> new ConcurrentLinkedQueue<>())
                        .add(Instant.now());
                return Reply.hang();
            });
            kill("worker1", false);
            Client client = new Client(ports, "q");
            clients.add(client);
            client.ask();
            for (int i = 1; i <= ATTEMPTS; i++) {
                int times = i;
                Waiting.until(() -> asked.getOrDefault("q 1", new ArrayDeque<>()).size() == times);
                kill("worker0", false);
                awaitReady(start("worker0"));
            }
            client.watcher.await("the end", _ -> client.isOver());
            assertThat(client.watcher.events().getLast().at("/payload/code").asText())
                    .isEqualTo("too_many_attempts");
            assertThat(kafka.read("magic-proxy.tasks.dead")).containsExactly(client.run());
        }

        /** Else what dies next carries nothing. */
        private void underWay() {
            assertThat(clients).anyMatch(client -> !client.isOver());
        }

        private void kill(String node) {
            kill(node, true);
        }

        private void kill(String node, boolean carrying) {
            if (carrying) {
                underWay();
            }
            Program killed = nodes.get(node);
            if (killed != null) {
                killed.process().kill();
            }
        }

        /** A call may be made again as long as its result isn't recorded, which its event tells. */
        private void noResultWasAskedForAgain() {
            for (Client client : clients) {
                List<JsonNode> recorded =
                        client.watcher.events().stream()
                                .filter(e -> e.path("event_type").asText().equals("ModelCall"))
                                .toList();
                for (int i = 0; i < recorded.size(); i++) {
                    String question = client.query + " " + (i + 1);
                    Instant known = Instant.parse(recorded.get(i).path("ts").asText());
                    assertThat(asked.get(question)).as(question).noneMatch(known::isBefore);
                }
            }
        }
    }

    /** Comes back, to one gateway or the other, until its session has ended. */
    private static final class Client implements AutoCloseable {
        private final int[] ports;
        private final String query;
        private final Watcher watcher = new Watcher();
        private volatile boolean over;

        Client(int[] ports, String query) {
            this.ports = ports;
            this.query = query;
        }

        /** Its run's id. */
        String run() throws Exception {
            JsonNode record =
                    Json.read(
                            HttpClient.newHttpClient()
                                    .send(
                                            Program.get(
                                                    ports[0],
                                                    "/v1/react/sessions/" + watcher.session()),
                                            BodyHandlers.ofString())
                                    .body());
            return record.at("/run_list/0/id").asText();
        }

        void ask() throws Exception {
            watcher.ask(
                    ports[query.hashCode() & 1],
                    "{\"model_alias\":\"main\",\"user_query\":\"" + query + "\"}");
            Thread.ofVirtual().start(this::follow);
        }

        boolean hasBegun() {
            return watcher.types().contains("StepStart");
        }

        boolean isOver() {
            List<String> types = watcher.types();
            return !types.isEmpty()
                    && List.of("FinalAnswerStreamEnd", "error", "cancelled")
                            .contains(types.getLast());
        }

        private void follow() {
            int turn = 0;
            while (!over) {
                watcher.awaitEndOfStream();
                if (isOver()) {
                    return;
                }
                try {
                    watcher.comeBack(ports[turn++ & 1]);
                } catch (Exception | AssertionError e) {
                    // Dead, or without its Redis.
                    Waiting.pause(Duration.ofMillis(100));
                }
            }
        }

        void ended(int steps) {
            watcher.await("the end", _ -> isOver());
            watcher.sawEachEventOnceInOrder();
            JsonNode end = watcher.events().getLast();
            if (end.path("event_type").asText().equals("FinalAnswerStreamEnd")) {
                StringBuilder whole = new StringBuilder();
                for (int i = 1; i <= steps; i++) {
                    whole.append("Answer to ").append(query).append(' ').append(i).append(". ");
                }
                assertThat(end.at("/payload/text").asText()).isEqualTo(whole.toString());
            } else {
                assertThat(end.at("/payload/resumable").asBoolean()).as(end.toString()).isTrue();
            }
        }

        @Override
        public void close() {
            over = true;
            watcher.close();
        }
    }
}
