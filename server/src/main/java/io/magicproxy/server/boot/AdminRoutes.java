package io.magicproxy.server.boot;

import io.helidon.webserver.http.HttpRouting;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.plugin.Sharing;
import io.magicproxy.quota.Quota;
import io.magicproxy.server.admin.AdminRequests;
import io.magicproxy.server.admin.Audit;
import io.magicproxy.server.admin.AuditApi;
import io.magicproxy.server.admin.ChangeFeed;
import io.magicproxy.server.admin.ConfigApi;
import io.magicproxy.server.admin.EventsApi;
import io.magicproxy.server.admin.FiguresApi;
import io.magicproxy.server.admin.KeysApi;
import io.magicproxy.server.admin.PromptsApi;
import io.magicproxy.server.admin.ProviderModelsApi;
import io.magicproxy.server.admin.ReactPatternsApi;
import io.magicproxy.server.admin.RemoteToolsJson;
import io.magicproxy.server.admin.RestartApi;
import io.magicproxy.server.admin.ScenarioApi;
import io.magicproxy.server.admin.ScriptHelpApi;
import io.magicproxy.server.admin.ScriptJson;
import io.magicproxy.server.admin.ScriptsApi;
import io.magicproxy.server.admin.SimulatorApi;
import io.magicproxy.server.admin.TeamsApi;
import io.magicproxy.server.admin.ToolServerApi;
import io.magicproxy.server.admin.UsageApi;
import io.magicproxy.server.admin.VirtualKeysApi;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.store.AuditLog;
import io.magicproxy.store.SavedFiles.Kind;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The paths below {@code /admin}. */
record AdminRoutes(
        Gateway gateway,
        SessionService sessions,
        ChangeFeed feed,
        FiguresApi.Counts counts,
        AdminRequests requests,
        Quota quota,
        Supplier<Optional<Runnable>> restart,
        Audit audit,
        AuditLog changes,
        Function<Kind, Sharing> sharing) {
    /** Where the program stands. */
    static Path home() {
        return Path.of(System.getProperty("magicproxy.home", "."));
    }

    void register(HttpRouting.Builder routing, Heartbeats heartbeats) {
        tools(routing);
        routing.register("/admin/patterns", ScenarioApi.patterns(sessions.scripts(), requests))
                .register(
                        "/admin/patterns",
                        scripts(ScriptFolders::patterns, ScriptJson.patterns(), Kind.PATTERN))
                .register("/admin/audit", new AuditApi(changes))
                .register("/admin/react_patterns", new ReactPatternsApi(sessions.scripts()))
                .register(
                        "/admin/config",
                        new ConfigApi(gateway, requests, audit, sharing.apply(Kind.CONFIG)))
                .register("/admin/keys", new KeysApi(gateway, requests, audit))
                .register(
                        "/admin/virtual_keys",
                        new VirtualKeysApi(
                                quota, requests, audit, this::needsKey, InstantSource.system()))
                .register("/admin/teams", new TeamsApi(quota, requests, audit))
                .register("/admin/simulator", new SimulatorApi(gateway, requests, audit))
                .register("/admin/provider_models", new ProviderModelsApi(gateway))
                .register("/admin/usage", new UsageApi(counts.usage(), InstantSource.system()))
                .register("/admin/events", new EventsApi(feed, heartbeats, Version.number()))
                .register(
                        "/admin/health",
                        new FiguresApi(gateway, sessions::health, counts, InstantSource.system()))
                .register("/admin", new RestartApi(gateway, restart, requests, audit))
                .register("/admin", new ScriptHelpApi(sessions.scripts(), home()))
                .register("/admin", new PromptsApi(sessions.texts(), requests, audit, sharing));
    }

    private boolean needsKey() {
        return gateway.current().config().securitySettings().masterKey().isPresent();
    }

    private void tools(HttpRouting.Builder routing) {
        var remote = sessions.remote();
        if (remote.toolServer().isPresent()) {
            routing.register("/admin/tools", new ToolServerApi(remote));
            return;
        }
        routing.register("/admin/tools", ScenarioApi.tools(sessions.scripts(), requests))
                .register(
                        "/admin/tools",
                        scripts(
                                ScriptFolders::tools,
                                ScriptJson.tools(json -> RemoteToolsJson.add(json, remote)),
                                Kind.TOOL));
    }

    private <T> ScriptsApi<T> scripts(
            Function<ScriptFolders, PluginRegistry<T>> registry, ScriptJson<T> json, Kind kind) {
        return new ScriptsApi<>(
                () -> registry.apply(sessions.scripts()),
                json,
                requests,
                audit,
                sharing.apply(kind));
    }
}
