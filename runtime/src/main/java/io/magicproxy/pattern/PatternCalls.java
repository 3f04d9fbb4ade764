package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * What a pattern asks of the session that runs it. A call whose result is known from an earlier
 * worker is answered with it and not made again. Used by several threads when a pattern branches.
 */
public interface PatternCalls {
    /**
     * Calls a model.
     *
     * @param watcher sees the text while it comes; not called when the result is known already
     */
    ModelAnswer model(CallPath path, ModelQuestion question, ModelWatcher watcher)
            throws CallFailed;

    /** Runs a tool: its result as JSON, or as text. */
    JsonNode tool(CallPath path, String name, ObjectNode arguments) throws CallFailed;

    /** Runs a nested agent to its answer. */
    AgentAnswer agent(CallPath path, AgentQuestion question) throws CallFailed;

    /** Waits; a replay waits only for what is left. */
    void sleep(CallPath path, long millis) throws CallFailed;

    /** Reads or changes the shared scratch: {@code get}, {@code set}, {@code add}, … */
    JsonNode state(CallPath path, ObjectNode operation) throws CallFailed;

    /** What is left of steps, tokens, cost and time. */
    JsonNode budget(CallPath path) throws CallFailed;

    /**
     * Does what consists of several calls; its result is known to a replay as one.
     *
     * @param kind such as {@code react}
     */
    JsonNode composed(CallPath path, String kind, JsonNode request, Composition work)
            throws CallFailed;

    /**
     * Runs the work on a thread of its own and gives its result to the guest, which sees results in
     * the same order in each replay.
     */
    void start(CallPath path, Composition work, Consumer<Settled> settled);

    /** Tells the watchers, once for each (path, n), however often the pattern is run again. */
    void say(CallPath path, int n, Saying saying) throws CallFailed;

    /** A part of a pattern's work. */
    @FunctionalInterface
    interface Composition {
        JsonNode run() throws CallFailed;
    }

    /** How a started call ended, and the time that the guest's clock then shows. */
    sealed interface Settled {
        record Done(JsonNode value, Instant time) implements Settled {}

        record Failed(CallFailed why, Instant time) implements Settled {}
    }
}
