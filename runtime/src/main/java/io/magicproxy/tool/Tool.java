package io.magicproxy.tool;

/** One version of one tool. */
public interface Tool {
    ToolSpec spec();

    /** Calls it; the arguments fit its schema. Blocks. */
    ToolResult call(ToolCall call);

    /** Where it comes from, for people. */
    default Origin origin() {
        return new Origin("", "");
    }

    /**
     * Where a tool comes from.
     *
     * @param source such as a file's name or a server's; "" if there is none to name
     * @param version "" if it has none
     */
    record Origin(String source, String version) {}
}
