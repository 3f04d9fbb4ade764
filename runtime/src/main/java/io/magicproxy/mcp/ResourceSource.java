package io.magicproxy.mcp;

import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Where resources come from. What it offers changes live. */
public interface ResourceSource {
    /** In a stable order. */
    List<McpSchema.Resource> resources();

    List<McpSchema.ResourceTemplate> templates();

    /** Absent if the address is none of its own. */
    Optional<McpSchema.ResourceContents> read(String uri);

    /** What a variable of one of its templates may be. */
    List<String> values(String uriTemplate, String variable);

    /** Is told which addresses have other contents now. Must be quick. */
    void onChange(Consumer<Set<String>> action);
}
