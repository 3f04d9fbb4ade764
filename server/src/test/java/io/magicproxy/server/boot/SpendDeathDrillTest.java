package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway that is killed remembers of what was spent. */
@Tag("drill")
class SpendDeathDrillTest {
    private static final String MASTER = "mk-of-the-spend-drill";
    private static final String KEYS = "/admin/virtual_keys";
    private static final String CHAT =
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void a_kill_loses_less_than_a_second_of_it(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("proxy_config.yaml"),
                """
                model_list:
                  - {model_name: m, provider: simulator, model_params: {model: m, faults: {tokens_per_second: 100000}}, model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.01}}
                security_settings: {master_key: %s}
                """
                        .formatted(MASTER));
        var seen = new TreeMap<Long, BigDecimal>();
        String id;
        String secret;
        long killed;
        try (Program program = Program.start(folder, "--port", "0")) {
            int port = program.port();
            JsonNode key =
                    Json.read(
                            send(Program.post(port, KEYS, "{\"name\":\"drilled\"}"), MASTER)
                                    .body());
            id = key.path("id").asText();
            secret = key.path("key").asText();
            long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            while (System.nanoTime() < until) {
                assertThat(
                                send(Program.post(port, "/v1/chat/completions", CHAT), secret)
                                        .statusCode())
                        .isEqualTo(200);
                BigDecimal spent = spent(port, id);
                seen.put(System.nanoTime(), spent);
            }
            killed = System.nanoTime();
            program.process().kill();
        }
        BigDecimal before = seen.floorEntry(killed - Duration.ofSeconds(1).toNanos()).getValue();
        try (Program again = Program.start(folder, "--port", "0")) {
            int port = again.port();

            BigDecimal kept = spent(port, id);

            assertThat(before).isPositive();
            assertThat(kept).isBetween(before, seen.lastEntry().getValue().add(BigDecimal.ONE));
            assertThat(send(Program.post(port, "/v1/chat/completions", CHAT), secret).statusCode())
                    .isEqualTo(200);
        }
    }

    private BigDecimal spent(int port, String id) throws Exception {
        return Json.read(send(Program.get(port, KEYS + "/" + id), MASTER).body())
                .at("/use/spent_today")
                .decimalValue();
    }

    private HttpResponse<String> send(HttpRequest request, String key) throws Exception {
        return Program.send(
                client,
                HttpRequest.newBuilder(request, (_, _) -> true)
                        .header("Authorization", "Bearer " + key)
                        .build());
    }
}
