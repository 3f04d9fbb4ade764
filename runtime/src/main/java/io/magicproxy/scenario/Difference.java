package io.magicproxy.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a run differs from what its scenario says.
 *
 * @param place in the scenario's file, such as {@code plan.scenario.yaml:14:9
 *     scenarios[0].calls[1]}
 * @param expected the scenario's words; absent if they would say nothing more
 * @param remedy what to change, and where
 */
public record Difference(
        String place,
        String message,
        Optional<String> expected,
        Optional<String> actual,
        Optional<String> remedy) {

    /** With a path in the scenario as its place, until it is {@link #located}. */
    public static Difference at(String path, String message) {
        return new Difference(path, message, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Difference but(String wanted, String was) {
        return new Difference(place, message, Optional.of(wanted), Optional.of(was), remedy);
    }

    public Difference mend(String how) {
        return new Difference(place, message, expected, actual, Optional.of(how));
    }

    public Difference located(ScenarioPlaces places) {
        return new Difference(places.of(place), message, expected, actual, remedy);
    }

    /** For people: the place and what is wrong, then the details, each on a line of its own. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(place + ": " + message);
        expected.ifPresent(text -> lines.add("  expected: " + indented(text)));
        actual.ifPresent(text -> lines.add("  actual:   " + indented(text)));
        remedy.ifPresent(text -> lines.add("  remedy:   " + indented(text)));
        return lines;
    }

    private static String indented(String text) {
        return text.strip().replace("\n", "\n            ");
    }
}
