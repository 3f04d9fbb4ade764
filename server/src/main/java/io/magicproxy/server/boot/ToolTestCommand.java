package io.magicproxy.server.boot;

import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.scenario.ScenarioFiles;
import io.magicproxy.tool.scenario.ToolScenarioRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the scenarios of tools, without a gateway, a network, an agent or a secret. */
@Command(
        name = "test",
        description =
                "Run tools against their scenarios: recorded answers of hosts and agents, and what must come of them. Exit 1 if one fails.",
        mixinStandardHelpOptions = true)
final class ToolTestCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "A tool (add.js), its scenarios (add.scenario.yaml), a folder of them, or the name of a tool (add).")
    private List<Path> files = List.of();

    @Option(
            names = "--tools",
            paramLabel = "DIR",
            description =
                    "The folder in which tools are found by their names (MAGIC_PROXY_TOOLS). Default: tools beside this program.")
    private Optional<Path> tools = Optional.empty();

    @Option(
            names = {"-q", "--quiet"},
            description = "Show the steps of failed scenarios only.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        ScenarioFiles found = ScenarioFiles.of("tool", files.stream().map(this::file).toList());
        try (var runtime = new InProcessRuntime()) {
            var runner = new ToolScenarioRunner(runtime);
            return ScenarioTests.run(found, runner::run, !quiet, spec.commandLine());
        }
    }

    /** What is no file may be a tool's name. */
    private Path file(Path named) {
        Path folder =
                tools.orElseGet(() -> ServerOptions.besideThisProgram().resolveSibling("tools"));
        return Stream.of(".js", ".mjs", ".py")
                .filter(_ -> named.getNameCount() == 1 && !Files.exists(named))
                .map(ending -> folder.resolve(named + ending))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(named);
    }
}
