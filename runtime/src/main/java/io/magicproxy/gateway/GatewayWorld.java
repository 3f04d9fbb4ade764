package io.magicproxy.gateway;

import io.magicproxy.chat.ChatClient;
import io.magicproxy.mcp.AgentTools;
import io.magicproxy.pattern.PatternRunner;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.plugin.Plugin;
import io.magicproxy.quota.Refusal;
import io.magicproxy.routing.AgentConfig;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.ProfileConfig;
import io.magicproxy.routing.Route;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.session.AgentSettings;
import io.magicproxy.session.SessionWorld;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.telemetry.Spans;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The gateway as its sessions see it. */
public final class GatewayWorld implements SessionWorld {
    private final Gateway gateway;
    private final ScriptFolders scripts;
    private final TextFolders texts;
    private final RoutedChatClient chat;
    private final Witness witness;

    /** Who is told of runs. */
    public interface Witness {
        Spans spans();

        /** A worker of this process is the run's first. */
        void taken(RunRecord run, Duration waited);

        /** A worker of this process has ended the run. */
        void ended(RunRecord run);
    }

    public GatewayWorld(
            Gateway gateway,
            ScriptFolders scripts,
            TextFolders texts,
            RoutedChatClient chat,
            Witness witness) {
        this.gateway = gateway;
        this.scripts = scripts;
        this.texts = texts;
        this.chat = chat;
        this.witness = witness;
    }

    @Override
    public void ended(RunRecord run) {
        witness.ended(run);
    }

    @Override
    public void taken(RunRecord run, Duration waited) {
        witness.taken(run, waited);
    }

    @Override
    public Spans spans() {
        return witness.spans();
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

    /** The agents that MCP clients are offered; of a profile and its alias only the alias. */
    public List<AgentTools.Exposed> exposedAgents() {
        GatewayGeneration generation = gateway.current();
        Set<String> aliased =
                generation.config().routerSettings().modelGroupAlias().values().stream()
                        .map(List::getFirst)
                        .collect(Collectors.toSet());
        return generation.routes().all().stream()
                .filter(route -> route.mode() == ModelInfo.Mode.CHAT)
                .filter(route -> isAlias(generation, route) || !aliased.contains(route.name()))
                .flatMap(route ->
                        config(generation, route)
                                .filter(AgentConfig::exposeAsTool)
                                .map(agent -> exposed(generation.config(), route, agent))
                                .stream())
                .toList();
    }

    private static boolean isAlias(GatewayGeneration generation, Route route) {
        return generation.config().routerSettings().modelGroupAlias().containsKey(route.name());
    }

    private AgentTools.Exposed exposed(GatewayConfig config, Route route, AgentConfig agent) {
        return new AgentTools.Exposed(
                route.name(),
                agent.toolDescription(),
                settings(config, Optional.of(agent)).maxTime());
    }

    private AgentSettings settings(GatewayConfig config, Optional<AgentConfig> agent) {
        AgentDefaults all = config.agentSettings();
        String prompt = agent.flatMap(AgentConfig::systemPrompt).or(all::systemPrompt).orElse("");
        List<String> manifests = agent.map(AgentConfig::manifests).orElse(List.of());
        var named = new NamedTexts(texts, prompt, manifests);
        return new AgentSettings(
                agent.flatMap(AgentConfig::reasoningMode).orElse(all.reasoningMode()),
                agent.flatMap(AgentConfig::maxSteps).orElse(all.maxSteps()),
                agent.flatMap(AgentConfig::maxTokensTotal).orElse(all.maxTokensTotal()),
                Duration.ofSeconds(agent.flatMap(AgentConfig::maxSeconds).orElse(all.maxSeconds())),
                agent.flatMap(AgentConfig::tools).or(all::tools),
                named.prompt(),
                named.manifests(),
                named.problem());
    }

    @Override
    public ChatClient chat(String owner) {
        return chat.paidBy(chat.quota().keys().payer(owner));
    }

    @Override
    public Optional<Refusal> mayAsk(String owner, String alias) {
        return chat.quota().mayAsk(chat.quota().keys().payer(owner), alias);
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
        return scripts.invoker().tools().tools().stream()
                .map(Tool::spec)
                .map(spec ->
                        new ToolInfo(
                                spec.name(),
                                spec.description(),
                                spec.parameters().json(),
                                spec.conduct().effect()))
                .toList();
    }

    @Override
    public ToolResult tool(String name, ToolCall call) {
        return scripts.invoker().call(name, call);
    }
}
