package io.magicproxy.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** What came of a call. All of it can be shown to the model that asked. */
public sealed interface ToolResult {
    record Ok(JsonNode value) implements ToolResult {}

    /**
     * No result.
     *
     * @param code {@code invalid_arguments}, {@code unknown_tool}, {@code tool_error}, {@code
     *     tool_limit}, {@code not_allowed}, {@code busy}, {@code cancelled}, or the tool's own
     * @param message what was wrong, and what would be right
     */
    record Failed(String code, String message) implements ToolResult {}

    /** Given up: it may or may not have had its effect. */
    record TimedOut(Duration after) implements ToolResult {}
}
