package io.magicproxy.mcp;

import io.magicproxy.mcp.Method.Calling;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.ResourcesUpdatedNotification;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** All methods by name. They answer from what there is now; clients are told when lists change. */
final class McpMethods {
    private final ToolMethods tools;
    private final PromptMethods prompts;
    private final ResourceMethods resources;
    private final CompletionMethod completion;

    McpMethods(McpOffer offer, McpJsonMapper json) {
        this.tools = new ToolMethods(offer, json);
        this.prompts = new PromptMethods(offer.prompts());
        this.resources = new ResourceMethods(offer.resources());
        this.completion = new CompletionMethod(prompts, resources);
    }

    static McpSchema.ServerCapabilities capabilities() {
        return McpSchema.ServerCapabilities.builder()
                .tools(true)
                .prompts(true)
                .resources(true, true)
                .completions()
                .logging()
                .build();
    }

    Map<String, McpRequestHandler<?>> handlers() {
        Map<String, Method> methods =
                Map.ofEntries(
                        Map.entry(McpSchema.METHOD_PING, _ -> Map.of()),
                        Map.entry(McpSchema.METHOD_TOOLS_LIST, tools::list),
                        Map.entry(McpSchema.METHOD_TOOLS_CALL, tools::call),
                        Map.entry(McpSchema.METHOD_PROMPT_LIST, prompts::list),
                        Map.entry(McpSchema.METHOD_PROMPT_GET, prompts::get),
                        Map.entry(McpSchema.METHOD_RESOURCES_LIST, resources::list),
                        Map.entry(McpSchema.METHOD_RESOURCES_TEMPLATES_LIST, resources::templates),
                        Map.entry(McpSchema.METHOD_RESOURCES_READ, resources::read),
                        Map.entry(McpSchema.METHOD_RESOURCES_SUBSCRIBE, resources::subscribe),
                        Map.entry(McpSchema.METHOD_RESOURCES_UNSUBSCRIBE, resources::unsubscribe),
                        Map.entry(McpSchema.METHOD_COMPLETION_COMPLETE, completion::complete),
                        Map.entry(McpSchema.METHOD_LOGGING_SET_LEVEL, McpMethods::setLevel));
        Map<String, McpRequestHandler<?>> handlers = new HashMap<>();
        methods.forEach((name, method) -> handlers.put(name, method.handler()));
        return handlers;
    }

    private static Object setLevel(Calling calling) {
        String name = calling.text("level");
        McpSchema.LoggingLevel level = McpSchema.LoggingLevel.fromValue(name);
        if (level == null) {
            throw Method.invalid(
                    "\"level\" must be one of debug, info, notice, warning, error, critical, alert,"
                            + " emergency");
        }
        calling.session().minLevel(level);
        return Map.of();
    }

    /** Tells the sessions that there are by then of each change. */
    void tell(Supplier<Collection<McpSession>> sessions) {
        tools.onListChange(() -> all(sessions, McpSchema.METHOD_NOTIFICATION_TOOLS_LIST_CHANGED));
        prompts.onListChange(
                () -> all(sessions, McpSchema.METHOD_NOTIFICATION_PROMPTS_LIST_CHANGED));
        resources.onChange(
                () -> all(sessions, McpSchema.METHOD_NOTIFICATION_RESOURCES_LIST_CHANGED),
                uris -> uris.forEach(uri -> subscribers(sessions, uri)));
    }

    private static void all(Supplier<Collection<McpSession>> sessions, String method) {
        var notification = new JSONRPCNotification(method);
        sessions.get().forEach(session -> session.tell(notification));
    }

    private static void subscribers(Supplier<Collection<McpSession>> sessions, String uri) {
        var notification =
                new JSONRPCNotification(
                        McpSchema.METHOD_NOTIFICATION_RESOURCES_UPDATED,
                        new ResourcesUpdatedNotification(uri));
        sessions.get().stream()
                .filter(session -> session.subscribed(uri))
                .forEach(session -> session.tell(notification));
    }
}
