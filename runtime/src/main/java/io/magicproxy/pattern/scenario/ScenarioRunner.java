package io.magicproxy.pattern.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.ConfigReader.Result.Invalid;
import io.magicproxy.config.ConfigReader.Result.Loaded;
import io.magicproxy.pattern.PatternInput;
import io.magicproxy.pattern.PatternLoader;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.plugin.Failures;
import io.magicproxy.plugin.ScriptFiles;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.tool.SchemaCheck;
import io.magicproxy.tool.ToolSpec.Effect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Runs the scenarios that stand beside a pattern, each twice. The runtime stays the caller's. */
public final class ScenarioRunner {
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
            return switch (ScenarioReader.read(Files.readAllBytes(file))) {
                case Invalid<Scenario.File> invalid ->
                        broken(
                                patternFile,
                                ScenarioReader.lines(invalid.problems(), file.toString()));
                case Loaded<Scenario.File> loaded -> run(patternFile, loaded.config().scenarios());
            };
        } catch (NoSuchFileException e) {
            return broken(patternFile, List.of("has no scenarios; write " + file));
        } catch (IOException e) {
            return broken(patternFile, List.of("can't be read: " + e));
        }
    }

    private ScenarioReport run(Path patternFile, List<Scenario> scenarios) throws IOException {
        PatternScript pattern;
        try {
            pattern =
                    new PatternLoader(() -> runtime, InstantSource.fixed(ScenarioCalls.BEGIN))
                            .load(name(patternFile), ScriptFiles.bundle(patternFile));
        } catch (NoSuchFileException e) {
            return broken(patternFile, List.of("there is no such pattern: " + e.getMessage()));
        } catch (ScriptException e) {
            return broken(patternFile, List.of("doesn't load: " + Failures.text(e.failure())));
        }
        List<ScenarioReport.Result> results = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            results.add(new ScenarioReport.Result(scenario.name(), problems(pattern, scenario)));
        }
        return new ScenarioReport(patternFile, List.of(), results);
    }

    private List<String> problems(PatternScript pattern, Scenario scenario) {
        if (pattern.params().isPresent()) {
            String wrong =
                    new SchemaCheck(pattern.params().get()).problem(scenario.input().params());
            if (!wrong.isEmpty()) {
                return List.of("input.params don't fit the manifest's params: " + wrong);
            }
        }
        PatternInput input = input(scenario);
        ScenarioRun first = ScenarioRun.of(runtime, pattern, scenario, input);
        if (!first.problems().isEmpty()) {
            return first.problems();
        }
        return ScenarioRun.of(runtime, pattern, scenario, input).differences(first);
    }

    static PatternInput input(Scenario scenario) {
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
                given.maxSteps(),
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
