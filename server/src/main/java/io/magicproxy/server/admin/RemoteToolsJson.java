package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.RemoteTools;
import io.magicproxy.mcp.client.ServerStatus;
import io.magicproxy.mcp.client.ServerStatus.State;

/** How the servers fare whose tools are used here. */
public final class RemoteToolsJson {
    private RemoteToolsJson() {}

    /** Adds {@code mcp_servers}, and {@code tool_server} if tools run in a process of their own. */
    public static void add(ObjectNode to, RemoteTools remote) {
        ArrayNode servers = to.putArray("mcp_servers");
        remote.serverStatus().forEach(status -> servers.add(json(status)));
        remote.toolServerStatus().ifPresent(status -> to.set("tool_server", json(status)));
    }

    private static ObjectNode json(ServerStatus status) {
        ObjectNode json =
                Json.object()
                        .put("name", status.name())
                        .put("endpoint", status.endpoint())
                        .put("state", status.label());
        switch (status.state()) {
            case State.Connecting() -> {
                // There is nothing more to say.
            }
            case State.Connected(var since, var server) ->
                    json.put("since", since.toString()).put("server", server);
            case State.Down(var since, var reason, var nextTry) -> {
                json.put("since", since.toString()).put("reason", reason);
                nextTry.ifPresent(at -> json.put("next_try", at.toString()));
            }
        }
        json.put("tools", status.tools());
        ArrayNode problems = json.putArray("problems");
        status.problems().forEach(problems::add);
        return json;
    }
}
