package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.session.AgentRuns;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolSchema;
import io.magicproxy.tool.ToolSource;
import io.magicproxy.tool.ToolSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Agents as tools: {@code ask_<alias>} for each alias that offers itself. */
public final class AgentTools implements ToolSource {
    private static final int CONCURRENCY = 64;

    /** What a run needs besides its own time: waiting for a worker, being cancelled. */
    private static final Duration MARGIN = Duration.ofMinutes(2);

    private final Supplier<List<Exposed>> exposed;
    private final Consumer<Runnable> onChange;
    private final AgentRuns runs;
    private final ToolSchema schema = schema();

    /**
     * An agent that is offered.
     *
     * @param description for models; absent: a general one
     * @param maxTime that a run may be worked at
     */
    public record Exposed(String alias, Optional<String> description, Duration maxTime) {}

    /**
     * @param exposed the agents that are offered now
     * @param onChange takes what is to be done when they may be others
     */
    public AgentTools(
            Supplier<List<Exposed>> exposed, Consumer<Runnable> onChange, AgentRuns runs) {
        this.exposed = exposed;
        this.onChange = onChange;
        this.runs = runs;
    }

    @Override
    public List<Tool> tools() {
        return exposed.get().stream().<Tool>map(this::tool).toList();
    }

    @Override
    public Optional<Tool> find(String name) {
        return exposed.get().stream()
                .filter(agent -> name(agent).equals(name))
                .findFirst()
                .map(this::tool);
    }

    @Override
    public void onChange(Runnable action) {
        onChange.accept(action);
    }

    private static String name(Exposed agent) {
        return "ask_" + agent.alias().replaceAll("[^A-Za-z0-9_.-]", "_");
    }

    private AgentTool tool(Exposed agent) {
        return new AgentTool(
                agent.alias(),
                new ToolSpec(
                        name(agent),
                        "Ask " + agent.alias(),
                        agent.description()
                                .orElse(
                                        "Asks the agent "
                                                + agent.alias()
                                                + ", which reasons in steps and may use tools; may take minutes."),
                        schema,
                        new ToolSpec.Conduct(
                                ToolSpec.Effect.ONCE, agent.maxTime().plus(MARGIN), CONCURRENCY)),
                runs);
    }

    private static ToolSchema schema() {
        ObjectNode schema = Json.object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties
                .putObject("query")
                .put("type", "string")
                .put("minLength", 1)
                .put("description", "The whole question; the agent knows nothing else.");
        properties
                .putObject("session_id")
                .put("type", "string")
                .put(
                        "description",
                        "Of an earlier answer, to go on with its conversation; a new one without it.");
        schema.putArray("required").add("query");
        return new ToolSchema(schema.put("additionalProperties", false));
    }
}
