package io.magicproxy.tool.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.power.GrantConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tool's script host dies when the tool has done its work, and nobody knows. */
class LostHostTest {
    private static final String ASKS =
            """
            export const manifest = { effect: '%s', agents: true };
            export const run = () => `${tool.agent('bank', 'pay')} by ${tool.callId}`;
            """;
    private static final InProcessRuntime SANDBOX = new InProcessRuntime();

    @TempDir private Path folder;

    @AfterAll
    static void close() {
        SANDBOX.close();
    }

    /** Loses the host of the first call. */
    private static final class Dying implements ScriptRuntime {
        private int calls;

        @Override
        public String run(GuestRun run, HostCalls host) throws ScriptException {
            String result = SANDBOX.run(run, host);
            if (run.function().equals("run") && calls++ == 0) {
                throw new ScriptException(new ScriptFailure.HostLost("the host is gone"));
            }
            return result;
        }

        @Override
        public void close() {
            // The sandbox is kept.
        }
    }

    private ToolScene scene(Dying runtime) {
        var scene = new ToolScene(runtime, folder);
        scene.grant("pay", new GrantConfig(List.of(), List.of(), true));
        return scene;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "idempotent"})
    void a_tool_that_may_begins_again_with_the_same_id(String effect) throws Exception {
        var runtime = new Dying();
        try (ToolScene scene = scene(runtime)) {
            scene.loadWhole("pay.js", ASKS.formatted(effect));

            assertThat(scene.ok("pay").asText()).isEqualTo("bank says yes by run-1:2");
            assertThat(scene.questions).hasSize(2);
        }
    }

    @Test
    void of_one_that_may_not_the_outcome_is_unknown() throws Exception {
        var runtime = new Dying();
        try (ToolScene scene = scene(runtime)) {
            scene.loadWhole("pay.js", ASKS.formatted("once"));

            ToolResult.Failed failed = scene.failed("pay");
            assertThat(failed.code()).isEqualTo("outcome_unknown");
            assertThat(failed.message()).contains("its host died while pay was at work");
            assertThat(scene.questions).hasSize(1);
        }
    }

    @Test
    void one_that_has_asked_nobody_for_anything_begins_again() throws Exception {
        var runtime = new Dying();
        try (ToolScene scene = scene(runtime)) {
            scene.loadWhole("sum.js", "export const run = () => 2 + 2;");

            assertThat(scene.ok("sum", Json.object()).asInt()).isEqualTo(4);
            assertThat(runtime.calls).isEqualTo(2);
        }
    }
}
