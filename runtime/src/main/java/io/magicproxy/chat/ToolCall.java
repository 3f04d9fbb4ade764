package io.magicproxy.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A model's wish to call a tool.
 *
 * @param arguments JSON text as the model wrote it, which may be wrong
 * @param rest unknown fields, and {@code extra_content.google.thought_signature}
 */
public record ToolCall(String id, String name, String arguments, ObjectNode rest) {}
