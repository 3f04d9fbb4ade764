package io.magicproxy.server.boot;

import io.magicproxy.scenario.ScenarioFiles;
import io.magicproxy.scenario.ScenarioReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine;

/** Runs scenarios, and tells how they go. */
final class ScenarioTests {
    private int passed;
    private int failed;

    private ScenarioTests() {}

    /**
     * Runs them all.
     *
     * @param runner of one script's scenarios
     * @param steps whether to show what passed scenarios did, too
     * @return the command's exit code
     */
    static int run(
            ScenarioFiles found,
            Function<Path, ScenarioReport> runner,
            boolean steps,
            CommandLine line) {
        PrintWriter out = line.getOut();
        found.problems().forEach(problem -> line.getErr().println("magic-proxy: " + problem));
        found.notes().forEach(out::println);
        var counts = new ScenarioTests();
        for (Path script : found.scripts()) {
            ScenarioReport report = runner.apply(script);
            counts.count(report);
            out.println(report.text(steps));
            out.flush();
        }
        if (counts.passed + counts.failed > 0) {
            out.println(counts.passed + " passed, " + counts.failed + " failed");
        }
        return found.problems().isEmpty() && counts.failed == 0 ? 0 : 1;
    }

    private void count(ScenarioReport report) {
        long good = report.results().stream().filter(ScenarioReport.Result::passed).count();
        passed += (int) good;
        failed += (int) (report.results().size() - good) + report.problems().size();
    }
}
