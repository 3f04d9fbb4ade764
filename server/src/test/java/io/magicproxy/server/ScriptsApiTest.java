package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patterns and tools, read and changed over HTTP. */
class ScriptsApiTest {
    /** Without a version that is to be replaced. */
    private static final String BLIND = "";

    private static final String PLAN =
            """
            import { words } from './lib/words.js';
            export const manifest = { title: 'Plan', tags: ['demo'], params: { type: 'object', properties: { n: { type: 'integer' } } } };
            export const run = (ctx) => `${words} 1`;
            """;
    private static final String OTHER =
            "import { words } from './lib/words.js';\nexport const run = (ctx) => words;\n";
    private static final String WORDS = "export const words = 'first';\n";

    @TempDir private Path folder;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        write("patterns/plan.js", PLAN);
        write("patterns/other.js", OTHER);
        write("patterns/lib/words.js", WORDS);
        write(
                "tools/double.js",
                """
                export const schema = { description: 'Doubles.', parameters: { type: 'object', required: ['n'] } };
                export const run = ({ n }) => n * 2;
                """);
        gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void the_list_tells_how_each_pattern_stands_and_which_files_there_are() throws Exception {
        JsonNode list = gateway.json("/admin/patterns");

        JsonNode plan = list.at("/patterns/1");
        assertThat(plan.path("name").asText()).isEqualTo("plan");
        assertThat(plan.path("status").asText()).isEqualTo("serving");
        assertThat(plan.path("title").asText()).isEqualTo("Plan");
        assertThat(plan.at("/params/properties/n/type").asText()).isEqualTo("integer");
        assertThat(list.path("files"))
                .extracting(file -> file.path("path").asText())
                .containsExactly("lib/words.js", "other.js", "plan.js");
        assertThat(list.at("/files/0/used_by"))
                .extracting(JsonNode::asText)
                .containsExactly("other", "plan");
    }

    @Test
    void one_pattern_is_shown_with_its_text_its_version_and_its_history() throws Exception {
        HttpResponse<String> answer = gateway.get("/admin/patterns/plan");
        JsonNode plan = Json.read(answer.body());

        assertThat(plan.path("content").asText()).isEqualTo(PLAN);
        assertThat(plan.path("saved_version")).isEqualTo(plan.path("version"));
        assertThat(tag(answer)).isEqualTo("\"" + plan.path("version").asText() + "\"");
        assertThat(plan.path("files"))
                .extracting(JsonNode::asText)
                .containsExactly("lib/words.js", "plan.js");
        assertThat(plan.path("versions")).hasSize(1);
        assertThat(plan.at("/versions/0/serving").asBoolean()).isTrue();
        JsonNode version =
                gateway.json("/admin/patterns/plan/versions/" + plan.path("version").asText());
        assertThat(version.at("/files/lib~1words.js").asText()).isEqualTo(WORDS);
        assertThat(gateway.get("/admin/patterns/plan/versions/abcdef0").statusCode())
                .isEqualTo(404);
        assertThat(gateway.get("/admin/patterns/plam").body())
                .contains("did you mean \\\"plan\\\"?");
        assertThat(gateway.get("/admin/patterns/lib/wrods.js").body()).contains("lib/words.js");
    }

