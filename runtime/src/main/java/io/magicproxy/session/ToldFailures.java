package io.magicproxy.session;

import io.magicproxy.pattern.CallFailed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The calls of a run that failed: one of them may be what ends it. */
final class ToldFailures {
    private final List<Failure> all = new ArrayList<>();

    /** Those that a guest was given, in its order. */
    private final List<Failure> given = new ArrayList<>();

    /** Those before this one didn't end the run: the guest went on and made another call. */
    private int survived;

    private record Failure(String path, CallFailed why) {}

    /** The pattern begins, perhaps again. */
    synchronized void begin() {
        given.clear();
        survived = 0;
    }

    synchronized void add(String path, CallFailed why) {
        all.add(new Failure(path, why));
    }

    /** A guest sees it now. */
    synchronized void given(String path, CallFailed why) {
        given.add(new Failure(path, why));
    }

    /** The guest makes another call. */
    synchronized void goesOn() {
        survived = given.size();
    }

    /** The call whose failure this very error is. */
    synchronized Optional<String> of(CallFailed error) {
        return first(all, failure -> failure.why() == error);
    }

    /**
     * The call whose failure an error is that the guest has thrown.
     *
     * @param code empty if it is an error of its own
     */
    synchronized Optional<String> of(Optional<String> code, String message) {
        List<Failure> last = given.subList(survived, given.size());
        if (code.isEmpty()) {
            // Perhaps it puts a failure into words of its own.
            return first(last, failure -> true);
        }
        Predicate<Failure> same = failure -> failure.why().code().equals(code.get());
        // JavaScript puts the error's class before it.
        Predicate<Failure> verySame = same.and(failure -> message.endsWith(failure.why().text()));
        // What it asked for before it saw the failure may have come after it was given.
        return first(last, verySame)
                .or(() -> first(last, same))
                .or(() -> first(given.reversed(), verySame))
                .or(() -> first(given.reversed(), same));
    }

    private static Optional<String> first(List<Failure> failures, Predicate<Failure> which) {
        return failures.stream().filter(which).map(Failure::path).findFirst();
    }
}
