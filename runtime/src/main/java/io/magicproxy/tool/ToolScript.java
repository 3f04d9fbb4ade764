package io.magicproxy.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.sandbox.ScriptBundle;

/**
 * A tool that has been loaded: one version of one file.
 *
 * @param parameters the JSON Schema of its arguments
 */
public record ToolScript(
        String name, ScriptBundle bundle, String description, ObjectNode parameters) {}
