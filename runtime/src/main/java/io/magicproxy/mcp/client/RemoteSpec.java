package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolSchema;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.tool.ToolSpec.Conduct;
import io.magicproxy.tool.ToolSpec.Effect;
import java.time.Duration;

/**
 * A tool as its server describes it.
 *
 * @param remoteName what the server calls it
 */
record RemoteSpec(String remoteName, ToolSpec spec, Tool.Origin origin) {
    /** Of a description; models read it with each call. */
    private static final int MAX_DESCRIPTION = 8 * 1024;

    private static final int MAX_NAME = 128;

    /**
     * @throws IllegalArgumentException if it can't be offered; the message says why
     */
    static RemoteSpec read(JsonNode tool, String offered, ServerSettings server) {
        String name = tool.path("name").asText();
        if (name.length() > MAX_NAME) {
            throw new IllegalArgumentException("its name has more than " + MAX_NAME + " letters");
        }
        JsonNode own = tool.path("_meta").path(OwnMeta.TOOL);
        boolean believed = server.kind() == ServerSettings.Kind.OWN && own.isObject();
        var spec =
                new ToolSpec(
                        offered,
                        title(tool, offered),
                        cut(tool.path("description").asText("")),
                        schema(tool.path("inputSchema")),
                        believed ? told(own, server) : conduct(tool, server));
        return new RemoteSpec(
                name,
                spec,
                believed
                        ? new Tool.Origin(own.path("source").asText(), own.path("version").asText())
                        : new Tool.Origin(server.name(), ""));
    }

    private static String title(JsonNode tool, String offered) {
        String title = tool.path("title").asText(tool.path("annotations").path("title").asText(""));
        return title.isBlank() ? offered : cut(title);
    }

    private static String cut(String text) {
        return text.length() > MAX_DESCRIPTION ? text.substring(0, MAX_DESCRIPTION) + "…" : text;
    }

    private static ToolSchema schema(JsonNode given) {
        if (!(given instanceof ObjectNode object)) {
            throw new IllegalArgumentException("it has no inputSchema");
        }
        ObjectNode schema = object.deepCopy();
        if (!schema.has("type")) {
            schema.put("type", "object");
        }
        if (!schema.path("type").asText().equals("object")) {
            throw new IllegalArgumentException("its inputSchema is not that of an object");
        }
        // Models' providers know no dialects; the keywords that tools use are the same in all.
        schema.remove("$schema");
        return new ToolSchema(schema);
    }

    /** Hints are all that there is; of what is not said the worst is assumed. */
    private static Conduct conduct(JsonNode tool, ServerSettings server) {
        JsonNode hints = tool.path("annotations");
        Effect effect =
                hints.path("readOnlyHint").asBoolean(false)
                        ? Effect.NONE
                        : hints.path("idempotentHint").asBoolean(false)
                                ? Effect.IDEMPOTENT
                                : Effect.ONCE;
        return new Conduct(effect, server.limits().call(), server.limits().concurrency());
    }

    private static Conduct told(JsonNode own, ServerSettings server) {
        Effect effect = Effect.ONCE;
        for (Effect one : Effect.values()) {
            effect = one.label().equals(own.path("effect").asText()) ? one : effect;
        }
        long millis = own.path("timeout_ms").asLong(server.limits().call().toMillis());
        return new Conduct(
                effect,
                Duration.ofMillis(Math.max(1, millis)),
                Math.max(1, own.path("concurrency").asInt(server.limits().concurrency())));
    }
}
