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
            export const manifest = { effect: 'none', timeout: 20 };
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

            MANIFEST = {"effect": "none", "timeout": 20}

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

    @TempDir private Path folder;

    @Test
    void in_this_process() throws Exception {
        try (ToolScene scene = ToolScene.start(folder, "in_process", "")) {
            everyTroubleIsAnObservation(scene, 10_000_000);
        }
    }

    /** The sandbox's own processes; a hundred megabytes may cost one of them its life. */
    @Test
    @Tag("drill")
    void in_script_hosts() throws Exception {
        try (ToolScene scene = ToolScene.start(folder, "process", "")) {
            everyTroubleIsAnObservation(scene, 100_000_000);
        }
    }

    private static void everyTroubleIsAnObservation(ToolScene scene, int size) throws Exception {
        // Loops end by the sandbox's limits long before this time-out, or by it.
        scene.save("js_tool.js", JAVASCRIPT.replace("timeout: 20", "timeout: 3"));
        scene.save("py_tool.py", PYTHON.replace("\"timeout\": 20", "\"timeout\": 3"));
        scene.save("js_patient.js", JAVASCRIPT);
        scene.save("py_patient.py", PYTHON);
        Waiting.until(() -> scene.gateway().json("/tools").path("data").size() == 4);
        for (String language : List.of("js", "py")) {
            JsonNode seen = scene.observed(calls(language, size));

            assertThat(codes(seen))
                    .as(Json.text(seen))
                    .satisfiesExactly(
                            hang -> assertThat(hang).isIn("tool_timeout", "tool_limit"),
                            huge -> assertThat(huge).isEqualTo("tool_limit"),
                            missing -> assertThat(missing).isEqualTo("invalid_arguments"),
                            wrong -> assertThat(wrong).isEqualTo("invalid_arguments"),
                            thrown -> assertThat(thrown).isEqualTo("tool_error"),
                            deep -> assertThat(deep).isIn("tool_limit", "tool_error"),
                            fine -> assertThat(fine).isEqualTo("ok"));
            assertThat(seen.at("/2/1").asText()).contains("\"how\" is missing", "\"hwo\"");
            assertThat(seen.at("/3/1").asText()).contains("must be one of \"hang\"");
            assertThat(seen.at("/4/1").asText()).contains("out of cheese");
        }
        assertThat(scene.result("js_patient", "{\"how\":\"fine\"}").asText()).isEqualTo("fine");
        assertThat(scene.result("py_patient", "{\"how\":\"fine\"}").asText()).isEqualTo("fine");
    }

    private static String calls(String language, int size) {
        return """
        [["L_tool", {"how": "hang"}], ["L_patient", {"how": "huge", "size": %d}], ["L_tool", {"hwo": "fine"}],
         ["L_tool", {"how": "well"}], ["L_tool", {"how": "throw"}], ["L_patient", {"how": "deep"}],
         ["L_tool", {"how": "fine"}]]
        """
                .formatted(size)
                .replace("L_", language + "_");
    }

    private static List<String> codes(JsonNode seen) {
        return seen.valueStream().map(one -> one.path(0).asText()).toList();
    }
}
