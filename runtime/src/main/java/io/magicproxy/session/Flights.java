package io.magicproxy.session;

import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.PatternCalls.Settled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A run's calls that are under way. They outlive the script's host: the pattern that begins again
 * joins them, so that no call is made twice because a host died.
 */
final class Flights {
    private final Map<String, List<Consumer<Settled>>> open = new HashMap<>();
    private Optional<CallFailed> ended = Optional.empty();

    /** Does the work on a thread of its own, unless it is being done, and tells how it ended. */
    void join(String path, Supplier<Settled> work, Consumer<Settled> told) {
        synchronized (this) {
            List<Consumer<Settled>> waiting = open.get(path);
            if (waiting != null) {
                waiting.add(told);
                return;
            }
            open.put(path, new ArrayList<>(List.of(told)));
        }
        var _ = Thread.ofVirtual().name("call-", 0).start(() -> fly(path, work));
    }

    private void fly(String path, Supplier<Settled> work) {
        Settled result = work.get();
        List<Consumer<Settled>> waiting;
        synchronized (this) {
            waiting = open.remove(path);
        }
        if (waiting != null) {
            waiting.forEach(told -> told.accept(result));
        }
    }

    /** A call was told that the run is over. The first such reason counts. */
    synchronized void ended(CallFailed why) {
        if (ended.isEmpty()) {
            ended = Optional.of(why);
        }
    }

    synchronized Optional<CallFailed> ended() {
        return ended;
    }
}
