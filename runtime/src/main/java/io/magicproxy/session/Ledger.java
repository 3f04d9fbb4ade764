package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Usage;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.store.session.Journal.EntryRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a run may use, and what it has used. A nested run draws on its parent's too. What a call
 * used counts once, however often the pattern runs again over its recorded result.
 */
final class Ledger {
    private final Optional<Upward> parent;
    private final Limits limits;
    private final Supplier<Duration> worked;
    private final Set<String> counted = new HashSet<>();
    private Usage usage = new Usage(0, 0, 0, 0, 0);
    private double cost;
    private boolean costKnown = true;
    private int calls;
    private final Map<String, Integer> steps = new HashMap<>();
    private int step;

    /** What a run may use; tokens are all tokens, read and written. */
    record Limits(int steps, long tokens, Duration time) {}

    /**
     * Where a nested run's use counts, too.
     *
     * @param path of the call in the parent
     */
    record Upward(Ledger ledger, String path) {}

    Ledger(Optional<Upward> parent, Limits limits, Supplier<Duration> worked) {
        this.parent = parent;
        this.limits = limits;
        this.worked = worked;
    }

    /** What the model's call at that path used. */
    void model(String path, JsonNode result) {
        add(path, Usage.fromWire(result.path("usage")), price(result));
    }

    /** What a nested run used in all, unless its calls were counted one by one. */
    synchronized void agent(String path, JsonNode result) {
        if (counted.stream().noneMatch(known -> known.startsWith(path + "/"))) {
            add(path + "/", Usage.fromWire(result.path("usage")), price(result));
        }
    }

    private static Optional<Double> price(JsonNode result) {
        JsonNode cost = result.path("cost");
        return cost.isNumber() ? Optional.of(cost.asDouble()) : Optional.empty();
    }

    /** What earlier workers have recorded was used, whether or not it is asked for again. */
    synchronized void begin(List<EntryRecord> entries, Map<String, Integer> knownSteps) {
        for (EntryRecord entry : entries) {
            if (!entry.failed() && entry.kind().equals("model")) {
                model(entry.path(), Trees.read(entry.resultJson()));
            } else if (!entry.failed() && entry.kind().equals("agent")) {
                agent(entry.path(), Trees.read(entry.resultJson()));
            }
        }
        steps.putAll(knownSteps);
        step = knownSteps.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private synchronized void add(String path, Usage more, Optional<Double> price) {
        if (!counted.add(path)) {
            return;
        }
        usage = usage.plus(more);
        price.ifPresentOrElse(p -> cost += p, () -> costKnown = false);
        calls++;
        parent.ifPresent(up -> up.ledger().add(up.path() + "/" + path, more, price));
    }

    /** The number of the step that this saying begins: the same whenever it is said. */
    synchronized int step(String saying) {
        return steps.computeIfAbsent(saying, _ -> ++step);
    }

    /** The number of the step that the run is in. */
    synchronized int step() {
        return step;
    }

    /** Before a model is asked: over a limit, the run ends. */
    synchronized void check() throws CallFailed {
        if (usage.total() >= limits.tokens()) {
            throw CallFailed.ended(
                    "max_tokens_total",
                    "the run has used "
                            + usage.total()
                            + " tokens of "
                            + limits.tokens()
                            + "; raise max_tokens_total");
        }
        if (worked.get().compareTo(limits.time()) >= 0) {
            throw CallFailed.ended(
                    "max_seconds",
                    "the run has worked for "
                            + limits.time().toSeconds()
                            + " s; raise max_seconds");
        }
        if (parent.isPresent()) {
            parent.get().ledger().check();
        }
    }

    synchronized Duration timeLeft() {
        Duration left = limits.time().minus(worked.get());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** A nested run has what its parent has left, too. */
    private synchronized Duration allTimeLeft() {
        Duration own = timeLeft();
        return parent.map(up -> up.ledger().allTimeLeft())
                .filter(above -> above.compareTo(own) < 0)
                .orElse(own);
    }

    private synchronized long tokensLeft() {
        long own = Math.max(0, limits.tokens() - usage.total());
        return parent.map(up -> Math.min(own, up.ledger().tokensLeft())).orElse(own);
    }

    /** What is left of the limits, and what was used. */
    synchronized ObjectNode left() {
        ObjectNode left = Json.object();
        left.put("steps", Math.max(0, limits.steps() - step));
        left.put("tokens", tokensLeft());
        left.put("seconds", allTimeLeft().toMillis() / 1000.0);
        left.putObject("used").put("tokens", usage.total()).put("cost", cost).put("calls", calls);
        return left;
    }

    /** {@code usage}, {@code cost} and {@code steps} for the end of a run. */
    synchronized Usage used() {
        return usage;
    }

    synchronized ObjectNode totals() {
        ObjectNode totals = Json.object();
        totals.set("usage", usage.toWire());
        if (costKnown) {
            totals.put("cost", cost);
        } else {
            totals.putNull("cost");
        }
        return totals.put("steps", step).put("model_calls", calls);
    }
}
