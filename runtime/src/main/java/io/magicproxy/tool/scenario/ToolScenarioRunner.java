package io.magicproxy.tool.scenario;

import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.scenario.Difference;
import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.scenario.ScenarioYaml.Located;
import io.magicproxy.scenario.ScriptScenarios;
import io.magicproxy.tool.script.ScriptTool;
import io.magicproxy.tool.script.ScriptToolLoader;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Runs the scenarios that stand beside a tool. The runtime stays the caller's. */
public final class ToolScenarioRunner {
    /** The least that a scenario needs. */
    private static final String EXAMPLE =
            """
            scenarios:
              - name: adds
                arguments: {a: 2, b: 3}
                expect: {result: 5}

            The keys are explained in docs/tools.md, under "Scenarios".\
            """;

    private final ScriptScenarios<ScriptTool, ToolScenario> scenarios;

    public ToolScenarioRunner(ScriptRuntime runtime) {
        // Its powers, and its clock, are those of each scenario.
        var loader = new ScriptToolLoader(() -> runtime, InstantSource.system());
        this.scenarios =
                new ScriptScenarios<>(
                        "tool",
                        EXAMPLE,
                        ToolScenarioReader.YAML,
                        loader::described,
                        ToolScenarioRunner::result);
    }

    /**
     * Runs all scenarios of a tool. Blocks.
     *
     * @param toolFile such as {@code tools/add.js}
     */
    public ScenarioReport run(Path toolFile) {
        return scenarios.run(toolFile);
    }

    /**
     * Runs scenarios of a tool that needn't be saved. Blocks.
     *
     * @param toolFile what it is called in the report
     * @param yaml its scenarios
     */
    public ScenarioReport run(Path toolFile, ScriptBundle bundle, byte[] yaml) {
        return scenarios.run(toolFile, bundle, yaml);
    }

    private static ScenarioReport.Result result(ScriptTool tool, Located<ToolScenario> located) {
        var run = new ToolScenarioRun(tool, located.scenario());
        List<Difference> differences =
                run.differences().stream().map(one -> one.located(located.places())).toList();
        return new ScenarioReport.Result(
                located.scenario().name(), run.trace().lines(), differences);
    }
}
