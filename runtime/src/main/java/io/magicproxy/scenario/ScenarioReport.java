package io.magicproxy.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a script's scenarios went.
 *
 * @param problems that let none of them run: of the script, or of the scenario file
 */
public record ScenarioReport(Path script, List<String> problems, List<Result> results) {
    /**
     * One scenario.
     *
     * @param trace what the run did, a line for each step, call and event
     * @param differences from what it expects; none if it passed
     */
    public record Result(String scenario, List<String> trace, List<Difference> differences) {
        public boolean passed() {
            return differences.isEmpty();
        }
    }

    /** Nothing ran. */
    public static ScenarioReport broken(Path script, String... problems) {
        return new ScenarioReport(script, List.of(problems), List.of());
    }

    public boolean passed() {
        return problems.isEmpty() && results.stream().allMatch(Result::passed);
    }

    /** For people: a line for each scenario, and what is wrong. */
    public String text() {
        return text(false);
    }

    /**
     * For people.
     *
     * @param steps whether to show what the runs did; of those that failed it is always shown
     */
    public String text(boolean steps) {
        List<String> lines = new ArrayList<>();
        problems.forEach(problem -> lines.add("FAILED " + script + ": " + problem));
        for (Result result : results) {
            lines.add(
                    (result.passed() ? "passed " : "FAILED ") + script + ": " + result.scenario());
            if (steps || !result.passed()) {
                result.trace().forEach(line -> lines.add("    " + line));
            }
            for (Difference difference : result.differences()) {
                difference.lines().forEach(line -> lines.add("  " + line));
            }
        }
        return String.join("\n", lines);
    }
}
