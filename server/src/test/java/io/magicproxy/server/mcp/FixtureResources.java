package io.magicproxy.server.mcp;

import io.magicproxy.mcp.ResourceSource;
import io.modelcontextprotocol.spec.McpSchema.BlobResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.ResourceContents;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The resources that the conformance suite asks for. */
final class FixtureResources implements ResourceSource {
    private static final Pattern TEMPLATE = Pattern.compile("test://template/([^/]+)/data");

    @Override
    public List<Resource> resources() {
        return List.of(
                resource("static-text", "text/plain"),
                resource("static-binary", "image/png"),
                resource("watched-resource", "text/plain"));
    }

    private static Resource resource(String name, String type) {
        return Resource.builder("test://" + name, name)
                .description("A fixture of the conformance suite.")
                .mimeType(type)
                .build();
    }

    @Override
    public List<ResourceTemplate> templates() {
        return List.of(
                ResourceTemplate.builder("test://template/{id}/data", "template")
                        .description("A fixture of the conformance suite.")
                        .mimeType("application/json")
                        .build());
    }

    @Override
    public Optional<ResourceContents> read(String uri) {
        Matcher template = TEMPLATE.matcher(uri);
        if (template.matches()) {
            return Optional.of(
                    text(
                            uri,
                            "{\"id\":\"%1$s\",\"templateTest\":true,\"data\":\"Data for ID: %1$s\"}"
                                    .formatted(template.group(1)),
                            "application/json"));
        }
        return switch (uri) {
            case "test://static-text" ->
                    Optional.of(
                            text(
                                    uri,
                                    "This is the content of the static text resource.",
                                    "text/plain"));
            case "test://watched-resource" ->
                    Optional.of(text(uri, "Watched resource content", "text/plain"));
            case "test://static-binary" ->
                    Optional.of(
                            BlobResourceContents.builder(uri, FixtureTools.PNG)
                                    .mimeType("image/png")
                                    .build());
            default -> Optional.empty();
        };
    }

    private static ResourceContents text(String uri, String text, String type) {
        return TextResourceContents.builder(uri, text).mimeType(type).build();
    }

    @Override
    public List<String> values(String uriTemplate, String variable) {
        return List.of();
    }

    @Override
    public void onChange(Consumer<Set<String>> action) {
        // They stay.
    }
}
