package io.magicproxy.server.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every path of the API that names a file or could be taken for one is asked for others. */
class TraversalTest {
    private static final String PLANTED = "sk-planted-outside-of-the-folders";
    private static final String CONTENT = "{\"content\": \"export const run = () => 1;\"}";

    /** As they stand in a path, escapes and all. */
    private static final List<String> NAMES =
            List.of(
                    "../secret.js",
                    "..%2fsecret.js",
                    "%2e%2e/secret.js",
                    "%2e%2e%2fsecret.js",
                    "..%5csecret.js",
                    "..%252fsecret.js",
                    "lib/../../secret.js",
                    "lib%2f..%2f..%2fsecret.js",
                    "....//secret.js",
                    "%2fetc%2fpasswd",
                    "/etc/passwd",
                    "up/secret.js",
                    "secret.js%00.js",
                    "..",
                    "%2e%2e",
                    "../keys_pool/keys_pool_openai.env",
                    "..;/secret.js",
                    "\u2025/secret.js".replace("\u2025", "%e2%80%a5"));

    @TempDir private Path folder;

    @Test
    void no_path_reads_or_writes_a_file_outside_of_its_folder() throws Exception {
        Folder.write(folder, "secret.js", "export const run = () => '" + PLANTED + "';\n");
        Folder.write(folder, "secret.md", PLANTED);
        for (String scripts : List.of("patterns", "tools")) {
            Folder.write(folder, scripts + "/plan.js", "export const run = () => 1;\n");
            Files.createSymbolicLink(
                    folder.resolve(scripts + "/link.js"), folder.resolve("secret.js"));
            Files.createSymbolicLink(folder.resolve(scripts + "/up"), folder);
        }
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .keys("openai", PLANTED)
                        .config(
                                """
                                model_list:
                                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                                  - {model_name: gpt, provider: openai, model_params: {model: m}}
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start()) {
            Map<String, String> before = Folder.contents(folder);
            for (String name : NAMES) {
                tryScripts(gateway, "/admin/patterns/" + name);
                tryScripts(gateway, "/admin/tools/" + name);
                tryTexts(gateway, name.replace(".js", ".md"));
                tryKeys(gateway, name);
                nothing(gateway.get("/" + name), "/" + name);
                nothing(gateway.get("/assets/" + name), "/assets/" + name);
                nothing(gateway.get("/tools/" + name), "/tools/" + name);
                nothing(gateway.post("/tools/" + name, "{}"), "POST /tools/" + name);
                nothing(gateway.get("/v1/react/sessions/" + name), "/v1/react/sessions/" + name);
                nothing(gateway.get("/v1/models/" + name), "/v1/models/" + name);
                nothing(
                        gateway.send(
                                "DELETE",
                                "/admin/simulator/faults?profile=" + name.replace("%", "%25"),
                                ""),
                        "faults of " + name);
            }
            assertThat(Folder.contents(folder)).isEqualTo(before);
            for (String link : List.of("/admin/patterns/link.js", "/admin/tools/link.js")) {
                assertThat(gateway.get(link).body()).doesNotContain(PLANTED);
                // The link may be replaced, which is in the folder; what it leads to is not.
                gateway.send("PUT", link, CONTENT, "If-Match", "*");
                gateway.send("DELETE", link, "", "If-Match", "*");
            }
            assertThat(Files.readString(folder.resolve("secret.js"))).contains(PLANTED);
        }
    }

    private static void tryScripts(TestGateway gateway, String path) throws Exception {
        nothing(gateway.get(path), path);
        nothing(gateway.get(path + "/versions"), path);
        nothing(gateway.get(path + "/versions/..%2f..%2fsecret"), path);
        nothing(gateway.get(path + "/scenario"), path);
        nothing(gateway.post(path + "/scenario", "{}"), path);
        // It writes nothing, and judges the text that it is given.
        assertThat(gateway.post(path + "/validate", CONTENT).body()).doesNotContain(PLANTED);
        nothing(gateway.post(path + "/rollback", "{\"version\": \"../../secret.js\"}"), path);
        nothing(gateway.send("PUT", path, CONTENT, "If-Match", "*"), path);
        nothing(gateway.send("PUT", path, CONTENT), path);
        nothing(gateway.send("DELETE", path, "", "If-Match", "*"), path);
    }

    private static void tryTexts(TestGateway gateway, String name) throws Exception {
        for (String kind : List.of("prompts/", "manifests/", "")) {
            for (String spelling :
                    List.of(
                            kind.replace("/", "%2F") + name,
                            URLEncoder.encode(kind + name, StandardCharsets.UTF_8))) {
                String path = "/admin/prompt_content?path=" + spelling;
                nothing(gateway.get(path), path);
                nothing(gateway.send("PUT", path, CONTENT, "If-Match", "*"), path);
                nothing(gateway.send("PUT", path, CONTENT), path);
                nothing(gateway.send("DELETE", path, "", "If-Match", "*"), path);
            }
        }
    }

    private static void tryKeys(TestGateway gateway, String name) throws Exception {
        String path = "/admin/keys/" + name;
        nothing(gateway.post(path, "{\"key\": \"sk-of-an-attacker-0123\"}"), path);
        nothing(gateway.post(path + "/0123456789ab", "{\"action\": \"retire\"}"), path);
        nothing(gateway.send("DELETE", path + "/0123456789ab", ""), path);
        nothing(gateway.send("DELETE", "/admin/keys/openai/" + name, ""), name);
    }

    /**
     * Refused, or the page, which any path that isn't the API's shows; never what lies elsewhere.
     */
    private static void nothing(HttpResponse<String> answer, String asked) {
        assertThat(answer.body()).as(asked).doesNotContain(PLANTED, "root:");
        boolean page =
                answer.headers()
                        .firstValue("content-type")
                        .filter(type -> type.startsWith("text/html"))
                        .isPresent();
        if (!page) {
            assertThat(answer.statusCode()).as(asked + ": " + answer.body()).isBetween(400, 499);
        }
    }
}
