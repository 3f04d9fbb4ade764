package io.magicproxy.pattern.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.PatternInput;
import io.magicproxy.pattern.PatternLoader;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.pattern.scenario.ScenarioReader.Located;
import io.magicproxy.pattern.scenario.ScenarioReader.Read;
import io.magicproxy.plugin.Failures;
import io.magicproxy.plugin.ScriptFiles;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.tool.SchemaCheck;
import io.magicproxy.tool.ToolSpec.Effect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

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

    public ScenarioRunner(ScriptRuntime runtime) {
        this.runtime = runtime;
    }

    /** Where a pattern's scenarios are: {@code plan.scenario.yaml} for {@code plan.js}. */
    public static Path scenarios(Path patternFile) {
        return patternFile.resolveSibling(name(patternFile) + ".scenario.yaml");
    }

    /**
     * Runs all scenarios of a pattern. Blocks.
     *
     * @param patternFile such as {@code patterns/plan.js}
     */
    public ScenarioReport run(Path patternFile) {
        Path file = scenarios(patternFile);
        try {
            return run(
                    patternFile, () -> ScriptFiles.bundle(patternFile), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return broken(
                    patternFile,
                    List.of("has no scenarios; write " + file + ", such as:\n\n" + EXAMPLE));
        } catch (IOException e) {
            return broken(patternFile, List.of("can't be read: " + e));
        }
    }

    /**
     * Runs scenarios of a pattern that needn't be saved. Blocks.
     *
     * @param patternFile what it is called in the report
     * @param yaml its scenarios
     */
    public ScenarioReport run(Path patternFile, ScriptBundle bundle, byte[] yaml) {
        try {
            return run(patternFile, () -> bundle, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is read from disk", e);
        }
    }

    /** Where a pattern's sources are. */
    private interface Sources {
        ScriptBundle bundle() throws IOException;
    }

    private ScenarioReport run(Path patternFile, Sources sources, byte[] yaml) throws IOException {
        return switch (ScenarioReader.read(yaml, scenarios(patternFile).toString())) {
            case Read.Invalid invalid -> broken(patternFile, invalid.problems());
            case Read.Scenarios scenarios -> run(patternFile, sources, scenarios.scenarios());
        };
    }

    private ScenarioReport run(Path patternFile, Sources sources, List<Located> scenarios)
            throws IOException {
        PatternScript pattern;
        try {
            pattern =
                    new PatternLoader(() -> runtime, InstantSource.fixed(ScenarioCalls.BEGIN))
                            .load(name(patternFile), sources.bundle());
        } catch (NoSuchFileException e) {
            return broken(patternFile, List.of("there is no such pattern: " + e.getMessage()));
        } catch (ScriptException e) {
            return broken(patternFile, List.of("doesn't load: " + Failures.text(e.failure())));
        }
        List<ScenarioReport.Result> results = new ArrayList<>();
        for (Located scenario : scenarios) {
            results.add(result(pattern, scenario));
        }
        return new ScenarioReport(patternFile, List.of(), results);
    }

    private ScenarioReport.Result result(PatternScript pattern, Located located) {
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
                Scenario.text(given.query()),
                given.history() instanceof ArrayNode history ? history : Json.object().arrayNode(),
                Json.object().arrayNode(),
                given.params(),
                new PatternInput.Instructions(
                        "", List.of(), Scenario.text(given.system()), List.of()),
                scenario.tools().stream().map(ScenarioRunner::tool).toList(),
                Math.min(given.maxSteps(), limits.path("max_steps").asInt(Integer.MAX_VALUE)),
                Json.object(),
                Json.object(),
                given.seed(),
                ScenarioCalls.BEGIN);
    }

    private static ToolInfo tool(Scenario.Tool tool) {
        JsonNode description = tool.description();
        return new ToolInfo(
                tool.name(), Scenario.text(description), tool.parameters(), Effect.NONE);
    }

    private static ScenarioReport broken(Path pattern, List<String> problems) {
        return new ScenarioReport(pattern, problems, List.of());
    }

    private static String name(Path patternFile) {
        String name = Objects.requireNonNull(patternFile.getFileName(), "a file").toString();
        return name.substring(0, name.lastIndexOf('.') < 0 ? name.length() : name.lastIndexOf('.'));
    }
}
