package io.magicproxy.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.mcp.EventReader;
import io.magicproxy.mcp.Incoming;
import io.magicproxy.mcp.McpEndpoint;
import io.magicproxy.mcp.Outcome;
import io.magicproxy.mcp.Protocol;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.RequestInfo;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * MCP's Streamable HTTP: messages in by POST, answered with JSON or an event stream; GET for what
 * belongs to no request, and to go on with a broken stream; DELETE to end a session.
 */
public final class McpApi implements HttpService {
    private static final HeaderName SESSION = HeaderNames.create("mcp-session-id");
    private static final HeaderName VERSION = HeaderNames.create("mcp-protocol-version");
    private static final HeaderName LAST_EVENT = HeaderNames.create("last-event-id");
    private static final String JSON = "application/json";
    private static final String EVENTS = "text/event-stream";

    /** Of JSON-RPC. */
    private static final int PARSE_ERROR = -32700;

    private static final int INVALID_REQUEST = -32600;

    private final McpEndpoint endpoint;
    private final Gateway gateway;
    private final BodyReader bodies;
    private final EventStreams streams;

    public McpApi(McpEndpoint endpoint, Gateway gateway, BodyReader bodies, Heartbeats heartbeats) {
        this.endpoint = endpoint;
        this.gateway = gateway;
        this.bodies = bodies;
        this.streams = new EventStreams(heartbeats);
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/", this::post)
                .get("/", this::listen)
                .delete("/", this::delete)
                .any("/", McpApi::refuseMethod);
    }

    private void post(ServerRequest request, ServerResponse response) {
        SecurityConfig limits = gateway.current().config().securitySettings();
        byte[] body = bodies.json(request, limits.maxBody().asInt(), limits.requestReadTimeout());
        if (!accepts(request, JSON) || !accepts(request, EVENTS)) {
            refuse(
                    response,
                    406,
                    INVALID_REQUEST,
                    "say Accept: " + JSON + ", " + EVENTS + "; the answer may be either");
            return;
        }
        ObjectNode message;
        try {
            message = gateway.current().scanner().scan(body).json();
        } catch (MalformedRequestException e) {
            refuse(response, 400, PARSE_ERROR, e.getMessage());
            return;
        }
        // What a client may speak is agreed on by initialize, so its header can't be wrong yet.
        if (!message.path("method").asText().equals("initialize")
                && wrongVersion(request, response)) {
            return;
        }
        answer(
                endpoint.post(request.headers().first(SESSION), Incoming.of(message), owner()),
                response,
                Optional.of(message.path("id")));
    }

    private void listen(ServerRequest request, ServerResponse response) {
        if (!accepts(request, EVENTS)) {
            refuse(response, 406, INVALID_REQUEST, "say Accept: " + EVENTS);
        } else if (!wrongVersion(request, response)) {
            Outcome outcome =
                    endpoint.listen(
                            request.headers().first(SESSION),
                            request.headers().first(LAST_EVENT),
                            owner());
            if (outcome instanceof Outcome.Following(EventReader reader)) {
                streams.stream(reader, response);
            } else {
                answer(outcome, response, Optional.empty());
            }
        }
    }

    private void delete(ServerRequest request, ServerResponse response) {
        if (wrongVersion(request, response)) {
            return;
        }
        switch (endpoint.delete(request.headers().first(SESSION), owner())) {
            case Outcome.Refused refused -> refuse(response, refused, Optional.empty());
            case Outcome.Taken _, Outcome.Opened _, Outcome.Following _ ->
                    response.status(Status.NO_CONTENT_204).send();
        }
    }

    /** A session is its key's alone. */
    private static String owner() {
        return RequestInfo.current().caller().payer().key();
    }

    private void answer(Outcome outcome, ServerResponse response, Optional<JsonNode> id) {
        switch (outcome) {
            case Outcome.Opened(String session, byte[] json) ->
                    response.header(SESSION, session)
                            .header(HeaderValues.CONTENT_TYPE_JSON)
                            .header(HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, "Mcp-Session-Id")
                            .send(json);
            case Outcome.Taken _ -> response.status(Status.ACCEPTED_202).send();
            case Outcome.Following(EventReader reader) -> streams.answer(reader, response);
            case Outcome.Refused refused -> refuse(response, refused, id);
        }
    }

    /** Whether a version was named that isn't spoken here; then it is answered, too. */
    private static boolean wrongVersion(ServerRequest request, ServerResponse response) {
        Optional<String> version = request.headers().first(VERSION);
        if (version.isEmpty() || Protocol.speaks(version.get())) {
            return false;
        }
        refuse(
                response,
                400,
                INVALID_REQUEST,
                "MCP-Protocol-Version is not one of "
                        + String.join(", ", Protocol.versions())
                        + "; send the one that \"initialize\" answered");
        return true;
    }

    private static boolean accepts(ServerRequest request, String type) {
        List<String> accepted = request.headers().values(HeaderNames.ACCEPT);
        String group = type.substring(0, type.indexOf('/')) + "/*";
        return accepted.stream()
                .flatMap(line -> List.of(line.split(",", -1)).stream())
                .map(each -> each.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT))
                .anyMatch(each -> each.equals(type) || each.equals(group) || each.equals("*/*"));
    }

    private static void refuseMethod(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.ALLOW, "GET, POST, DELETE");
        refuse(response, 405, INVALID_REQUEST, "/mcp knows GET, POST and DELETE");
    }

    private static void refuse(
            ServerResponse response, Outcome.Refused refused, Optional<JsonNode> id) {
        int status =
                switch (refused.reason()) {
                    case MALFORMED -> 400;
                    case UNKNOWN_SESSION -> 404;
                    case BUSY -> 429;
                    case STOPPING -> 503;
                };
        if (status == 429 || status == 503) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        send(response, status, error(refused.code(), refused.message(), id));
    }

    private static void refuse(ServerResponse response, int status, int code, String message) {
        send(response, status, error(code, message, Optional.empty()));
    }

    /** As JSON-RPC has it. */
    private static ObjectNode error(int code, String message, Optional<JsonNode> id) {
        ObjectNode json = Json.object().put("jsonrpc", "2.0");
        json.set("id", id.filter(JsonNode::isValueNode).orElse(Json.object().nullNode()));
        json.putObject("error").put("code", code).put("message", message);
        return json;
    }

    private static void send(ServerResponse response, int status, ObjectNode body) {
        response.status(Status.create(status))
                .header(HeaderValues.CONTENT_TYPE_JSON)
                .send(Json.bytes(body));
    }
}
