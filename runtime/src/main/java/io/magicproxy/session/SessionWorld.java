package io.magicproxy.session;

import io.magicproxy.chat.ChatClient;
import io.magicproxy.pattern.PatternRunner;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.plugin.Plugin;
import io.magicproxy.quota.Refusal;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.telemetry.Spans;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What runs find in the gateway, always as it is now. */
public interface SessionWorld {
    /** How the alias runs as an agent; any chat alias can, with the defaults. */
    Optional<AgentSettings> agent(String alias);

    /** The names of all models, for suggestions. */
    default List<String> aliases() {
        return List.of();
    }

    /**
     * Asks models.
     *
     * @param owner on whose account
     */
    ChatClient chat(String owner);

    /**
     * Whether the owner may ask the agent. The models that the agent asks are its own matter.
     *
     * @return why not; empty: it may
     */
    default Optional<Refusal> mayAsk(String owner, String alias) {
        return Optional.empty();
    }

    PatternRunner runner();

    /** The version for new runs. */
    Optional<Plugin<PatternScript>> pattern(String name);

    /** A version by its hash. */
    Optional<Plugin<PatternScript>> pattern(String name, String version);

    /** A pinned version. */
    Optional<PatternScript> pinned(String name, ScriptBundle bundle);

    List<ToolInfo> tools();

    /** The names of all patterns. */
    List<String> patterns();

    /** Calls a tool, as it is now. */
    ToolResult tool(String name, ToolCall call);

    /** What tells of the runs' work. */
    default Spans spans() {
        return Spans.off();
    }

    /** A worker of this process is the run's first. */
    default void taken(RunRecord run, Duration waited) {}

    /** A worker of this process has ended the run. */
    default void ended(RunRecord run) {}
}
