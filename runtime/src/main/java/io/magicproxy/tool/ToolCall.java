package io.magicproxy.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.upstream.Cancellation;
import java.util.function.Consumer;

/**
 * One call of a tool.
 *
 * @param id the same for each try of the same call: its idempotency key
 * @param agents whom the tool may ask, if it was granted that
 * @param progress is told how far it is; the caller may not care
 */
public record ToolCall(
        String id,
        ObjectNode arguments,
        Agents agents,
        Consumer<Progress> progress,
        Cancellation cancellation) {

    /** How far a call is. */
    public record Progress(double done, double total, String message) {}

    /** Runs an agent for a tool, on its caller's account. */
    @FunctionalInterface
    public interface Agents {
        /**
         * Blocks until the agent has answered, or the question is given up.
         *
         * @return if it has, an object whose {@code answer} is a text
         */
        ToolResult ask(String alias, String query, JsonNode options, Cancellation cancellation);
    }

    /** For callers that have no agents to offer. */
    public static Agents noAgents(String reason) {
        return (_, _, _, _) -> new ToolResult.Failed("not_allowed", reason);
    }

    public ToolCall withArguments(ObjectNode other) {
        return new ToolCall(id, other, agents, progress, cancellation);
    }

    ToolCall withAgents(Agents others) {
        return new ToolCall(id, arguments, others, progress, cancellation);
    }

    ToolCall within(Cancellation limit) {
        return new ToolCall(id, arguments, agents, progress, limit);
    }
}
