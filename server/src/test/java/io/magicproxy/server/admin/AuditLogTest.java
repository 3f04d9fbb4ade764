package io.magicproxy.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code GET /admin/audit}: what was changed, by whom, with what difference. */
class AuditLogTest {
    private static final String KEY = "mk-the-master-key-of-the-test";
    private static final String TEXT =
            """
            model_list:
              - {model_name: sim, provider: simulator, model_params: {model: m}}
              - {model_name: gpt, provider: openai, model_params: {model: m, api_key: sk-in-the-file-0123}}
              - {model_name: pooled, provider: openai, model_params: {model: m}}
            security_settings: {master_key: %s}
            sandbox_settings: {isolation: in_process}
            """
                    .formatted(KEY);

    @TempDir private Path folder;

    @BeforeEach
    void write() throws Exception {
        Files.createDirectories(folder.resolve("patterns"));
        Files.createDirectories(folder.resolve("system_prompts"));
        Files.writeString(folder.resolve("patterns/plan.js"), "export const run = () => 1;\n");
    }

    @Test
    void each_change_is_listed_with_its_author_its_versions_and_what_differs() throws Exception {
        try (TestGateway gateway = start()) {
            changeAll(gateway);

            JsonNode entries = list(gateway, "").path("entries");

            assertThat(entries.findValuesAsText("action"))
                    .containsExactly(
                            "simulator.set",
                            "prompt.save",
                            "pattern.save",
                            "key.add",
                            "config.save");
            JsonNode config = entries.get(4);
            assertThat(config.path("who").asText()).matches("key [0-9a-f]{12}");
            assertThat(config.path("address").asText()).isEqualTo("127.0.0.1");
            assertThat(config.path("request_id").asText()).isEqualTo("the-request-that-saved");
            assertThat(config.path("name").asText()).isEqualTo("proxy_config.yaml");
            assertThat(config.path("before").asText())
                    .isNotEmpty()
                    .isNotEqualTo(config.path("after").asText());
            assertThat(config.path("diff").asText())
                    .contains(
                            "\n-  - {model_name: gpt,",
                            "\n+  - {model_name: gpt-2,",
                            "\n   - {model_name: sim,");
            assertThat(entries.get(2).path("diff").asText())
                    .contains(
                            "--- plan.js",
                            "-export const run = () => 1;",
                            "+export const run = () => 2;");
            assertThat(entries.get(1).path("diff").asText()).contains("+Be plain.");
            assertThat(entries.get(0).path("diff").asText()).contains("429");
        }
    }

    @Test
    void no_secret_is_in_it_neither_one_that_went_nor_one_that_came() throws Exception {
        try (TestGateway gateway = start()) {
            changeAll(gateway);
            String other =
                    TEXT.replace("sk-in-the-file-0123", "sk-another-in-the-file-4567")
                            .replace("model: m,", "model: n,");
            save(gateway, other);

            String all = gateway.get("/admin/audit", "x-api-key", KEY).body();

            assertThat(all)
                    .contains("api_key: ***", "model: n,")
                    .doesNotContain("sk-in-the-file", "sk-another-in", "sk-of-the-pool", KEY);
            try (var data = Files.walk(folder.resolve("data"))) {
                for (Path file : data.filter(Files::isRegularFile).toList()) {
                    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                            .as(file.toString())
                            .doesNotContain("sk-in-the-file", "sk-another-in", "sk-of-the-pool");
                }
            }
        }
    }

