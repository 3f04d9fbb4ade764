package io.magicproxy.server.boot;

import io.magicproxy.gateway.AgentDefaults;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayConfig;
import io.magicproxy.gateway.GatewayPowers;
import io.magicproxy.gateway.GatewayWorld;
import io.magicproxy.gateway.RoutedChatClient;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.session.RunRules;
import io.magicproxy.session.Sessions;
import io.magicproxy.store.BackendConfig;
import io.magicproxy.store.QueueConfig;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedJournal;
import io.magicproxy.store.embedded.EmbeddedTaskQueue;
import io.magicproxy.telemetry.GatewayMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/** Scripts and sessions of one machine, put together. */
final class SessionService implements AutoCloseable {
    private static final Duration SWEEP = Duration.ofSeconds(30);
    private static final int RENEWALS_PER_LEASE = 3;

    private final GatewayPowers powers;
    private final ScriptFolders scripts;
    private final GatewayWorld world;
    private final Sessions sessions;

    SessionService(
            Gateway gateway,
            Path configFile,
            DataFolder data,
            EmbeddedDatabase database,
            GatewayMetrics metrics,
            InstantSource clock)
            throws StoreException {
        GatewayConfig config = gateway.current().config();
        AgentDefaults agents = config.agentSettings();
        QueueConfig queue = config.backendSettings().queue();
        this.powers = new GatewayPowers(gateway, data.path());
        this.scripts =
                new ScriptFolders(
                        config.sandboxSettings(),
                        new ScriptFolders.Folders(
                                beside(configFile, agents.patternsDir()),
                                beside(configFile, agents.toolsDir()),
                                data.path()),
                        powers.powers(),
                        clock);
        powers.watch(scripts);
        var usage = new UsageMetrics(metrics);
        this.world =
                new GatewayWorld(
                        gateway, scripts, new RoutedChatClient(gateway, usage::used, clock));
        this.sessions =
                new Sessions(
                        new EmbeddedJournal(database, clock),
                        new EmbeddedTaskQueue(database, clock, queue.lease(), queue.capacity()),
                        world,
                        clock,
                        new Sessions.Settings(
                                queue.slots(),
                                queue.ackSeconds(),
                                queue.attempts(),
                                queue.lease().dividedBy(RENEWALS_PER_LEASE),
                                SWEEP,
                                config.backendSettings().retention(),
                                rules(config.backendSettings())));
    }

    private static RunRules rules(BackendConfig config) {
        return new RunRules(
                config.maxResult().asInt(),
                config.maxJournal().bytes(),
                RunRules.standard().patience());
    }

    private static Path beside(Path configFile, String folder) {
        return configFile.toAbsolutePath().resolveSibling(folder);
    }

    ScriptFolders scripts() {
        return scripts;
    }

    GatewayWorld world() {
        return world;
    }

    Sessions sessions() {
        return sessions;
    }

    @Override
    public void close() {
        sessions.close();
        scripts.close();
        powers.close();
    }
}
