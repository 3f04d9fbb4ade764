package io.magicproxy.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration, read and changed over HTTP. */
class ConfigApiTest {
    private static final String CONFIG = "/admin/config";
    private static final String TEXT =
            """
            # A comment that stays.
            model_list:
              - model_name: sim
                provider: simulator
                model_params: {model: "${MODEL:m}"}
              - model_name: keyed
                provider: openai
                model_params: {model: gpt, api_key: os.environ/SECRET_KEY}
            provider_model_lists:
              openai: [gpt-5.1, gpt]
            """;

    private static final String TWO_SLIPS =
            TEXT.replace("model_name: keyed", "model_nam: keyed")
                    + "router_settings:\n  model_group_alias: {main: [sin]}\n";

    @TempDir private Path folder;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway =
                TestGateway.in(folder)
                        .config(TEXT)
                        .environment("SECRET_KEY", "sk-a-secret-of-the-environment")
                        .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void the_text_is_shown_as_it_stands_with_its_version() throws Exception {
        HttpResponse<String> answer = gateway.get(CONFIG);
        JsonNode json = Json.read(answer.body());

        assertThat(json.path("content").asText()).isEqualTo(TEXT);
        assertThat(json.path("file").asText()).isEqualTo("proxy_config.yaml");
        assertThat(json.path("writable").asBoolean()).isTrue();
        assertThat(json.path("version")).isEqualTo(json.path("serving_version"));
        assertThat(answer.headers().firstValue("etag"))
                .contains("\"" + json.path("version").asText() + "\"");
        assertThat(answer.body()).doesNotContain("sk-a-secret");
    }

    @Test
    void what_would_not_serve_is_refused_with_every_problem_and_changes_nothing() throws Exception {
        HttpResponse<String> refused = save(TWO_SLIPS, version());
        JsonNode json = Json.read(refused.body());

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(json.at("/error/code").asText()).isEqualTo("invalid_config");
        assertThat(json.at("/error/message").asText())
                .contains("did you mean \"model_name\"?", "did you mean \"sim\"?");
        assertThat(json.path("problems"))
                .extracting(p -> p.path("path").asText())
                .contains("model_list[1].model_nam", "router_settings.model_group_alias.main[0]");
        assertThat(file()).hasContent(TEXT);
        assertThat(gateway.json("/admin/config/status").path("applied").asBoolean()).isTrue();
    }

    @Test
    void the_fixes_of_slips_make_the_text_valid() throws Exception {
        JsonNode judged = validate(TWO_SLIPS);
        assertThat(judged.path("valid").asBoolean()).isFalse();

        String mended = TWO_SLIPS;
        for (JsonNode problem : judged.path("problems")) {
            if (problem.has("fix")) {
                mended = mended(mended, problem.path("fix"));
            }
        }

        assertThat(mended).contains("model_name: keyed", "{main: [sim]}");
        assertThat(validate(mended).path("valid").asBoolean()).isTrue();
        assertThat(file()).hasContent(TEXT);
    }

