package io.magicproxy.server.boot;

import io.magicproxy.gateway.AgentDefaults;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayConfig;
import io.magicproxy.gateway.GatewayWorld;
import io.magicproxy.gateway.RoutedChatClient;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.gateway.TextFolders;
import io.magicproxy.session.Sessions;
import io.magicproxy.store.QueueConfig;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedJournal;
import io.magicproxy.store.embedded.EmbeddedTaskQueue;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.tool.ToolSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Scripts and sessions of one machine, put together. */
final class SessionService implements AutoCloseable {
    private static final Duration SWEEP = Duration.ofSeconds(30);
    private static final int RENEWALS_PER_LEASE = 3;

    private final ScriptFolders scripts;
    private final TextFolders texts;
    private final GatewayWorld world;
    private final Sessions sessions;

    /** Where things are kept. */
    record Files(Path config, DataFolder data, EmbeddedDatabase database) {
        Path beside(String folder) {
            return config.toAbsolutePath().resolveSibling(folder);
        }
    }

    SessionService(
            Gateway gateway,
            Files files,
            List<ToolSource> moreTools,
            GatewayMetrics metrics,
            InstantSource clock)
            throws StoreException {
        GatewayConfig config = gateway.current().config();
        AgentDefaults agents = config.agentSettings();
        QueueConfig queue = config.backendSettings().queue();
        this.scripts =
                new ScriptFolders(
                        config.sandboxSettings(),
                        new ScriptFolders.Folders(
                                files.beside(agents.patternsDir()),
                                files.beside(agents.toolsDir()),
                                files.data().path()),
                        moreTools,
                        clock);
        this.texts =
                new TextFolders(
                        files.beside(agents.promptsDir()),
                        files.beside(agents.manifestsDir()),
                        clock);
        var usage = new UsageMetrics(metrics);
        this.world =
                new GatewayWorld(
                        gateway, scripts, texts, new RoutedChatClient(gateway, usage::used, clock));
        this.sessions =
                new Sessions(
                        new EmbeddedJournal(files.database(), clock),
                        new EmbeddedTaskQueue(
                                files.database(), clock, queue.lease(), queue.capacity()),
                        world,
                        clock,
                        new Sessions.Settings(
                                queue.slots(),
                                queue.ackSeconds(),
                                queue.attempts(),
                                queue.lease().dividedBy(RENEWALS_PER_LEASE),
                                SWEEP,
                                config.backendSettings().retention()));
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
        sessions.close();
        texts.close();
        scripts.close();
    }
}
