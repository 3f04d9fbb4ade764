package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.upstream.Cancellation;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.util.List;

/** Opens the session: agrees on the protocol. */
final class Handshake {
    private static final List<String> SPOKEN =
            List.of(
                    ProtocolVersions.MCP_2024_11_05,
                    ProtocolVersions.MCP_2025_03_26,
                    ProtocolVersions.MCP_2025_06_18,
                    ProtocolVersions.MCP_2025_11_25);

    private final ServerSettings settings;
    private final String version;

    /**
     * @param version of the gateway
     */
    Handshake(ServerSettings settings, String version) {
        this.settings = settings;
        this.version = version;
    }

    /** What the server calls itself. */
    String with(Connection connection) throws WireException, RemoteError {
        ObjectNode answer;
        try {
            answer =
                    connection.request(
                            McpSchema.METHOD_INITIALIZE,
                            wish(),
                            new Cancellation(settings.limits().connect()));
        } catch (WireException e) {
            throw e.kind() == WireException.Kind.CANCELLED && connection.lost().isEmpty()
                    ? new WireException(
                            WireException.Kind.NOT_TAKEN,
                            "no answer to \"initialize\" within "
                                    + settings.limits().connect().toMillis() / 1000.0
                                    + " s"
                                    + connection.said(),
                            e)
                    : e;
        }
        String protocol = answer.path("protocolVersion").asText();
        if (!SPOKEN.contains(protocol)) {
            throw new WireException(
                    WireException.Kind.NOT_TAKEN,
                    "it speaks protocol \"" + protocol + "\"; spoken here: " + SPOKEN);
        }
        connection.tell(McpSchema.METHOD_NOTIFICATION_INITIALIZED, Json.object());
        connection.ready(protocol);
        JsonNode server = answer.path("serverInfo");
        return (server.path("name").asText() + " " + server.path("version").asText()).strip();
    }

    private ObjectNode wish() {
        ObjectNode wish = Json.object().put("protocolVersion", SPOKEN.getLast());
        ObjectNode capabilities = wish.putObject("capabilities");
        if (settings.kind() == ServerSettings.Kind.OWN) {
            capabilities.putObject("sampling");
        }
        wish.putObject("clientInfo").put("name", "magic-proxy").put("version", version);
        return wish;
    }
}
