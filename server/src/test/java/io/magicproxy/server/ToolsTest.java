package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One dropped file is a tool for agents and over HTTP. */
class ToolsTest {
    private static final String SHOUT_JS =
            """
            export const manifest = { title: 'Shout', effect: 'none', timeout: 5, concurrency: 3 };
            /**
             * Shouts.
             * @param {string} text - What.
             */
            export function run(text) { return text.toUpperCase() + '%s'; }
            """;
    private static final String SHOUT_PY =
            """
            MANIFEST = {"title": "Shout", "effect": "none", "timeout": 5, "concurrency": 3}

            def run(text: str) -> str:
                \"""Shouts.

                :param text: What.
                \"""
                return text.upper() + "%s"
            """;
    private static final String HANGS =
            """
            export const manifest = { timeout: 30, concurrency: 1 };
            /** @param {boolean} forever */
            export function run(forever) { while (forever) [].concat(Array.from({ length: 10000 })); return 'done'; }
            """;

    @TempDir private Path folder;

    private ToolScene start() throws Exception {
        return ToolScene.start(folder, "in_process", "");
    }

    @ParameterizedTest
    @CsvSource({"js", "py"})
    void a_saved_file_is_a_tool_a_broken_one_changes_nothing_a_deleted_one_is_gone(String language)
            throws Exception {
        String file = "shout." + language;
        String source = language.equals("py") ? SHOUT_PY : SHOUT_JS;
        String calls = "[[\"shout\",{\"text\":\"hey\"}]]";
        try (ToolScene scene = start()) {
            assertThat(scene.post("shout", "{\"text\":\"hey\"}").statusCode()).isEqualTo(404);
            assertThat(scene.observed(calls).at("/0/0").asText()).isEqualTo("unknown_tool");

            scene.saveAndAwait(file, source.formatted("!"));
            assertThat(scene.result("shout", "{\"text\":\"hey\"}").asText()).isEqualTo("HEY!");
            assertThat(Json.text(scene.observed(calls))).isEqualTo("[[\"ok\",\"HEY!\"]]");

            scene.saveAndAwait(file, source.formatted("!!"));
            assertThat(scene.result("shout", "{\"text\":\"hey\"}").asText()).isEqualTo("HEY!!");

            String version = scene.version("shout");
            scene.save(file, source.formatted("!!!") + "\n(((");
            Waiting.until(() ->
                    scene.gateway()
                            .json("/admin/tools")
                            .at("/tools/0/status")
                            .asText()
                            .equals("broken_old_version_serving"));
            assertThat(scene.version("shout")).isEqualTo(version);
            assertThat(scene.result("shout", "{\"text\":\"hey\"}").asText()).isEqualTo("HEY!!");
            assertThat(Json.text(scene.observed(calls))).isEqualTo("[[\"ok\",\"HEY!!\"]]");

            scene.delete(file);
            Waiting.until(() -> scene.version("shout").isEmpty());
            assertThat(scene.post("shout", "{\"text\":\"hey\"}").statusCode()).isEqualTo(404);
            assertThat(scene.observed(calls).at("/0/0").asText()).isEqualTo("unknown_tool");
        }
    }

    @Test
    void tools_say_what_they_are() throws Exception {
        try (ToolScene scene = start()) {
            scene.saveAndAwait("shout.js", SHOUT_JS.formatted("!"));
            JsonNode list = scene.gateway().json("/tools");
            JsonNode tool = scene.gateway().json("/tools/shout");

            assertThat(list.path("data")).hasSize(1);
            assertThat(list.at("/data/0")).isEqualTo(tool);
            assertThat(tool.path("title").asText()).isEqualTo("Shout");
            assertThat(tool.path("description").asText()).isEqualTo("Shouts.");
            assertThat(tool.at("/parameters/properties/text/description").asText())
                    .isEqualTo("What.");
            assertThat(tool.path("effect").asText()).isEqualTo("none");
            assertThat(tool.path("timeout_seconds").asInt()).isEqualTo(5);
            assertThat(tool.path("concurrency").asInt()).isEqualTo(3);
            assertThat(tool.path("source").asText()).isEqualTo("shout.js");
            assertThat(tool.path("version").asText()).hasSize(32);
        }
    }

