package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.RemoteTools;
import io.magicproxy.mcp.client.ServerStatus;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;

/** {@code /admin/tools} where the tools are in a process of their own: their files are there. */
public final class ToolServerApi implements HttpService {
    private final RemoteTools remote;

    public ToolServerApi(RemoteTools remote) {
        this.remote = remote;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list).any("/{+path}", this::elsewhere);
    }

    private void list(ServerRequest request, ServerResponse response) {
        ObjectNode answer = Json.object();
        answer.putArray("tools");
        answer.putArray("files");
        RemoteToolsJson.add(answer, remote);
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(answer));
    }

    private void elsewhere(ServerRequest request, ServerResponse response) {
        String where = remote.toolServerStatus().map(ServerStatus::endpoint).orElse("elsewhere");
        throw new ApiException(
                ApiError.of(
                        409,
                        "invalid_request_error",
                        "tools_elsewhere",
                        "the tools are in a process of their own ("
                                + where
                                + "); ask its /admin/tools for their files"));
    }
}
