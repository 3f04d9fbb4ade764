package io.magicproxy.server.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another site's page, in the browser of somebody who may use the gateway, tries to change things.
 */
class ForeignSiteTest {
    private record Change(String method, String path, String body) {}

    private static final List<Change> CHANGES =
            List.of(
                    new Change("POST", "/v1/chat/completions", TestGateway.chat("sim", "")),
                    new Change("POST", "/v1/embeddings", "{\"model\":\"sim\",\"input\":\"x\"}"),
                    new Change(
                            "POST",
                            "/v1/react/sessions",
                            "{\"model_alias\":\"sim\",\"user_query\":\"x\"}"),
                    new Change("POST", "/v1/react/sessions/s/cancel", "{}"),
                    new Change("POST", "/v1/react/sessions/s/fork", "{\"from_step\":1}"),
                    new Change("DELETE", "/v1/react/sessions/s", ""),
                    new Change(
                            "POST", "/mcp", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"),
                    new Change("GET", "/mcp", ""),
                    new Change("DELETE", "/mcp", ""),
                    new Change("POST", "/tools/probe", "{}"),
                    new Change("POST", "/admin/login", "{\"key\":\"x\"}"),
                    new Change("POST", "/admin/logout", "{}"),
                    new Change("POST", "/admin/config", "{\"content\":\"model_list: []\"}"),
                    new Change("PUT", "/admin/config", "{\"content\":\"model_list: []\"}"),
                    new Change(
                            "POST", "/admin/config/validate", "{\"content\":\"model_list: []\"}"),
                    new Change("PUT", "/admin/patterns/plan", "{\"content\":\"x\"}"),
                    new Change("DELETE", "/admin/patterns/plan", ""),
                    new Change("POST", "/admin/patterns/plan/rollback", "{\"version\":\"x\"}"),
                    new Change("PUT", "/admin/tools/probe", "{\"content\":\"x\"}"),
                    new Change("DELETE", "/admin/tools/probe", ""),
                    new Change(
                            "PUT",
                            "/admin/prompt_content?path=prompts/a.md",
                            "{\"content\":\"x\"}"),
                    new Change("DELETE", "/admin/prompt_content?path=prompts/a.md", ""),
                    new Change("POST", "/admin/keys/openai", "{\"key\":\"sk-of-the-attacker\"}"),
                    new Change("POST", "/admin/keys/openai/0123", "{\"action\":\"retire\"}"),
                    new Change("DELETE", "/admin/keys/openai/0123", ""),
                    new Change("PUT", "/admin/simulator/faults", "{\"faults\":[]}"),
                    new Change("DELETE", "/admin/simulator/faults", ""),
                    new Change("POST", "/admin/restart", "{}"));

    @TempDir private Path folder;

    @Test
    void nothing_can_be_changed_or_asked_from_there() throws Exception {
        Folder.write(folder, "patterns/plan.js", "export const run = () => 1;\n");
        Folder.write(folder, "tools/probe.js", "export const run = () => 1;\n");
        Folder.write(folder, "system_prompts/a.md", "Be plain.\n");
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .keys("openai", "sk-of-the-pool-0123")
                        .config(
                                """
                                model_list:
                                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                                  - {model_name: gpt, provider: openai, model_params: {model: m}}
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start()) {
            Map<String, String> before = Folder.contents(folder);
            for (Change change : CHANGES) {
                for (List<String> sign :
                        List.of(
                                List.of("Origin", "https://evil.example"),
                                List.of("Origin", "null"),
                                List.of("Origin", "http://localhost.evil.example"),
                                List.of("Origin", "http://127.0.0.1:1"),
                                List.of("Sec-Fetch-Site", "cross-site"),
                                List.of("Sec-Fetch-Site", "same-site"))) {
                    HttpResponse<String> answer =
                            send(gateway, change, "application/json", sign.get(0), sign.get(1));
                    assertThat(answer.statusCode()).as("%s %s", change, sign).isEqualTo(403);
                    assertThat(answer.headers().firstValue("access-control-allow-origin"))
                            .isEmpty();
                }
            }
            assertThat(Folder.contents(folder)).isEqualTo(before);
        }
    }

    /**
     * What a form can send without asking first, should a browser tell nothing of where it is from.
     */
    @Test
    void a_form_s_body_is_not_taken() throws Exception {
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list: [{model_name: sim, provider: simulator, model_params: {model: m}}]
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start()) {
            for (Change change : CHANGES) {
                if (change.method().equals("POST") && !change.path().endsWith("logout")) {
                    for (String type :
                            List.of(
                                    "text/plain",
                                    "application/x-www-form-urlencoded",
                                    "multipart/form-data; boundary=x")) {
                        assertThat(send(gateway, change, type, "X-A", "b").statusCode())
                                .as("%s as %s", change, type)
                                .isIn(404, 406, 415);
                    }
                }
            }
        }
    }

    private static HttpResponse<String> send(
            TestGateway gateway, Change change, String type, String header, String value)
            throws Exception {
        URI uri = gateway.uri(change.path());
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .method(
                                change.method(),
                                change.body().isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(change.body()))
                        .header("Content-Type", type)
                        .header("If-Match", "*")
                        .header(header, value)
                        .build();
        return gateway.client().send(request, BodyHandlers.ofString());
    }
}
