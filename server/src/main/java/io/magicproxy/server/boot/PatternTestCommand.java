package io.magicproxy.server.boot;

import io.magicproxy.pattern.scenario.ScenarioRunner;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.scenario.ScenarioFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the scenarios of patterns, without a gateway, a model or a key. */
@Command(
        name = "test",
        description =
                "Run patterns against their scenarios: recorded results of models and tools, and what must come of them. Exit 1 if one fails.",
        mixinStandardHelpOptions = true)
final class PatternTestCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "A pattern (plan.js), its scenarios (plan.scenario.yaml), or a folder of them.")
    private List<Path> files = List.of();

    @Option(
            names = {"-q", "--quiet"},
            description = "Show the steps of failed scenarios only.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        ScenarioFiles found = ScenarioFiles.of("pattern", files);
        try (var runtime = new InProcessRuntime()) {
            var runner = new ScenarioRunner(runtime);
            return ScenarioTests.run(found, runner::run, !quiet, spec.commandLine());
        }
    }
}
