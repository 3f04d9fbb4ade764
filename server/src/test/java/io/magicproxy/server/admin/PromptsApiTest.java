package io.magicproxy.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** System prompts and manifests, read and changed over HTTP. */
class PromptsApiTest {
    private static final String REVIEW =
            "---\ntitle: Review\ndescription: For code.\n---\nLook at {what}.\n";

    @TempDir private Path folder;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        write("system_prompts/review.md", REVIEW);
        write("system_prompts/broken.md", "---\ntitel: x\n---\nText\n");
        write("manifests/style.md", "Be plain.\n");
        write("secret.md", "not for these eyes\n");
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
    void nothing_outside_of_the_two_folders_can_be_named() throws Exception {
        Files.createSymbolicLink(
                folder.resolve("system_prompts/link.md"), folder.resolve("secret.md"));
        Files.createDirectory(folder.resolve("system_prompts/deep"));
        Files.createSymbolicLink(folder.resolve("system_prompts/up.md"), Path.of("/etc/hostname"));
        for (String path :
                new String[] {
                    "",
                    "secret.md",
                    "prompts",
                    "prompts/",
                    "prompts/../secret.md",
                    "prompts/..",
                    "prompts/deep/x.md",
                    "prompts/./review.md",
                    "/etc/passwd",
                    "prompts//etc/passwd.md",
                    "prompts/..%2fsecret.md",
                    "prompts/..\\secret.md",
                    "prompts/.hidden.md",
                    "prompts/_helper.md",
                    "prompts/link.md",
                    "prompts/up.md",
                    "prompts/review.py",
                    "prompts/x\n.md",
                    "patterns/x.md"
                }) {
            for (HttpResponse<String> answer :
                    List.of(
                            gateway.get(at(path)),
                            put(path, "mine", "*"),
                            gateway.send("PUT", at(path), body("mine")),
                            gateway.send("DELETE", at(path), "", "If-Match", "*"))) {
                assertThat(answer.statusCode()).as(path + ": " + answer.body()).isIn(400, 412);
                assertThat(answer.body()).doesNotContain("not for these eyes", "root:");
            }
        }
        assertThat(folder.resolve("secret.md")).hasContent("not for these eyes\n");
        assertThat(folder.resolve("system_prompts/link.md")).isSymbolicLink();
        assertThat(gateway.get("/admin/prompt_content").body()).contains("?path= is missing");
    }

    @Test
    void the_list_tells_of_both_folders_and_of_what_can_not_be_used() throws Exception {
        JsonNode list = gateway.json("/admin/prompts");

        assertThat(list.path("prompts"))
                .extracting(p -> p.path("path").asText())
                .containsExactly("prompts/broken.md", "prompts/review.md");
        JsonNode review = list.at("/prompts/1");
        assertThat(review.path("title").asText()).isEqualTo("Review");
        assertThat(review.path("description").asText()).isEqualTo("For code.");
        assertThat(review.path("size").asInt()).isEqualTo(REVIEW.length());
        assertThat(review.path("version").asText()).isNotEmpty();
        assertThat(list.at("/prompts/0/problem").asText())
                .contains("broken.md:2:1", "did you mean \"title\"?");
        assertThat(list.at("/manifests/0/path").asText()).isEqualTo("manifests/style.md");
    }

    @Test
    void a_save_needs_the_version_that_its_author_has_seen() throws Exception {
        HttpResponse<String> shown = gateway.get(at("prompts/review.md"));
        String version = Json.read(shown.body()).path("version").asText();
        assertThat(shown.headers().firstValue("etag")).contains("\"" + version + "\"");
        assertThat(Json.read(shown.body()).path("content").asText()).isEqualTo(REVIEW);

        assertThat(gateway.send("PUT", at("prompts/review.md"), body("x")).statusCode())
                .isEqualTo(428);
        HttpResponse<String> saved = put("prompts/review.md", "Mine.\n", version);
        assertThat(saved.statusCode()).isEqualTo(200);
        assertThat(gateway.json("/admin/prompts").at("/prompts/1/title").asText())
                .isEqualTo("review");
        HttpResponse<String> stale = put("prompts/review.md", "Theirs.\n", version);
        assertThat(stale.statusCode()).isEqualTo(412);
        assertThat(Json.read(stale.body()).path("version"))
                .isEqualTo(Json.read(saved.body()).path("version"));
        assertThat(folder.resolve("system_prompts/review.md")).hasContent("Mine.\n");
    }

    @Test
    void a_head_that_can_not_be_read_is_refused_with_its_place() throws Exception {
        HttpResponse<String> refused =
                put("prompts/review.md", "---\ntitle: x\ndescripton: y\n---\n", "*");
        JsonNode problem = Json.read(refused.body()).at("/problems/0");

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(problem.path("line").asInt()).isEqualTo(3);
        assertThat(problem.at("/fix/text").asText()).isEqualTo("description");
        assertThat(folder.resolve("system_prompts/review.md")).hasContent(REVIEW);
    }

    @Test
    void a_new_file_needs_no_version_and_can_be_deleted_again() throws Exception {
        HttpResponse<String> made =
                gateway.send("PUT", at("manifests/tone.txt"), body("Be kind.\n"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(gateway.json("/admin/prompts").path("manifests")).hasSize(2);
        assertThat(gateway.send("PUT", at("manifests/a b.md"), body("x")).statusCode())
                .isEqualTo(400);
        assertThat(put("manifests/gone.md", "x", "abc").statusCode()).isEqualTo(412);

        assertThat(gateway.send("DELETE", at("manifests/tone.txt"), "").statusCode())
                .isEqualTo(428);
        String version = Json.read(made.body()).path("version").asText();
        assertThat(
                        gateway.send("DELETE", at("manifests/tone.txt"), "", "If-Match", version)
                                .statusCode())
                .isEqualTo(204);
        assertThat(folder.resolve("manifests/tone.txt")).doesNotExist();
        assertThat(gateway.get(at("manifests/tone.txt")).statusCode()).isEqualTo(404);
        assertThat(gateway.send("DELETE", at("manifests/tone.txt"), "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_locked_file_and_a_text_that_is_too_long_are_refused() throws Exception {
        Path file = folder.resolve("manifests/style.md");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        HttpResponse<String> locked = put("manifests/style.md", "x", "*");
        assertThat(locked.statusCode()).isEqualTo(409);
        assertThat(locked.body()).contains("read-only");
        assertThat(put("prompts/review.md", "x".repeat(1024 * 1024 + 1), "*").statusCode())
                .isEqualTo(400);
        assertThat(file).hasContent("Be plain.\n");
    }

    private void write(String path, String text) throws Exception {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String at(String path) {
        return "/admin/prompt_content?path=" + URLEncoder.encode(path, StandardCharsets.UTF_8);
    }

    private HttpResponse<String> put(String path, String text, String version) throws Exception {
        return gateway.send("PUT", at(path), body(text), "If-Match", version);
    }

    private static String body(String text) {
        return Json.text(Json.object().put("content", text));
    }
}
