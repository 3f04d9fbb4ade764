package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The patterns that come along, with the simulator's pretended thoughts, over HTTP. */
class ShippedPatternsTest {
    @TempDir private Path folder;

    @Test
    void what_is_streamed_as_the_answer_is_the_answer() throws Exception {
        copyScripts("patterns");
        copyScripts("tools");
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - model_name: sim
                                    provider: simulator
                                    model_params: {model: m, faults: {tokens_per_second: 100000}}
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start()) {
            JsonNode patterns = gateway.json("/admin/react_patterns").path("patterns");
            assertThat(patterns).hasSizeGreaterThanOrEqualTo(4);
            for (JsonNode pattern : patterns) {
                check(gateway, pattern.path("name").asText());
            }
        }
    }

    /**
     * Those in JavaScript: a first Python engine takes seconds, and the way of answers is the same.
     */
    private void copyScripts(String name) throws IOException {
        Path from = Path.of(System.getProperty("project.root")).resolve(name);
        Path to = Files.createDirectories(folder.resolve(name));
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".js")).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void check(TestGateway gateway, String pattern) throws Exception {
        HttpResponse<String> stream =
                gateway.post(
                        "/v1/react/sessions",
                        "{\"model_alias\":\"sim\",\"user_query\":\"What is 12 * 7?\",\"reasoning_mode\":\""
                                + pattern
                                + "\"}");
        StringBuilder shown = new StringBuilder();
        String answer = "";
        for (String line : stream.body().lines().filter(l -> l.startsWith("data: ")).toList()) {
            JsonNode event = Json.read(line.substring("data: ".length()));
            String text = event.at("/payload/text").asText();
            switch (event.path("event_type").asText()) {
                case "FinalAnswerStream" -> shown.append(text);
                case "FinalAnswerStreamEnd" -> answer = text;
                default -> {
                    // On the way to it.
                }
            }
        }
        assertThat(answer).as(pattern + ": " + stream.body()).isNotBlank();
        assertThat(shown.toString().strip()).as(pattern).isEqualTo(answer);
    }
}
