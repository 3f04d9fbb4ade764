package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools that misbehave are observations for the agent that called them, and nothing else. */
class ToolTroubleTest {
    private static final String JAVASCRIPT =
            """
            export const manifest = { effect: 'none', timeout: 60 };
            /**
             * Misbehaves.
             * @param {'hang'|'huge'|'throw'|'deep'|'fine'} how
             * @param {integer} [size=0]
             */
            export function run(how, size = 0) {
              if (how === 'hang') for (;;) {}
              if (how === 'huge') return 'x'.repeat(size);
              if (how === 'throw') throw new RangeError('out of cheese');
              if (how === 'deep') return run(how) + 1;
              return 'fine';
            }
            """;
    private static final String PYTHON =
            """
            from typing import Literal

            MANIFEST = {"effect": "none", "timeout": 60}

            def run(how: Literal["hang", "huge", "throw", "deep", "fine"], size: int = 0):
                \"""Misbehaves.\"""
                if how == "hang":
                    while True:
                        pass
                if how == "huge":
                    return "x" * size
                if how == "throw":
                    raise ValueError("out of cheese")
                if how == "deep":
                    return run(how) + 1
                return "fine"
            """;

    /** The time limit comes first, however fast the machine is. */
    private static final String UNCOUNTED = ", tools: {statements: 2000000000}";

    @TempDir private Path folder;

    @Test
    void in_this_process() throws Exception {
        try (ToolScene scene = ToolScene.start(folder, "in_process" + UNCOUNTED, "")) {
            everyTroubleIsAnObservation(scene, 10_000_000);
        }
    }

    /** The sandbox's own processes; a hundred megabytes may cost one of them its life. */
    @Test
    @Tag("drill")
    void in_script_hosts() throws Exception {
        try (ToolScene scene = ToolScene.start(folder, "process" + UNCOUNTED, "")) {
            everyTroubleIsAnObservation(scene, 100_000_000);
        }
    }

    private static void everyTroubleIsAnObservation(ToolScene scene, int size) throws Exception {
        // Others may take their time on a busy machine; who hangs must not.
        scene.save("js_hasty.js", JAVASCRIPT.replace("timeout: 60", "timeout: 2"));
        scene.save("py_hasty.py", PYTHON.replace("\"timeout\": 60", "\"timeout\": 2"));
        scene.save("js_tool.js", JAVASCRIPT);
        scene.save("py_tool.py", PYTHON);
        Waiting.until(() -> scene.gateway().json("/tools").path("data").size() == 4);
        for (String language : List.of("js", "py")) {
            JsonNode seen = scene.observed(calls(language, size));

            assertThat(codes(seen))
                    .as(Json.text(seen))
                    .containsExactly(
                            "tool_timeout",
                            "tool_limit",
                            "invalid_arguments",
                            "invalid_arguments",
                            "tool_error",
                            "tool_limit",
                            "ok");
            assertThat(seen.at("/2/1").asText()).contains("\"how\" is missing", "\"hwo\"");
            assertThat(seen.at("/3/1").asText()).contains("must be one of \"hang\"");
            assertThat(seen.at("/4/1").asText()).contains("out of cheese");
        }
        assertThat(scene.result("js_tool", "{\"how\":\"fine\"}").asText()).isEqualTo("fine");
        assertThat(scene.result("py_tool", "{\"how\":\"fine\"}").asText()).isEqualTo("fine");
    }

    private static String calls(String language, int size) {
        return """
        [["L_hasty", {"how": "hang"}], ["L_tool", {"how": "huge", "size": %d}], ["L_tool", {"hwo": "fine"}],
         ["L_tool", {"how": "well"}], ["L_tool", {"how": "throw"}], ["L_tool", {"how": "deep"}],
         ["L_tool", {"how": "fine"}]]
        """
                .formatted(size)
                .replace("L_", language + "_");
    }

    private static List<String> codes(JsonNode seen) {
        return seen.valueStream().map(one -> one.path(0).asText()).toList();
    }
}
