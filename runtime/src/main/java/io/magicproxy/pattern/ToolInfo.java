package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A tool as models see it.
 *
 * @param parameters JSON Schema
 */
public record ToolInfo(String name, String description, ObjectNode parameters) {}
