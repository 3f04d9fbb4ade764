package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.tool.ToolSpec.Effect;

/**
 * A tool as models see it.
 *
 * @param parameters JSON Schema
 * @param effect of a second call; models don't see it
 */
public record ToolInfo(String name, String description, ObjectNode parameters, Effect effect) {}
