package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.AgentDefaults;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayConfig;
import io.magicproxy.gateway.GatewayPowers;
import io.magicproxy.gateway.GatewayWorld;
import io.magicproxy.gateway.RemoteTools;
import io.magicproxy.gateway.RoutedChatClient;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.gateway.TextFolders;
import io.magicproxy.quota.Quota;
import io.magicproxy.sandbox.host.HostStatus;
import io.magicproxy.session.AgentRuns;
import io.magicproxy.session.ContentKeeper;
import io.magicproxy.session.Events;
import io.magicproxy.session.RunRules;
import io.magicproxy.session.Sessions;
import io.magicproxy.store.BackendConfig;
import io.magicproxy.store.QueueConfig;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.kafka.KafkaLink;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.telemetry.Spans;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.tool.ToolSource;
import io.magicproxy.tool.script.ToolPowers;
import io.magicproxy.usage.Payer;
import io.magicproxy.usage.UsageBook;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Scripts and sessions, put together. */
final class SessionService implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SessionService.class.getName());
    private static final Duration SWEEP = Duration.ofSeconds(30);
    private static final int RENEWALS_PER_LEASE = 3;

    private final RemoteTools remote;
    private final GatewayPowers powers;
    private final ToolPowers toolPowers;
    private final ScriptFolders scripts;
    private final TextFolders texts;
    private final GatewayWorld world;
    private final Sessions sessions;
    private final Optional<ContentKeeper> keeper;
    private final int slots;
    private final Optional<KafkaLink> kafka;
    private final ToolInvoker.Witness witness;

    /** Where things are kept. */
    record Files(NodeOptions options, DataFolder data) {
        Path beside(String folder) {
            return options.config().toAbsolutePath().resolveSibling(folder);
        }

        Path patterns(AgentDefaults agents) {
            return options.folders().patterns().orElseGet(() -> beside(agents.patternsDir()));
        }

        Path tools(AgentDefaults agents) {
            return options.folders().tools().orElseGet(() -> beside(agents.toolsDir()));
        }
    }

    /** Who is told of runs and calls. */
    record Told(GatewayMetrics metrics, UsageBook book, Quota quota, Spans spans)
            implements GatewayWorld.Witness {
        ToolInvoker.Witness ofTools() {
            return new ToolInvoker.Witness(spans, metrics::toolCalled);
        }

        @Override
        public void taken(RunRecord run, Duration waited) {
            metrics.runTaken(run.pattern(), waited);
        }

        @Override
        public void ended(RunRecord run) {
            metrics.runEnded(
                    run.pattern(),
                    run.state().name().toLowerCase(Locale.ROOT),
                    Events.steps(run),
                    run.worked());
        }
    }

    SessionService(
            Gateway gateway,
            Files files,
            SessionStores stores,
            List<ToolSource> moreTools,
            Told told,
            InstantSource clock) {
        GatewayMetrics metrics = told.metrics();
        GatewayConfig config = gateway.current().config();
        AgentDefaults agents = config.agentSettings();
        QueueConfig queue = config.backendSettings().queue();
        this.remote = new RemoteTools(gateway, clock, Version.number());
        this.powers =
                new GatewayPowers(
                        gateway,
                        files.data().path(),
                        remote.toolServer().isPresent()
                                ? GatewayPowers.Place.ELSEWHERE
                                : GatewayPowers.Place.HERE,
                        remote::secrets);
        this.toolPowers = powers.powers();
        this.scripts =
                new ScriptFolders(
                        config.sandboxSettings(),
                        new ScriptFolders.Folders(
                                Optional.of(files.patterns(agents)),
                                Optional.of(files.tools(agents))
                                        .filter(_ -> remote.toolServer().isEmpty()),
                                files.data().path()),
                        new ScriptFolders.Surroundings(
                                toolPowers, sources(moreTools), metrics::scriptRan, told.ofTools()),
                        clock);
        powers.watch(scripts);
        this.texts =
                new TextFolders(
                        files.beside(agents.promptsDir()),
                        files.beside(agents.manifestsDir()),
                        clock);
        this.world =
                new GatewayWorld(
                        gateway,
                        scripts,
                        texts,
                        new RoutedChatClient(gateway, told.book(), told.quota(), clock),
                        told);
        this.slots = files.options().slots(queue);
        this.kafka = stores.kafka();
        this.sessions =
                new Sessions(
                        stores.journal(),
                        stores.queue(),
                        world,
                        clock,
                        new Sessions.Settings(
                                slots,
                                queue.ackSeconds(),
                                queue.attempts(),
                                queue.lease().dividedBy(RENEWALS_PER_LEASE),
                                SWEEP,
                                config.backendSettings().retention(),
                                rules(config.backendSettings())));
        this.witness = told.ofTools();
        this.keeper = keeper(stores.journal(), config.backendSettings());
        metrics.openRuns(this::openRuns);
        metrics.scriptHosts(() -> (long) scripts.hosts().size());
    }

    private List<ToolSource> sources(List<ToolSource> more) {
        List<ToolSource> sources = new ArrayList<>(more);
        remote.toolServer().ifPresent(sources::addFirst);
        sources.addLast(remote.servers());
        return sources;
    }

    private static Optional<ContentKeeper> keeper(Journal journal, BackendConfig config) {
        return config.storeContent()
                ? Optional.empty()
                : Optional.of(new ContentKeeper(journal, config.dropContentAfter()));
    }

    /** How many runs wait and are worked at; nothing of those waiting while the store is away. */
    private Map<String, Long> openRuns() {
        Map<String, Long> counts = new HashMap<>();
        counts.put("active", (long) sessions.active());
        try {
            counts.put("waiting", (long) sessions.waiting());
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "the queue can't be counted", e);
        }
        return counts;
    }

    private static RunRules rules(BackendConfig config) {
        return new RunRules(
                config.maxResult().asInt(),
                config.maxJournal().bytes(),
                RunRules.standard().patience());
    }

    /** How sessions fare: the store, the queue, the runs that are worked at, the script hosts. */
    ObjectNode health() {
        ObjectNode health = Json.object();
        try {
            health.put("waiting", sessions.waiting()).put("store", "UP");
        } catch (StoreException e) {
            health.put("store", "DOWN").put("reason", e.getMessage());
        }
        health.put("active", sessions.active()).put("slots", slots);
        kafka.ifPresent(link -> health.putObject("kafka").put("up", link.isUp()));
        ArrayNode hosts = health.putArray("script_hosts");
        for (HostStatus host : scripts.hosts()) {
            hosts.addObject()
                    .put("name", host.name())
                    .put("pid", host.pid())
                    .put("ready", host.ready())
                    .put("runs", host.runs());
        }
        return health;
    }

    /** For tools and others who wait for an agent's answer, on that account. */
    AgentRuns agents(String owner) {
        return new AgentRuns(sessions, new Sessions.Caller(owner, owner.equals(Payer.MASTER)));
    }

    /** Takes secrets out of what is shown. */
    UnaryOperator<String> mask() {
        return toolPowers.mask();
    }

    /** Is told of tools' calls. */
    ToolInvoker.Witness witness() {
        return witness;
    }

    RemoteTools remote() {
        return remote;
    }

    ScriptFolders scripts() {
        return scripts;
    }

    TextFolders texts() {
        return texts;
    }

    GatewayWorld world() {
        return world;
    }

    Sessions sessions() {
        return sessions;
    }

    @Override
    public void close() {
        keeper.ifPresent(ContentKeeper::close);
        sessions.close();
        texts.close();
        scripts.close();
        powers.close();
        remote.close();
    }
}
