package io.magicproxy.server.boot;

import io.helidon.webserver.http.HttpRouting;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.server.admin.AdminRequests;
import io.magicproxy.server.admin.Audit;
import io.magicproxy.server.admin.ChangeFeed;
import io.magicproxy.server.admin.ConfigApi;
import io.magicproxy.server.admin.EventsApi;
import io.magicproxy.server.admin.KeysApi;
import io.magicproxy.server.admin.PromptsApi;
import io.magicproxy.server.admin.ProviderModelsApi;
import io.magicproxy.server.admin.ReactPatternsApi;
import io.magicproxy.server.admin.ScriptJson;
import io.magicproxy.server.admin.ScriptsApi;
import io.magicproxy.server.admin.SimulatorApi;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.Heartbeats;
import java.util.function.Function;

/** The paths below {@code /admin}. */
record AdminRoutes(Gateway gateway, SessionService sessions, ChangeFeed feed) {
    void register(HttpRouting.Builder routing, BodyReader bodies, Heartbeats heartbeats) {
        var requests = new AdminRequests(gateway, bodies);
        var audit = new Audit();
        routing.register(
                        "/admin/patterns",
                        scripts(ScriptFolders::patterns, ScriptJson.patterns(), requests, audit))
                .register(
                        "/admin/tools",
                        scripts(ScriptFolders::tools, ScriptJson.tools(), requests, audit))
                .register("/admin/react_patterns", new ReactPatternsApi(sessions.scripts()))
                .register("/admin/config", new ConfigApi(gateway, requests, audit))
                .register("/admin/keys", new KeysApi(gateway, bodies))
                .register("/admin/simulator", new SimulatorApi(gateway, bodies))
                .register("/admin/provider_models", new ProviderModelsApi(gateway))
                .register("/admin/events", new EventsApi(feed, heartbeats, Version.number()))
                .register("/admin", new PromptsApi(sessions.texts(), requests, audit));
    }

    private <T> ScriptsApi<T> scripts(
            Function<ScriptFolders, PluginRegistry<T>> registry,
            ScriptJson<T> json,
            AdminRequests requests,
            Audit audit) {
        return new ScriptsApi<>(() -> registry.apply(sessions.scripts()), json, requests, audit);
    }
}
