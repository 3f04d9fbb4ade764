package io.magicproxy.server.boot;

import io.magicproxy.pattern.scenario.ScenarioFiles;
import io.magicproxy.pattern.scenario.ScenarioReport;
import io.magicproxy.pattern.scenario.ScenarioRunner;
import io.magicproxy.sandbox.InProcessRuntime;
import java.io.IOException;
import java.io.PrintWriter;
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
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ScenarioFiles found = ScenarioFiles.of(files);
        found.problems().forEach(problem -> err.println("magic-proxy: " + problem));
        found.notes().forEach(out::println);
        var counts = new Counts();
        try (var runtime = new InProcessRuntime()) {
            var runner = new ScenarioRunner(runtime);
            for (Path pattern : found.patterns()) {
                ScenarioReport report = runner.run(pattern);
                counts.count(report);
                out.println(report.text(!quiet));
                out.flush();
            }
        }
        if (counts.all() > 0) {
            out.println(counts.text());
        }
        return found.problems().isEmpty() && counts.failed == 0 ? 0 : 1;
    }

    private static final class Counts {
        private int passed;
        private int failed;

        void count(ScenarioReport report) {
            long good = report.results().stream().filter(ScenarioReport.Result::passed).count();
            passed += (int) good;
            failed += (int) (report.results().size() - good) + report.problems().size();
        }

        int all() {
            return passed + failed;
        }

        String text() {
            return passed + " passed, " + failed + " failed";
        }
    }
}