    private static String mended(String text, JsonNode fix) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        int line = fix.path("line").asInt() - 1;
        String old = lines.get(line);
        lines.set(
                line,
                old.substring(0, fix.path("col").asInt() - 1)
                        + fix.path("text").asText()
                        + old.substring(fix.path("endCol").asInt() - 1));
        return String.join("\n", lines) + "\n";
    }

    @Test
    void a_saved_text_serves_with_the_answer_to_its_save() throws Exception {
        String before = version();
        HttpResponse<String> saved = save(TEXT.replace("name: sim", "name: other"), before);

        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
        assertThat(gateway.get("/v1/models").body())
                .contains("\"other\"")
                .doesNotContain("\"sim\"");
        String after = Json.read(saved.body()).path("version").asText();
        assertThat(after).isNotEqualTo(before).isEqualTo(version());
        assertThat(saved.headers().firstValue("etag")).contains("\"" + after + "\"");
        assertThat(file()).content().contains("# A comment that stays.", "${MODEL:m}");
        try (var files = Files.list(folder)) {
            assertThat(files.filter(f -> f.toString().endsWith(".new"))).isEmpty();
        }
    }

    @Test
    void a_save_needs_the_version_that_its_author_has_seen() throws Exception {
        String before = version();
        HttpResponse<String> blind = gateway.send("PUT", CONFIG, body(TEXT + "#"));
        assertThat(blind.statusCode()).isEqualTo(428);
        assertThat(blind.body()).contains("If-Match", before);

        assertThat(save(TEXT + "# theirs\n", before).statusCode()).isEqualTo(200);
        HttpResponse<String> stale = save(TEXT + "# mine\n", before);
        assertThat(stale.statusCode()).isEqualTo(412);
        assertThat(Json.read(stale.body()).path("version").asText()).isEqualTo(version());
        assertThat(Json.read(stale.body()).at("/error/code").asText())
                .isEqualTo("precondition_failed");
        assertThat(file()).content().contains("# theirs");
        assertThat(save(TEXT, "*").statusCode()).isEqualTo(200);
    }

    @Test
    void of_many_who_save_at_once_from_the_same_version_one_wins() throws Exception {
        String before = version();
        try (var savers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> saves = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String text = TEXT + "# " + i + "\n";
                saves.add(() -> save(text, before).statusCode());
            }
            List<Integer> codes = new ArrayList<>();
            for (var done : savers.invokeAll(saves)) {
                codes.add(done.get());
            }
            assertThat(codes).containsOnlyOnce(200).containsOnly(200, 412);
        }
    }

    @Test
    void a_file_that_is_locked_is_not_replaced() throws Exception {
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("r--r--r--"));
        HttpResponse<String> refused = save(TEXT + "#\n", version());

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body())
                .contains("file_not_writable", "read-only", "where it comes from");
        assertThat(gateway.json(CONFIG).path("writable").asBoolean()).isFalse();
        assertThat(file()).hasContent(TEXT);
    }

    @Test
    void a_link_stays_one_and_the_rights_stay_as_they_were() throws Exception {
        Path real = folder.resolve("real.yaml");
        Files.move(file(), real);
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Files.createSymbolicLink(file(), Path.of("real.yaml"));

        assertThat(save(TEXT + "# linked\n", version()).statusCode()).isEqualTo(200);
        assertThat(file()).isSymbolicLink();
        assertThat(real).content().contains("# linked");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void a_file_that_was_broken_by_hand_is_shown_as_it_is_and_can_be_mended() throws Exception {
        String broken = TEXT + "nonsense: 1\n";
        Files.writeString(file(), broken);

        JsonNode shown = gateway.json(CONFIG);
        assertThat(shown.path("content").asText()).isEqualTo(broken);
        assertThat(shown.path("version")).isNotEqualTo(shown.path("serving_version"));
        assertThat(save(TEXT, shown.path("version").asText()).statusCode()).isEqualTo(200);

        Files.write(file(), "model_list: [] # caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        HttpResponse<String> foreign = gateway.get(CONFIG);
        assertThat(foreign.statusCode()).isEqualTo(409);
        assertThat(foreign.body()).contains("not UTF-8");
    }

    @Test
    void a_request_that_makes_no_sense_says_so() throws Exception {
        assertThat(gateway.post(CONFIG, "{\"contant\": \"\"}", "If-Match", "*").body())
                .contains("did you mean \\\"content\\\"?");
        assertThat(gateway.post(CONFIG, "{\"content\": 1}", "If-Match", "*").statusCode())
                .isEqualTo(400);
        assertThat(gateway.post(CONFIG, "{", "If-Match", "*").statusCode()).isEqualTo(400);
        assertThat(gateway.send("POST", CONFIG, "", "If-Match", "*").statusCode()).isEqualTo(415);
        JsonNode tab = validate("model_list:\n\t- a\n").at("/problems/0");
        assertThat(tab.path("line").asInt()).isEqualTo(2);
        assertThat(tab.path("message").asText()).contains("indent with spaces");
    }

    @Test
    void the_lists_of_models_are_those_of_both_sections() throws Exception {
        JsonNode providers = gateway.json("/admin/provider_models").path("providers");
        JsonNode openai = named(providers, "openai");

        assertThat(openai.path("needs_key").asText()).isEqualTo("required");
        assertThat(openai.path("api_base").asText()).startsWith("https://");
        assertThat(openai.path("models"))
                .extracting(JsonNode::toString)
                .containsExactly(
                        "{\"model\":\"gpt-5.1\",\"from\":[\"provider_model_lists\"]}",
                        "{\"model\":\"gpt\",\"from\":[\"model_list\",\"provider_model_lists\"]}");
        assertThat(named(providers, "anthropic").path("models")).isEmpty();
        assertThat(validate(TEXT.replace("  openai: [", "  opanai: [")).toString())
                .contains("did you mean \\\"openai\\\"?");
    }

    private static JsonNode named(JsonNode providers, String id) {
        for (JsonNode provider : providers) {
            if (provider.path("id").asText().equals(id)) {
                return provider;
            }
        }
        throw new AssertionError("no " + id + " in " + providers);
    }

    private Path file() {
        return folder.resolve("proxy_config.yaml");
    }

    private String version() throws Exception {
        return gateway.json(CONFIG).path("version").asText();
    }

    private HttpResponse<String> save(String text, String version) throws Exception {
        return gateway.post(CONFIG, body(text), "If-Match", "\"" + version + "\"");
    }

    private JsonNode validate(String text) throws Exception {
        HttpResponse<String> answer = gateway.post(CONFIG + "/validate", body(text));
        assertThat(answer.statusCode()).isEqualTo(200);
        return Json.read(answer.body());
    }

    private static String body(String text) {
        return Json.text(Json.object().put("content", text));
    }
}
