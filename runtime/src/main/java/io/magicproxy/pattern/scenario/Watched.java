package io.magicproxy.pattern.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.pattern.Saying;
import io.magicproxy.scenario.Difference;
import io.magicproxy.scenario.Trace;
import io.magicproxy.scenario.Written;
import java.util.ArrayList;
import java.util.List;

/** What the watchers of a scenario's run saw. */
final class Watched {
    private final Trace trace;
    private final List<String> steps = new ArrayList<>();
    private final List<String> emitted = new ArrayList<>();
    private final StringBuilder thoughts = new StringBuilder();

    Watched(Trace trace) {
        this.trace = trace;
    }

    synchronized void see(Saying saying) {
        switch (saying) {
            case Saying.Step step -> {
                steps.add(step.title());
                trace.add("step  " + step.title());
            }
            case Saying.Thought thought -> thoughts.append(thought.text());
            case Saying.Custom custom -> {
                emitted.add(custom.name());
                trace.add("event " + custom.name() + " " + Trace.head(custom.data().toString()));
            }
            case Saying.Pause _ -> trace.add("pause: the stage is done");
            case Saying.Answer _ -> {
                // The answer is compared as a whole.
            }
        }
    }

    /** What differs from what the scenario expects. */
    synchronized List<Difference> differences(Scenario.Expected expected) {
        List<Difference> differences = new ArrayList<>();
        list(differences, "steps", expected.steps(), steps);
        list(differences, "emits", expected.emits(), emitted);
        for (String text : Written.texts(expected.thoughtsContain())) {
            if (thoughts.indexOf(text) < 0) {
                differences.add(
                        Difference.at("expect.thoughts_contain", "the thoughts don't hold a text")
                                .but(text, thoughts.isEmpty() ? "no thoughts" : thoughts.toString())
                                .mend(
                                        "thoughts are texts of models outside of the answer, and what ctx.thought says"));
            }
        }
        return differences;
    }

    private static void list(
            List<Difference> differences, String what, JsonNode wanted, List<String> was) {
        List<String> texts = Written.texts(wanted);
        if (Written.given(wanted) && !texts.equals(was)) {
            differences.add(
                    Difference.at("expect." + what, "the " + what + " are others")
                            .but(texts.toString(), was.toString())
                            .mend("list all of them in their order, or leave " + what + " out"));
        }
    }
}
