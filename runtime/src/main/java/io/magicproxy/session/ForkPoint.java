package io.magicproxy.session;

import io.magicproxy.store.session.Journal.EventRecord;
import java.util.List;
import java.util.Optional;

/** Whether a run can be forked from a step. */
final class ForkPoint {
    private ForkPoint() {}

    /** Why not, for the caller. */
    static Optional<String> refusal(List<EventRecord> events, int fromStep) {
        int steps = 0;
        for (EventRecord event : events) {
            // What a model's answer shows as steps are parts of one.
            if (event.type().equals(Events.STEP) && event.key().startsWith(Told.SAYING)) {
                steps++;
                if (Trees.read(event.payloadJson()).path("step").asInt() == fromStep) {
                    return inBranch(event.key())
                            ? Optional.of(
                                    "step "
                                            + fromStep
                                            + " is inside of a parallel branch; fork from a step before it")
                            : Optional.empty();
                }
            }
        }
        return Optional.of(
                steps == 0
                        ? "the run has no steps yet"
                        : "there is no step " + fromStep + "; the run has " + steps);
    }

    /** A branch's path has more than one number. */
    private static boolean inBranch(String key) {
        return Told.path(key).contains(":");
    }
}
