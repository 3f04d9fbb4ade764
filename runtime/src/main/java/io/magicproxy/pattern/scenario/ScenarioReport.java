package io.magicproxy.pattern.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a pattern's scenarios went.
 *
 * @param problems that let none of them run: of the pattern, or of the scenario file
 */
public record ScenarioReport(Path pattern, List<String> problems, List<Result> results) {
    /**
     * One scenario.
     *
     * @param problems what differs from what it expects; none if it passed
     */
    public record Result(String scenario, List<String> problems) {
        public boolean passed() {
            return problems.isEmpty();
        }
    }

    public boolean passed() {
        return problems.isEmpty() && results.stream().allMatch(Result::passed);
    }

    /** For people: a line for each scenario, and what is wrong. */
    public String text() {
        List<String> lines = new ArrayList<>();
        problems.forEach(problem -> lines.add("FAILED " + pattern + ": " + problem));
        for (Result result : results) {
            lines.add(
                    (result.passed() ? "passed " : "FAILED ") + pattern + ": " + result.scenario());
            result.problems().forEach(problem -> lines.add("    " + problem));
        }
        return String.join("\n", lines);
    }
}
