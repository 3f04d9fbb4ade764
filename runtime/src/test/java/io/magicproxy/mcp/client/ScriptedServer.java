package io.magicproxy.mcp.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** An MCP server over real HTTP that does what it is told; without being told it behaves. */
final class ScriptedServer implements AutoCloseable {
    private final ScriptedUpstream http = ScriptedUpstream.start();
    private final Map<String, Function<JsonNode, Reply>> methods = new ConcurrentHashMap<>();

    ScriptedServer() {
        on(
                "initialize",
                message ->
                        result(
                                message,
                                """
                                {"protocolVersion":"2025-11-25","capabilities":{"tools":{}},
                                 "serverInfo":{"name":"scripted","version":"7"}}\
                                """));
        on("ping", message -> result(message, "{}"));
        tools("{\"name\":\"echo\",\"inputSchema\":{\"type\":\"object\"}}");
        on("tools/call", message -> result(message, text("done")));
        http.always(this::answer);
    }

    static String text(String text) {
        return "{\"content\":[{\"type\":\"text\",\"text\":\"" + text + "\"}]}";
    }

    static Reply result(JsonNode message, String result) {
        return Reply.json(200, body(message, result));
    }

    static String body(JsonNode message, String result) {
        return "{\"jsonrpc\":\"2.0\",\"id\":"
                + message.path("id")
                + ",\"result\":"
                + result.replace("\n", " ")
                + "}";
    }

    /** What it does with messages of this method. */
    ScriptedServer on(String method, Function<JsonNode, Reply> reply) {
        methods.put(method, reply);
        return this;
    }

    /** What it lists. */
    ScriptedServer tools(String... tools) {
        return on(
                "tools/list",
                message -> result(message, "{\"tools\":[" + String.join(",", tools) + "]}"));
    }

    private Reply answer(ReceivedRequest request) {
        if (request.method().equals("GET")) {
            return Reply.json(405, "{}");
        }
        JsonNode message = read(request);
        Function<JsonNode, Reply> known = methods.get(message.path("method").asText());
        return known == null ? Reply.body(202, "text/plain", new byte[0]) : known.apply(message);
    }

    static JsonNode read(ReceivedRequest request) {
        try {
            return request.text().isEmpty() ? Json.object() : Json.read(request.text());
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** What it was sent, of one method. */
    List<JsonNode> got(String method) {
        return http.requests().stream()
                .map(ScriptedServer::read)
                .filter(message -> message.path("method").asText().equals(method))
                .toList();
    }

    ScriptedUpstream http() {
        return http;
    }

    @Override
    public void close() {
        http.close();
    }
}
