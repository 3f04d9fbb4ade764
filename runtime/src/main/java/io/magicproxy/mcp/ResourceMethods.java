package io.magicproxy.mcp;

import io.magicproxy.mcp.Method.Calling;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** {@code resources/…}. */
final class ResourceMethods {
    private final List<ResourceSource> sources;
    private final Listing<McpSchema.Resource> listing;

    ResourceMethods(List<ResourceSource> sources) {
        this.sources = sources;
        this.listing =
                new Listing<>(() -> sources.stream().flatMap(s -> s.resources().stream()).toList());
    }

    /**
     * Runs the actions on changes.
     *
     * @param list of the list
     * @param contents of the resources at these addresses
     */
    void onChange(Runnable list, Consumer<Set<String>> contents) {
        sources.forEach(source ->
                source.onChange(uris -> {
                    if (listing.changed()) {
                        list.run();
                    }
                    contents.accept(uris);
                }));
    }

    McpSchema.ListResourcesResult list(Calling calling) {
        Page<McpSchema.Resource> page = Page.of(listing.now(), calling.params().path("cursor"));
        var result = McpSchema.ListResourcesResult.builder(page.items());
        page.next().ifPresent(result::nextCursor);
        return result.build();
    }

    McpSchema.ListResourceTemplatesResult templates(Calling calling) {
        List<McpSchema.ResourceTemplate> all =
                sources.stream().flatMap(source -> source.templates().stream()).toList();
        Page<McpSchema.ResourceTemplate> page = Page.of(all, calling.params().path("cursor"));
        var result = McpSchema.ListResourceTemplatesResult.builder(page.items());
        page.next().ifPresent(result::nextCursor);
        return result.build();
    }

    McpSchema.ReadResourceResult read(Calling calling) {
        String uri = calling.text("uri");
        return McpSchema.ReadResourceResult.builder(List.of(found(uri))).build();
    }

    private McpSchema.ResourceContents found(String uri) {
        return sources.stream()
                .map(source -> source.read(uri))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> unknown(uri));
    }

    private static McpError unknown(String uri) {
        return Method.error(
                ErrorCodes.RESOURCE_NOT_FOUND,
                "Resource not found; resources/list names those that there are",
                Map.of("uri", uri));
    }

    Map<String, Object> subscribe(Calling calling) {
        String uri = calling.text("uri");
        var _ = found(uri);
        if (!calling.session().subscribe(uri)) {
            throw Method.invalid("the session has too many subscriptions; take some back");
        }
        return Map.of();
    }

    Map<String, Object> unsubscribe(Calling calling) {
        calling.session().unsubscribe(calling.text("uri"));
        return Map.of();
    }

    /** What a variable of a template may be; absent if there is no such template. */
    Optional<List<String>> values(String uriTemplate, String variable) {
        return sources.stream()
                .filter(source ->
                        source.templates().stream()
                                .anyMatch(t -> t.uriTemplate().equals(uriTemplate)))
                .findFirst()
                .map(source -> source.values(uriTemplate, variable));
    }
}
