package io.magicproxy.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A function that the model may call.
 *
 * @param parameters JSON Schema of the arguments; absent for a function without any
 * @param rest unknown fields of the tool and of its function, {@code cache_control} among them
 */
public record ToolDefinition(
        String name,
        Optional<String> description,
        Optional<ObjectNode> parameters,
        Optional<Boolean> strict,
        ObjectNode rest) {}
