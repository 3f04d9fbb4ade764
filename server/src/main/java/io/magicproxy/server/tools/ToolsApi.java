package io.magicproxy.server.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.upstream.Cancellation;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** {@code /tools}: which tools there are, and calls of them. */
public final class ToolsApi implements HttpService {
    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    private static final int MAX_KEY = 200;

    private final Supplier<ToolInvoker> invoker;
    private final Gateway gateway;
    private final BodyReader bodies;
    private final Supplier<ToolCall.Agents> agents;

    /**
     * @param agents whom tools may ask, on the account of whoever calls them
     */
    public ToolsApi(
            Supplier<ToolInvoker> invoker,
            Gateway gateway,
            BodyReader bodies,
            Supplier<ToolCall.Agents> agents) {
        this.invoker = invoker;
        this.gateway = gateway;
        this.bodies = bodies;
        this.agents = agents;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list).get("/{name}", this::show).post("/{name}", this::call);
    }

    private void list(ServerRequest request, ServerResponse response) {
        ObjectNode answer = Json.object().put("object", "list");
        ArrayNode data = answer.putArray("data");
        invoker.get().tools().tools().forEach(tool -> data.add(json(tool)));
        send(response, answer);
    }

    private void show(ServerRequest request, ServerResponse response) {
        String name = name(request);
        Tool tool =
                invoker.get().tools().find(name).orElseThrow(() -> new ApiException(unknown(name)));
        send(response, json(tool));
    }

    private ApiError unknown(String name) {
        List<String> names =
                invoker.get().tools().tools().stream().map(tool -> tool.spec().name()).toList();
        return ApiError.of(
                404,
                "invalid_request_error",
                "unknown_tool",
                "there is no tool \""
                        + name
                        + "\""
                        + DidYouMean.hint(name, names)
                        + "; GET /tools lists them");
    }

    private void call(ServerRequest request, ServerResponse response)
            throws MalformedRequestException {
        String name = name(request);
        String id = id(request);
        ObjectNode arguments = arguments(request);
        var cancellation = new Cancellation();
        try (var _ =
                ClientPresence.current()
                        .onGone(() -> cancellation.cancel(Cancellation.Reason.CLIENT_GONE))) {
            ToolResult result =
                    invoker.get()
                            .call(
                                    name,
                                    new ToolCall(
                                            id, arguments, agents.get(), _ -> {}, cancellation));
            send(response, Json.object().set("result", value(name, result, cancellation)));
        }
    }

    private JsonNode value(String name, ToolResult result, Cancellation cancellation) {
        cancellation
                .reason()
                .ifPresent(reason -> {
                    throw new CallCancelledException(reason);
                });
        return switch (result) {
            case ToolResult.Ok(JsonNode value) -> value;
            case ToolResult.Failed(String code, String message) when code.equals("unknown_tool") ->
                    throw new ApiException(unknown(name));
            case ToolResult.Failed failed -> throw new ApiException(ToolErrors.of(failed));
            case ToolResult.TimedOut timedOut -> throw new ApiException(ToolErrors.of(timedOut));
        };
    }

    /** The caller's, or one of its own for a call that won't be tried again. */
    private static String id(ServerRequest request) {
        Optional<String> key = request.headers().first(IDEMPOTENCY_KEY);
        if (key.isPresent() && (key.get().isBlank() || key.get().length() > MAX_KEY)) {
            throw new ApiException(
                    ApiError.invalidRequest(
                            "Idempotency-Key must have 1 to " + MAX_KEY + " characters",
                            Optional.empty()));
        }
        return key.orElseGet(() -> "http-" + UUID.randomUUID());
    }

    /** A tool that takes nothing can be called without a body. */
    private ObjectNode arguments(ServerRequest request) throws MalformedRequestException {
        if (!request.content().hasEntity()) {
            return Json.object();
        }
        SecurityConfig limits = gateway.current().config().securitySettings();
        byte[] bytes = bodies.json(request, limits.maxBody().asInt(), limits.requestReadTimeout());
        return bytes.length == 0 ? Json.object() : gateway.current().scanner().scan(bytes).json();
    }

    private static String name(ServerRequest request) {
        return request.path().pathParameters().get("name");
    }

    private static ObjectNode json(Tool tool) {
        ToolSpec spec = tool.spec();
        ObjectNode json =
                Json.object()
                        .put("object", "tool")
                        .put("name", spec.name())
                        .put("title", spec.title())
                        .put("description", spec.description());
        json.set("parameters", spec.parameters().json());
        json.put("effect", spec.conduct().effect().label())
                .put("timeout_seconds", spec.conduct().timeout().toMillis() / 1000.0)
                .put("concurrency", spec.conduct().concurrency())
                .put("source", tool.origin().source())
                .put("version", tool.origin().version());
        return json;
    }

    private static void send(ServerResponse response, JsonNode body) {
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(body));
    }
}
