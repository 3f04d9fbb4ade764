package io.magicproxy.pattern.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.PatternInput;
import io.magicproxy.pattern.PatternLoader;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.scenario.Difference;
import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.scenario.ScenarioYaml.Located;
import io.magicproxy.scenario.ScriptScenarios;
import io.magicproxy.scenario.Written;
import io.magicproxy.tool.SchemaCheck;
import io.magicproxy.tool.ToolSpec.Effect;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Runs the scenarios that stand beside a pattern, each twice. The runtime stays the caller's. */
public final class ScenarioRunner {
    /** The least that a scenario needs. */
    private static final String EXAMPLE =
            """
            scenarios:
              - name: answers
                input: {query: "What is asked"}
                calls:
                  - model: {contains: "What the pattern sends", text: "What the model answers"}
                expect: {answer: "What must come of it"}

            The keys are explained in docs/patterns.md, under "Scenarios".\
            """;

    private final ScriptRuntime runtime;
    private final ScriptScenarios<PatternScript, Scenario> scenarios;

    public ScenarioRunner(ScriptRuntime runtime) {
        this.runtime = runtime;
        this.scenarios =
                new ScriptScenarios<>(
                        "pattern",
                        EXAMPLE,
                        ScenarioReader.YAML,
                        new PatternLoader(() -> runtime, InstantSource.fixed(ScenarioCalls.BEGIN)),
                        this::result);
    }

    /**
     * Runs all scenarios of a pattern. Blocks.
     *
     * @param patternFile such as {@code patterns/plan.js}
     */
    public ScenarioReport run(Path patternFile) {
        return scenarios.run(patternFile);
    }

    /**
     * Runs scenarios of a pattern that needn't be saved. Blocks.
     *
     * @param patternFile what it is called in the report
     * @param yaml its scenarios
     */
    public ScenarioReport run(Path patternFile, ScriptBundle bundle, byte[] yaml) {
        return scenarios.run(patternFile, bundle, yaml);
    }

    private ScenarioReport.Result result(PatternScript pattern, Located<Scenario> located) {
        Scenario scenario = located.scenario();
        List<Difference> refused = refused(pattern, scenario);
        List<String> trace = List.of();
        if (refused.isEmpty()) {
            PatternInput input = input(scenario, pattern.limits());
            ScenarioRun run = ScenarioRun.of(runtime, pattern, scenario, input);
            trace = run.trace();
            refused =
                    run.differences().isEmpty()
                            ? ScenarioRun.of(runtime, pattern, scenario, input).since(run)
                            : run.differences();
        }
        return new ScenarioReport.Result(
                scenario.name(),
                trace,
                refused.stream().map(one -> one.located(located.places())).toList());
    }

    /** Why no session would be opened for it. */
    private static List<Difference> refused(PatternScript pattern, Scenario scenario) {
        if (pattern.params().isPresent()) {
            String wrong =
                    new SchemaCheck(pattern.params().get()).problem(scenario.input().params());
            if (!wrong.isEmpty()) {
                return List.of(
                        Difference.at(
                                "input.params",
                                "input.params don't fit the manifest's params: " + wrong));
            }
        }
        for (String tool : pattern.requires()) {
            if (scenario.tools().stream().noneMatch(one -> one.name().equals(tool))) {
                return List.of(
                        Difference.at(
                                        "tools",
                                        "the pattern requires the tool \""
                                                + tool
                                                + "\", without which no session is opened")
                                .mend("add it to the scenario's tools"));
            }
        }
        return List.of();
    }

    /**
     * @param limits of the pattern's manifest
     */
    static PatternInput input(Scenario scenario, JsonNode limits) {
        Scenario.Input given = scenario.input();
        return new PatternInput(
                "scenario",
                given.alias(),
                Written.text(given.query()),
                given.history() instanceof ArrayNode history ? history : Json.object().arrayNode(),
                Json.object().arrayNode(),
                given.params(),
                new PatternInput.Instructions(
                        "", List.of(), Written.text(given.system()), List.of()),
                scenario.tools().stream().map(ScenarioRunner::tool).toList(),
                Math.min(given.maxSteps(), limits.path("max_steps").asInt(Integer.MAX_VALUE)),
                Json.object(),
                Json.object(),
                given.seed(),
                ScenarioCalls.BEGIN);
    }

    private static ToolInfo tool(Scenario.Tool tool) {
        JsonNode description = tool.description();
        return new ToolInfo(tool.name(), Written.text(description), tool.parameters(), Effect.NONE);
    }
}
