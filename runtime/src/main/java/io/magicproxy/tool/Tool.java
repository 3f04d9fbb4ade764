package io.magicproxy.tool;

/** One version of one tool. */
public interface Tool {
    ToolSpec spec();

    /** Calls it; the arguments fit its schema. Blocks. */
    ToolResult call(ToolCall call);
}
