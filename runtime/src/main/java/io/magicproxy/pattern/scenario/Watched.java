package io.magicproxy.pattern.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.pattern.Saying;
import java.util.ArrayList;
import java.util.List;

/** What the watchers of a scenario's run saw. */
final class Watched {
    private final List<String> steps = new ArrayList<>();
    private final List<String> emitted = new ArrayList<>();
    private final StringBuilder thoughts = new StringBuilder();

    synchronized void see(Saying saying) {
        switch (saying) {
            case Saying.Step step -> steps.add(step.title());
            case Saying.Thought thought -> thoughts.append(thought.text());
            case Saying.Custom custom -> emitted.add(custom.name());
            case Saying.Answer _, Saying.Pause _ -> {
                // The answer is compared as a whole; a pause shows in the next step.
            }
        }
    }

    /** What differs from what the scenario expects. */
    synchronized List<String> problems(Scenario.Expected expected) {
        List<String> problems = new ArrayList<>();
        list(problems, "steps", expected.steps(), steps);
        list(problems, "emits", expected.emits(), emitted);
        for (String text : Scenario.texts(expected.thoughtsContain())) {
            if (thoughts.indexOf(text) < 0) {
                problems.add("the thoughts don't hold \"" + text + "\"; they are: " + thoughts);
            }
        }
        return problems;
    }

    private static void list(
            List<String> problems, String what, JsonNode wanted, List<String> was) {
        List<String> texts = Scenario.texts(wanted);
        if (Scenario.given(wanted) && !texts.equals(was)) {
            problems.add(what + " are " + was + ", expected " + texts);
        }
    }
}
