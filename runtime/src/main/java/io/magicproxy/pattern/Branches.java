package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.magicproxy.chat.Json;
import io.magicproxy.telemetry.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Runs calls side by side. One that fails fails all; the first by number is told. */
final class Branches {
    private final int atOnce;

    /** One of them. */
    @FunctionalInterface
    interface Branch {
        JsonNode run(int number) throws CallFailed;
    }

    private sealed interface Outcome {
        record Done(JsonNode value) implements Outcome {}

        record Failed(CallFailed why) implements Outcome {}
    }

    /**
     * @param atOnce how many at the same time; 0: all
     */
    Branches(int atOnce) {
        this.atOnce = atOnce;
    }

    ArrayNode run(int count, Branch branch) throws CallFailed {
        var places = new Semaphore(atOnce <= 0 ? Math.max(1, count) : atOnce);
        List<Slot> slots = new ArrayList<>();
        Trace here = Trace.here();
        for (int i = 0; i < count; i++) {
            int number = i;
            var slot = new Slot();
            slots.add(slot);
            places.acquireUninterruptibly();
            slot.thread =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (var _ = here.enter()) {
                                    slot.outcome = Optional.of(outcome(branch, number));
                                } finally {
                                    places.release();
                                }
                            });
        }
        ArrayNode results = Json.object().arrayNode();
        Optional<CallFailed> first = Optional.empty();
        for (Slot slot : slots) {
            switch (slot.await()) {
                case Outcome.Done done -> results.add(done.value());
                case Outcome.Failed failed -> first = first.or(() -> Optional.of(failed.why()));
            }
        }
        if (first.isPresent()) {
            throw first.get();
        }
        return results;
    }

    private static Outcome outcome(Branch branch, int number) {
        try {
            return new Outcome.Done(branch.run(number));
        } catch (CallFailed e) {
            return new Outcome.Failed(e);
        }
    }

    private static final class Slot {
        private volatile Optional<Outcome> outcome = Optional.empty();
        private Thread thread = Thread.currentThread();

        Outcome await() throws CallFailed {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw CallFailed.ended("stopped", "the run was stopped");
            }
            return outcome.orElseThrow(
                    () -> new IllegalStateException("a branch ended without an outcome"));
        }
    }
}