    @Test
    void it_is_there_after_a_restart_and_tells_itself_in_parts() throws Exception {
        try (TestGateway gateway = start()) {
            changeAll(gateway);
        }
        try (TestGateway gateway = start()) {
            JsonNode first = list(gateway, "?limit=2");
            assertThat(first.path("entries").findValuesAsText("action"))
                    .containsExactly("simulator.set", "prompt.save");
            JsonNode second = list(gateway, "?limit=2&below=" + first.path("next").asLong());
            assertThat(second.path("entries").findValuesAsText("action"))
                    .containsExactly("pattern.save", "key.add");
            JsonNode last = list(gateway, "?limit=2&below=" + second.path("next").asLong());
            assertThat(last.path("entries").findValuesAsText("action"))
                    .containsExactly("config.save");
            assertThat(last.path("next").isNull()).isTrue();

            assertThat(list(gateway, "?action=pattern").path("entries")).hasSize(1);
            assertThat(list(gateway, "?action=key.add").path("entries")).hasSize(1);
            assertThat(list(gateway, "?action=key.ad").path("entries")).isEmpty();
            assertThat(list(gateway, "?name=plan.js").path("entries")).hasSize(1);
            assertThat(list(gateway, "?who=nobody").path("entries")).isEmpty();
            assertThat(list(gateway, "?before=2020-01-01T00:00:00Z").path("entries")).isEmpty();
            assertThat(list(gateway, "?since=2020-01-01T00:00:00Z").path("entries")).hasSize(5);
        }
    }

    @Test
    void it_can_be_had_as_lines_of_json_and_as_a_table() throws Exception {
        try (TestGateway gateway = start()) {
            changeAll(gateway);

            List<String> lines = get(gateway, "?format=jsonl").body().lines().toList();
            assertThat(lines).hasSize(5);
            assertThat(Json.read(lines.getLast()).path("action").asText()).isEqualTo("config.save");

            HttpResponse<String> csv = get(gateway, "?format=csv&action=pattern");
            assertThat(csv.headers().firstValue("content-type"))
                    .contains("text/csv; charset=utf-8");
            assertThat(csv.body())
                    .startsWith("id,at,who,address,request_id,action,name,before,after,diff\r\n")
                    // No spreadsheet takes the diff for a formula.
                    .contains(",\"pattern.save\",\"plan.js\",", "\"'--- plan.js");
        }
    }

    @Test
    void what_it_does_not_understand_it_says() throws Exception {
        try (TestGateway gateway = start()) {
            for (String query :
                    List.of(
                            "?limit=0",
                            "?limit=x",
                            "?since=yesterday",
                            "?format=xml",
                            "?actoin=x")) {
                HttpResponse<String> answer = get(gateway, query);
                assertThat(answer.statusCode()).as(query).isEqualTo(400);
            }
            assertThat(get(gateway, "?actoin=x").body()).contains("did you mean \\\"action\\\"");
            assertThat(gateway.get("/admin/audit").statusCode()).isEqualTo(401);
        }
    }

    private TestGateway start() throws Exception {
        return TestGateway.in(folder).config(TEXT).start();
    }

    private static void changeAll(TestGateway gateway) throws Exception {
        save(gateway, TEXT.replace("model_name: gpt,", "model_name: gpt-2,"));
        gateway.post(
                "/admin/keys/openai", "{\"key\": \"sk-of-the-pool-0123456789\"}", "x-api-key", KEY);
        change(gateway, "/admin/patterns/plan", "export const run = () => 2;\n");
        change(gateway, "/admin/prompt_content?path=prompts/plain.md", "Be plain.\n");
        gateway.send(
                "PUT",
                "/admin/simulator/faults",
                "{\"faults\": [{\"failure\": \"429\"}]}",
                "x-api-key",
                KEY);
    }

    private static void save(TestGateway gateway, String text) throws Exception {
        HttpResponse<String> saved =
                gateway.post(
                        "/admin/config",
                        content(text),
                        "x-api-key",
                        KEY,
                        "If-Match",
                        "*",
                        "x-request-id",
                        "the-request-that-saved");
        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
    }

    private static void change(TestGateway gateway, String path, String text) throws Exception {
        String[] headers =
                path.contains("prompt")
                        ? new String[] {"x-api-key", KEY}
                        : new String[] {"x-api-key", KEY, "If-Match", "*"};
        assertThat(gateway.send("PUT", path, content(text), headers).statusCode()).isIn(200, 201);
    }

    private static JsonNode list(TestGateway gateway, String query) throws Exception {
        return Json.read(get(gateway, query).body());
    }

    private static HttpResponse<String> get(TestGateway gateway, String query) throws Exception {
        return gateway.get("/admin/audit" + query, "x-api-key", KEY);
    }

    private static String content(String text) {
        return Json.text(Json.object().put("content", text));
    }
}