    @Test
    void what_goes_wrong_has_its_status_and_its_code() throws Exception {
        try (ToolScene scene = start()) {
            scene.save(
                    "shout.js",
                    SHOUT_JS.formatted("!")
                            .replace("timeout: 5", "timeout: 0.5")
                            .replace(
                                    "return",
                                    "if (text === 'throw') throw new Error('no voice'); for (;text === 'hang';) {} return"));
            Waiting.until(() -> !scene.version("shout").isEmpty());

            refused(scene.post("shoot", "{}"), 404, "unknown_tool", "did you mean \"shout\"?");
            refused(scene.gateway().get("/tools/shoot"), 404, "unknown_tool", "shout");
            refused(
                    scene.post("shout", "{\"txt\":\"a\"}"),
                    400,
                    "invalid_arguments",
                    "\"text\" is missing; \"txt\" is not known; did you mean \"text\"? The tool takes {text: string}");
            refused(
                    scene.post("shout", "{\"text\":5}"),
                    400,
                    "invalid_arguments",
                    "\"text\" must be a string, not the number 5");
            refused(scene.post("shout", "[]"), 400, "invalid_request", "object");
            refused(scene.post("shout", "{\"text\":"), 400, "invalid_request", "");
            refused(scene.post("shout", "{\"text\":\"throw\"}"), 422, "tool_error", "no voice");
            refused(scene.post("shout", "{\"text\":\"hang\"}"), 504, "tool_timeout", "0.5 s");
            refused(
                    scene.post("shout", "{\"text\":\"a\"}", "Idempotency-Key", "x".repeat(201)),
                    400,
                    "invalid_request",
                    "200");
            assertThat(scene.result("shout", "{\"text\":\"a\"}").asText()).isEqualTo("A!");
        }
    }

    private static void refused(
            HttpResponse<String> answer, int status, String code, String message) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = Json.read(answer.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("message").asText()).contains(message);
    }

    @Test
    void the_callers_key_is_the_calls_id() throws Exception {
        try (ToolScene scene = start()) {
            scene.save("id.js", "export const run = () => tool.callId;");
            Waiting.until(() -> !scene.version("id").isEmpty());

            HttpResponse<String> keyed = scene.post("id", "{}", "Idempotency-Key", "order-7");
            assertThat(keyed.body()).isEqualTo("{\"result\":\"order-7\"}");
            assertThat(scene.post("id", "").body())
                    .startsWith("{\"result\":\"http-")
                    .isNotEqualTo(scene.post("id", "").body());
        }
    }

    @Test
    void a_caller_who_leaves_gives_the_tools_place_free() throws Exception {
        try (ToolScene scene = start()) {
            scene.save("slow.js", HANGS);
            Waiting.until(() -> !scene.version("slow").isEmpty());
            var request = scene.gateway().request("/tools/slow", "{\"forever\":true}");
            var leaving = scene.gateway().client().sendAsync(request, BodyHandlers.ofString());
            Waiting.until(() ->
                    Thread.getAllStackTraces().keySet().stream()
                            .anyMatch(thread -> thread.getName().startsWith("script-http-")));
            leaving.cancel(true);

            // Its place is the only one; waiting for it as long as a call may take would give 429.
            assertThat(scene.result("slow", "{\"forever\":false}").asText()).isEqualTo("done");
        }
    }

    @Test
    void more_calls_than_a_tool_takes_at_once_wait_and_are_refused_in_the_end() throws Exception {
        try (ToolScene scene = start()) {
            scene.save("slow.js", HANGS.replace("timeout: 30", "timeout: 1"));
            Waiting.until(() -> !scene.version("slow").isEmpty());
            var request = scene.gateway().request("/tools/slow", "{\"forever\":true}");
            var first = scene.gateway().client().sendAsync(request, BodyHandlers.ofString());
            var second = scene.gateway().client().sendAsync(request, BodyHandlers.ofString());
            var third = scene.gateway().client().sendAsync(request, BodyHandlers.ofString());

            int[] statuses = {
                first.join().statusCode(), second.join().statusCode(), third.join().statusCode()
            };
            assertThat(statuses).contains(504, 429).containsOnly(504, 429);
            assertThat(scene.result("slow", "{\"forever\":false}").asText()).isEqualTo("done");
        }
    }

    @Test
    void tools_stand_behind_the_apis_key() throws Exception {
        String settings = "security_settings: {master_key: sk-the-master-key-of-tests}";
        try (ToolScene scene = ToolScene.start(folder, "in_process", settings)) {
            assertThat(scene.gateway().get("/tools").statusCode()).isEqualTo(401);
            assertThat(scene.post("calculator", "{}").statusCode()).isEqualTo(401);
            assertThat(
                            scene.gateway()
                                    .get(
                                            "/tools",
                                            "Authorization",
                                            "Bearer sk-the-master-key-of-tests")
                                    .body())
                    .isEqualTo("{\"object\":\"list\",\"data\":[]}");
        }
    }
}
