package io.magicproxy.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatClient;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.PatternRunner;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.plugin.Plugin;
import io.magicproxy.routing.AgentConfig;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.ProfileConfig;
import io.magicproxy.routing.Route;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.session.AgentSettings;
import io.magicproxy.session.SessionWorld;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.tool.ToolException;
import io.magicproxy.tool.ToolScript;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The gateway as its sessions see it. */
public final class GatewayWorld implements SessionWorld {
    private final Gateway gateway;
    private final ScriptFolders scripts;
    private final ChatClient chat;
    private final Consumer<RunRecord> ended;

    /**
     * @param ended is told of runs that have ended here
     */
    public GatewayWorld(
            Gateway gateway, ScriptFolders scripts, ChatClient chat, Consumer<RunRecord> ended) {
        this.gateway = gateway;
        this.scripts = scripts;
        this.chat = chat;
        this.ended = ended;
    }

    @Override
    public void ended(RunRecord run) {
        ended.accept(run);
    }

    @Override
    public Optional<AgentSettings> agent(String alias) {
        GatewayGeneration generation = gateway.current();
        return generation
                .routes()
                .find(alias)
                .filter(route -> route.mode() == ModelInfo.Mode.CHAT)
                .map(route -> settings(generation.config(), config(generation, route)));
    }

    @Override
    public List<String> aliases() {
        return gateway.current().routes().all().stream()
                .filter(route -> route.mode() == ModelInfo.Mode.CHAT)
                .map(Route::name)
                .toList();
    }

    /** Whether chat requests for the alias are runs of its pattern. */
    public boolean isAgent(String alias) {
        return agentPattern(alias).isPresent();
    }

    /** The pattern by which chat requests for the alias are answered, if it is an agent. */
    public Optional<String> agentPattern(String alias) {
        GatewayGeneration generation = gateway.current();
        return generation
                .routes()
                .find(alias)
                .flatMap(route -> config(generation, route))
                .map(agent -> settings(generation.config(), Optional.of(agent)).pattern());
    }

    /** The first profile's in the chain. */
    private static Optional<AgentConfig> config(GatewayGeneration generation, Route route) {
        String first = route.chain().getFirst().name();
        return generation.config().modelList().stream()
                .filter(profile -> profile.modelName().equals(first))
                .findFirst()
                .map(ProfileConfig::modelParams)
                .flatMap(params -> params.agentSettings());
    }

    private static AgentSettings settings(GatewayConfig config, Optional<AgentConfig> agent) {
        AgentDefaults all = config.agentSettings();
        return new AgentSettings(
                agent.flatMap(AgentConfig::reasoningMode).orElse(all.reasoningMode()),
                agent.flatMap(AgentConfig::maxSteps).orElse(all.maxSteps()),
                agent.flatMap(AgentConfig::maxTokensTotal).orElse(all.maxTokensTotal()),
                Duration.ofSeconds(agent.flatMap(AgentConfig::maxSeconds).orElse(all.maxSeconds())),
                agent.flatMap(AgentConfig::tools).or(all::tools),
                agent.flatMap(AgentConfig::systemPrompt).or(all::systemPrompt).orElse(""),
                agent.map(AgentConfig::manifests).orElse(List.of()));
    }

    @Override
    public ChatClient chat() {
        return chat;
    }

    @Override
    public PatternRunner runner() {
        return scripts.runner();
    }

    @Override
    public Optional<Plugin<PatternScript>> pattern(String name) {
        return scripts.patterns().find(name);
    }

    @Override
    public Optional<Plugin<PatternScript>> pattern(String name, String version) {
        return scripts.patterns().find(name, version);
    }

    @Override
    public Optional<PatternScript> pinned(String name, ScriptBundle bundle) {
        return scripts.patterns()
                .find(name)
                .filter(current -> current.version().equals(bundle.hash()))
                .or(() -> scripts.patterns().load(name, bundle))
                .map(Plugin::value);
    }

    @Override
    public List<String> patterns() {
        return List.copyOf(scripts.patterns().all().keySet());
    }

    @Override
    public List<ToolInfo> tools() {
        return scripts.tools().all().values().stream()
                .map(Plugin::value)
                .map(tool -> new ToolInfo(tool.name(), tool.description(), tool.parameters()))
                .toList();
    }

    @Override
    public JsonNode tool(
            String name, ObjectNode arguments, String callId, Cancellation cancellation)
            throws CallFailed {
        Optional<ToolScript> tool = scripts.tools().find(name).map(Plugin::value);
        if (tool.isEmpty()) {
            throw CallFailed.of("unknown_tool", "the tool \"" + name + "\" is gone");
        }
        try {
            return scripts.toolRunner().call(tool.get(), arguments, callId, cancellation);
        } catch (ToolException e) {
            throw CallFailed.of(e.code(), e.text());
        }
    }
}
