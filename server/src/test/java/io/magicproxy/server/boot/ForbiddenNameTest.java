package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A harmless name that leads to a metadata service: what counts is the address that is called. */
class ForbiddenNameTest {
    @TempDir private Path folder;

    @Test
    void a_name_that_leads_to_a_metadata_address_is_not_called() throws Exception {
        Path hosts =
                Files.writeString(
                        folder.resolve("hosts"),
                        "127.0.0.1 localhost\n169.254.169.254 models.example.org\n");
        Files.writeString(
                folder.resolve("proxy_config.yaml"),
                """
                model_list:
                  - model_name: m
                    provider: openai
                    model_params: {model: m, api_base: 'http://models.example.org/v1', api_key: sk-its-own-0123}
                router_settings: {num_retries: 0}
                sandbox_settings: {isolation: in_process}
                """);
        try (Program program =
                        Program.start(
                                folder,
                                Map.of("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + hosts),
                                "start",
                                "--port",
                                "0",
                                "--config",
                                "proxy_config.yaml");
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    Program.send(
                            client,
                            Program.post(
                                    program.port(),
                                    "/v1/chat/completions",
                                    TestGateway.chat("m", "")));

            assertThat(answer.statusCode()).isBetween(500, 599);
            assertThat(answer.body()).contains("link-local or metadata address");
        }
    }
}
