package io.magicproxy.scenario;

import io.magicproxy.plugin.Failures;
import io.magicproxy.plugin.PluginLoader;
import io.magicproxy.plugin.ScriptFiles;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.scenario.ScenarioYaml.Located;
import io.magicproxy.scenario.ScenarioYaml.Read;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the scenarios that stand beside a script.
 *
 * @param kind what the scripts are: {@code pattern} or {@code tool}
 * @param example what a file without scenarios needs at least, and where that is explained
 */
public record ScriptScenarios<T, S>(
        String kind,
        String example,
        ScenarioYaml<?, S> yaml,
        PluginLoader<T> loader,
        Run<T, S> run) {

    /** Runs one scenario. */
    @FunctionalInterface
    public interface Run<T, S> {
        ScenarioReport.Result of(T script, Located<S> scenario);
    }

    /** Where a script's sources are. */
    private interface Sources {
        ScriptBundle bundle() throws IOException;
    }

    /**
     * Runs all scenarios of a script. Blocks.
     *
     * @param script such as {@code patterns/plan.js}
     */
    public ScenarioReport run(Path script) {
        Path file = ScenarioFiles.scenarios(script);
        try {
            return run(script, () -> ScriptFiles.bundle(script), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return ScenarioReport.broken(
                    script, "has no scenarios; write " + file + ", such as:\n\n" + example);
        } catch (IOException e) {
            return ScenarioReport.broken(script, "can't be read: " + e);
        }
    }

    /**
     * Runs scenarios of a script that needn't be saved. Blocks.
     *
     * @param script what it is called in the report
     * @param scenarios in YAML
     */
    public ScenarioReport run(Path script, ScriptBundle bundle, byte[] scenarios) {
        try {
            return run(script, () -> bundle, scenarios);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is read from disk", e);
        }
    }

    private ScenarioReport run(Path script, Sources sources, byte[] scenarios) throws IOException {
        return switch (yaml.read(scenarios, ScenarioFiles.scenarios(script).toString())) {
            case Read.Invalid<S>(List<String> problems) ->
                    new ScenarioReport(script, problems, List.of());
            case Read.Scenarios<S>(List<Located<S>> all) -> run(script, sources, all);
        };
    }

    private ScenarioReport run(Path script, Sources sources, List<Located<S>> scenarios)
            throws IOException {
        T loaded;
        try {
            loaded = loader.load(ScenarioFiles.scriptName(script), sources.bundle());
        } catch (NoSuchFileException e) {
            return ScenarioReport.broken(
                    script, "there is no such " + kind + ": " + e.getMessage());
        } catch (ScriptException e) {
            return ScenarioReport.broken(script, "doesn't load: " + Failures.text(e.failure()));
        }
        List<ScenarioReport.Result> results = new ArrayList<>();
        for (Located<S> scenario : scenarios) {
            results.add(run.of(loaded, scenario));
        }
        return new ScenarioReport(script, List.of(), results);
    }
}
