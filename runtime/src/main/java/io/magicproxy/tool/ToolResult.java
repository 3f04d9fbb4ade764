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
     *     tool_limit}, {@code not_allowed}, {@code busy}, {@code cancelled}, {@value #UNAVAILABLE},
     *     {@value #OUTCOME_UNKNOWN}, or that of what the tool asked for
     * @param message what was wrong, and what would be right
     */
    record Failed(String code, String message) implements ToolResult {
        /** The tool may have had its effect, and is not called again. */
        public static final String OUTCOME_UNKNOWN = "outcome_unknown";

        /** The server that has the tool is away; it may come back. */
        public static final String UNAVAILABLE = "tool_unavailable";

        /**
         * For a call that is not made again.
         *
         * @param why nobody knows
         */
        public static Failed outcomeUnknown(String tool, String why) {
            return new Failed(
                    OUTCOME_UNKNOWN,
                    "outcome unknown: "
                            + why
                            + " while "
                            + tool
                            + " was at work, and it may have had its effect; it is not called again."
                            + " Find out what has happened before you go on");
        }
    }

    /** Given up: it may or may not have had its effect. */
    record TimedOut(Duration after) implements ToolResult {}
}
