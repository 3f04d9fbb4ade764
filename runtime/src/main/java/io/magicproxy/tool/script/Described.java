package io.magicproxy.tool.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a tool's file says of itself.
 *
 * @param parameters JSON Schema, perhaps none
 * @param call how the prelude calls its function
 * @param manifest as it is exported
 */
record Described(String description, JsonNode parameters, ObjectNode call, JsonNode manifest) {}
