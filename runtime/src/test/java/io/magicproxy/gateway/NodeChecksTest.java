package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.Environment;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of gateways that share their sessions. */
class NodeChecksTest {
    private static final ProviderCatalog CATALOG = ProviderCatalog.standard(InstantSource.system());
    private static final String BOTH =
            "  kafka: {bootstrap_servers: [\"kafka:9092\"]}\n  redis: {urls: [\"redis://r:6379\"]}\n";

    private static List<String> problems(String backend) {
        String yaml =
                "model_list:\n  - {model_name: m, provider: simulator, model_params: {model: m}}\nbackend_settings:\n"
                        + backend;
        return Gateway.check(
                        yaml.getBytes(StandardCharsets.UTF_8), Environment.of(Map.of()), CATALOG)
                .problems()
                .stream()
                .map(problem -> problem.format("f.yaml"))
                .toList();
    }

    @Test
    void the_queue_s_kind_may_stand_for_all_of_it() {
        assertThat(problems("  queue: kafka\n  events: redis\n" + BOTH)).isEmpty();
        assertThat(problems("  queue: {kind: kafka, slots: 0}\n  events: redis\n" + BOTH))
                .isEmpty();
        assertThat(problems("  queue: kafa\n  events: redis\n" + BOTH))
                .anyMatch(p -> p.endsWith("not \"kafa\"; did you mean \"kafka\"?"));
    }

    @Test
    void queue_and_events_go_together_and_need_their_servers() {
        assertThat(problems("  queue: kafka\n" + BOTH))
                .singleElement()
                .asString()
                .startsWith("f.yaml:4:10 backend_settings.queue: on kafka needs \"events: redis\"");
        assertThat(problems("  events: redis\n" + BOTH))
                .singleElement()
                .asString()
                .contains("backend_settings.events: in redis need \"queue: kafka\"");
        assertThat(problems("  queue: kafka\n  events: redis\n"))
                .hasSize(2)
                .anyMatch(p -> p.contains("needs \"kafka\", such as"))
                .anyMatch(p -> p.contains("needs \"redis\", such as"));
        assertThat(problems("  queue: {slots: 0}\n"))
                .singleElement()
                .asString()
                .contains("backend_settings.queue.slots: must be at least 1");
    }

    @Test
    void what_is_no_broker_and_what_the_gateway_sets_itself_is_named() {
        String begin = "  queue: kafka\n  events: redis\n  redis: {urls: [\"redis://r:6379\"]}\n";
        assertThat(problems(begin + "  kafka: {bootstrap_servers: [\"kafka://k\"]}\n"))
                .singleElement()
                .asString()
                .contains("\"kafka://k\" is no broker's address, such as kafka:9092");
        assertThat(
                        problems(
                                begin
                                        + "  kafka: {bootstrap_servers: [\"k:9092\"], client: {group.id: g, sasl.jaas.config: os.environ/JAAS}}\n"))
                .anyMatch(p -> p.endsWith("client.group.id: is set by the gateway"))
                .anyMatch(p -> p.endsWith("jaas.config: set JAAS, or remove the line"));
    }
}
