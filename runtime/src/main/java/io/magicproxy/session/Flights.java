package io.magicproxy.session;

import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.PatternCalls.Settled;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A run's calls that are under way. They outlive the script's host: the pattern that begins again
 * joins them, so that no call is made twice because a host died.
 */
final class Flights {
    private final Map<String, CompletableFuture<Settled>> open = new HashMap<>();
    private Optional<CallFailed> ended = Optional.empty();

    /** Does the work on a thread of its own, unless it is being done, and tells how it ended. */
    void join(String path, Supplier<Settled> work, Consumer<Settled> told) {
        CompletableFuture<Settled> flight = new CompletableFuture<>();
        CompletableFuture<Settled> before;
        synchronized (this) {
            before = open.putIfAbsent(path, flight);
        }
        if (before != null) {
            var _ = before.thenAccept(told);
            return;
        }
        var _ = flight.thenAccept(told);
        var _ = Thread.ofVirtual().name("call-", 0).start(() -> fly(path, work, flight));
    }

    private void fly(String path, Supplier<Settled> work, CompletableFuture<Settled> flight) {
        Settled result = work.get();
        synchronized (this) {
            open.remove(path);
        }
        var _ = flight.complete(result);
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