    @Test
    void a_saved_pattern_serves_with_the_answer_to_its_save() throws Exception {
        String before = version("plan");
        HttpResponse<String> saved = put("plan", PLAN.replace("} 1", "} 2"), before);

        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
        assertThat(ask("plan")).isEqualTo("first 2");
        assertThat(tag(saved)).isNotEqualTo("\"" + before + "\"");
        assertThat(Json.read(saved.body()).path("versions")).hasSize(2);
        assertThat(read("patterns/plan.js")).contains("} 2");
        try (var files = Files.list(folder.resolve("patterns"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("lib", "other.js", "plan.js");
        }
    }

    @Test
    void a_save_needs_the_version_that_its_author_has_seen() throws Exception {
        String before = version("plan");

        HttpResponse<String> blind = put("plan", PLAN + "//", BLIND);
        assertThat(blind.statusCode()).isEqualTo(428);
        assertThat(blind.body()).contains("If-Match", before);
        assertThat(put("plan", PLAN + "//", before).statusCode()).isEqualTo(200);
        HttpResponse<String> stale = put("plan", PLAN + "// mine", before);
        assertThat(stale.statusCode()).isEqualTo(412);
        assertThat(stale.body()).contains(version("plan"));
        assertThat(Json.read(stale.body()).path("version").asText()).isEqualTo(version("plan"));
        assertThat(put("gone.js", PLAN, before).statusCode()).isEqualTo(412);
        assertThat(put("plan", PLAN, "*").statusCode()).isEqualTo(200);
    }

    @Test
    void of_many_who_save_at_once_from_the_same_version_one_wins() throws Exception {
        String before = version("plan");
        List<CompletableFuture<HttpResponse<String>>> saves = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String text = PLAN.replace("} 1", "} of " + i);
            saves.add(
                    gateway.client()
                            .sendAsync(
                                    request("PUT", "/admin/patterns/plan", content(text), before),
                                    BodyHandlers.ofString()));
        }
        List<Integer> statuses = saves.stream().map(save -> save.join().statusCode()).toList();

        assertThat(statuses).containsOnlyOnce(200).filteredOn(status -> status == 412).hasSize(7);
        assertThat(ask("plan")).startsWith("first of ");
    }

    @Test
    void what_would_not_load_is_refused_with_its_place_and_nothing_changes() throws Exception {
        String before = version("plan");

        HttpResponse<String> syntax =
                put("plan", "export const run = (ctx) => {\n  return 1 +;\n};", before);
        assertThat(syntax.statusCode()).isEqualTo(422);
        JsonNode problem = Json.read(syntax.body()).at("/problems/0");
        assertThat(problem.path("file").asText()).isEqualTo("plan.js");
        assertThat(problem.path("line").asInt()).isEqualTo(2);
        assertThat(problem.path("column").asInt()).isPositive();
        assertThat(Json.read(syntax.body()).at("/error/code").asText()).isEqualTo("invalid_script");

        HttpResponse<String> thrown =
                put(
                        "plan",
                        "const f = () => { throw new Error('no luck'); };\nf();\nexport const run = f;",
                        before);
        assertThat(thrown.statusCode()).isEqualTo(422);
        assertThat(Json.read(thrown.body()).at("/problems/0/frames")).isNotEmpty();
        assertThat(thrown.body()).contains("no luck", "plan.js");

        HttpResponse<String> manifest =
                put("plan", PLAN.replace("'integer'", "'number of looks'"), before);
        assertThat(manifest.statusCode()).isEqualTo(422);
        assertThat(Json.read(manifest.body()).at("/problems/0/line").asInt()).isEqualTo(2);

        assertThat(version("plan")).isEqualTo(before);
        assertThat(read("patterns/plan.js")).isEqualTo(PLAN);
    }

    @Test
    void a_broken_file_from_elsewhere_is_shown_beside_the_version_that_serves() throws Exception {
        String before = version("plan");
        write("patterns/plan.js", "export const run = (");
        Waiting.until(() -> gateway.json("/admin/patterns/plan").has("error"));

        JsonNode plan = gateway.json("/admin/patterns/plan");
        assertThat(plan.path("status").asText()).isEqualTo("broken_old_version_serving");
        assertThat(plan.path("version").asText()).isEqualTo(before);
        assertThat(plan.path("content").asText()).isEqualTo("export const run = (");
        assertThat(plan.at("/error/file").asText()).isEqualTo("plan.js");
        assertThat(plan.at("/error/line").asInt()).isEqualTo(1);
        assertThat(ask("plan")).isEqualTo("first 1");
        assertThat(put("plan", PLAN, plan.path("saved_version").asText()).statusCode())
                .isEqualTo(200);
        assertThat(gateway.json("/admin/patterns/plan").has("error")).isFalse();
    }

    @Test
    void a_new_file_is_created_and_its_name_is_not_taken_twice() throws Exception {
        HttpResponse<String> made = put("fresh.js", "export const run = () => 'new';", BLIND);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(ask("fresh")).isEqualTo("new");
        HttpResponse<String> twice = put("fresh.py", "def run(ctx):\n    return 'py'\n", BLIND);
        assertThat(twice.statusCode()).isEqualTo(409);
        assertThat(twice.body()).contains("taken by fresh.js");
        assertThat(put("unknown", "x", BLIND).body()).contains("name its file: unknown.js");
    }

    @Test
    void a_path_that_is_not_plain_is_refused() throws Exception {
        for (String path :
                List.of(
                        "..%2Fescape.js",
                        "lib/..%2F..%2Fescape.js",
                        "%2Ftmp%2Fescape.js",
                        ".hidden.js",
                        "node_modules/x.js",
                        "a%5Cb.js",
                        "nul%00.js",
                        "a/b/c/d/e/f/g.js",
                        "na%20me.js")) {
            HttpResponse<String> refused = put(path, "export const run = () => 1;", BLIND);
            assertThat(refused.statusCode()).as(path + " " + refused.body()).isEqualTo(400);
        }
        assertThat(folder.resolve("escape.js")).doesNotExist();
        assertThat(folder.resolve("patterns/.hidden.js")).doesNotExist();
    }

    @Test
    void a_request_that_makes_no_sense_is_explained() throws Exception {
        assertThat(send("PUT", "/admin/patterns/plan", "{\"text\":\"x\"}", BLIND).body())
                .contains("text", "there is content");
        assertThat(send("PUT", "/admin/patterns/plan", "{\"content\":7}", BLIND).statusCode())
                .isEqualTo(400);
        assertThat(
                        send("PUT", "/admin/patterns/half.js", "{\"content\":\"x\\ud800\"}", BLIND)
                                .body())
                .contains("surrogate");
        HttpResponse<String> long_ = put("long.js", "/".repeat(1024 * 1024 + 1), BLIND);
        assertThat(long_.statusCode()).isEqualTo(400);
        assertThat(long_.body()).contains("1048577 bytes");
    }

    @Test
    void a_helper_is_checked_by_its_importers_and_makes_them_all_new() throws Exception {
        String plan = version("plan");
        String other = version("other");
        String words = gateway.json("/admin/patterns/lib/words.js").path("version").asText();

        HttpResponse<String> broken = put("lib/words.js", "export const word = 'typo';", words);
        assertThat(broken.statusCode()).isEqualTo(422);
        assertThat(Json.read(broken.body()).path("problems"))
                .extracting(p -> p.path("name").asText())
                .containsExactly("other", "plan");
        assertThat(put("lib/words.js", WORDS.replace("first", "second"), words).statusCode())
                .isEqualTo(200);
        assertThat(ask("plan")).isEqualTo("second 1");
        assertThat(ask("other")).isEqualTo("second");
        assertThat(version("plan")).isNotEqualTo(plan);
        assertThat(version("other")).isNotEqualTo(other);

        HttpResponse<String> used = send("DELETE", "/admin/patterns/lib/words.js", "", BLIND);
        assertThat(used.statusCode()).isEqualTo(409);
        assertThat(used.body()).contains("other, plan");
        assertThat(put("_unused.js", "export const a = (", BLIND).statusCode()).isEqualTo(422);
        assertThat(put("_unused.js", "export const a = 1;", BLIND).statusCode()).isEqualTo(201);
        assertThat(send("DELETE", "/admin/patterns/_unused.js", "", BLIND).statusCode())
                .isEqualTo(204);
    }

    @Test
    void a_version_comes_back_also_after_its_file_was_deleted() throws Exception {
        String first = version("plan");
        put("plan", PLAN.replace("} 1", "} 2"), first);

        HttpResponse<String> back = rollBack("plan", first.substring(0, 8), "");
        assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
        assertThat(version("plan")).isEqualTo(first);
        assertThat(ask("plan")).isEqualTo("first 1");

        assertThat(send("DELETE", "/admin/patterns/plan", "", "abc").statusCode()).isEqualTo(412);
        assertThat(send("DELETE", "/admin/patterns/plan", "", first).statusCode()).isEqualTo(204);
        assertThat(gateway.json("/admin/patterns/plan").path("status").asText()).isEqualTo("gone");
        assertThat(folder.resolve("patterns/plan.js")).doesNotExist();
        assertThat(rollBack("plan", first, "").statusCode()).isEqualTo(200);
        assertThat(ask("plan")).isEqualTo("first 1");
        assertThat(rollBack("plan", "0000000", "").statusCode()).isEqualTo(404);
    }

    @Test
    void a_rollback_changes_helpers_of_others_only_when_it_is_told_to() throws Exception {
        String first = version("plan");
        put("lib/words.js", WORDS.replace("first", "second"), "*");

        HttpResponse<String> asks = rollBack("plan", first, "");
        assertThat(asks.statusCode()).isEqualTo(409);
        assertThat(asks.body()).contains("imported by other too", "helpers");
        assertThat(rollBack("plan", first, ",\"helpers\":true").statusCode()).isEqualTo(200);
        assertThat(version("plan")).isEqualTo(first);
        assertThat(ask("other")).isEqualTo("first");
    }

    @Test
    void tools_are_changed_in_the_same_way() throws Exception {
        JsonNode tool = gateway.json("/admin/tools/double");
        assertThat(tool.path("description").asText()).isEqualTo("Doubles.");
        assertThat(tool.at("/parameters/required/0").asText()).isEqualTo("n");

        String text = tool.path("content").asText();
        String path = "/admin/tools/double";
        String version = tool.path("version").asText();
        assertThat(
                        send("PUT", path, content(text.replace("export", "exports")), version)
                                .statusCode())
                .isEqualTo(422);
        assertThat(
                        send("PUT", path, content(text.replace("Doubles", "Trebles")), version)
                                .statusCode())
                .isEqualTo(200);
        assertThat(gateway.json("/admin/tools").at("/tools/0/description").asText())
                .isEqualTo("Trebles.");
        assertThat(
                        send("POST", path + "/rollback", "{\"version\":\"" + version + "\"}", BLIND)
                                .statusCode())
                .isEqualTo(200);
        assertThat(gateway.json(path).path("description").asText()).isEqualTo("Doubles.");
    }

    @Test
    void drop_downs_get_what_they_show() throws Exception {
        JsonNode patterns = gateway.json("/admin/react_patterns").path("patterns");

        assertThat(patterns)
                .extracting(p -> p.path("name").asText())
                .containsExactly("other", "plan");
        assertThat(patterns.at("/1/title").asText()).isEqualTo("Plan");
        assertThat(patterns.at("/1/tags/0").asText()).isEqualTo("demo");
        assertThat(patterns.at("/1/params/type").asText()).isEqualTo("object");
        assertThat(patterns.at("/0/title").asText()).isEqualTo("other");
    }

    // ------------------------------------------------------------------ helpers

    private void write(String path, String text) throws Exception {
        Files.createDirectories(folder.resolve(path).getParent());
        Files.writeString(folder.resolve(path), text);
    }

    private String read(String path) throws Exception {
        return Files.readString(folder.resolve(path));
    }

    private String version(String name) throws Exception {
        return gateway.json("/admin/patterns/" + name).path("version").asText();
    }

    private static String tag(HttpResponse<String> answer) {
        return answer.headers().firstValue("etag").orElseThrow();
    }

    private String ask(String pattern) throws Exception {
        HttpResponse<String> answer =
                gateway.post(
                        "/v1/react/sessions",
                        "{\"stream\":false,\"model_alias\":\"sim\",\"user_query\":\"?\",\"reasoning_mode\":\""
                                + pattern
                                + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.read(answer.body()).path("answer").asText();
    }

    private HttpResponse<String> rollBack(String name, String version, String more)
            throws Exception {
        return send(
                "POST",
                "/admin/patterns/" + name + "/rollback",
                "{\"version\":\"" + version + "\"" + more + "}",
                BLIND);
    }

    private HttpResponse<String> put(String path, String text, String version) throws Exception {
        return send("PUT", "/admin/patterns/" + path, content(text), version);
    }

    private static String content(String text) {
        return Json.text(Json.object().put("content", text));
    }

    private HttpResponse<String> send(String method, String path, String body, String version)
            throws Exception {
        return gateway.client().send(request(method, path, body, version), BodyHandlers.ofString());
    }

    private HttpRequest request(String method, String path, String body, String version) {
        var request =
                HttpRequest.newBuilder(gateway.uri(path))
                        .timeout(Duration.ofSeconds(60))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body));
        if (!version.equals(BLIND)) {
            request.header("If-Match", "\"" + version + "\"");
        }
        return request.build();
    }
}
