package io.magicproxy.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a tool's arguments must fit: a JSON Schema, checked itself. */
public final class ToolSchema {
    private final ObjectNode json;
    private final SchemaCheck check;

    /**
     * @throws IllegalArgumentException for what is no schema; the message is for its author
     */
    public ToolSchema(ObjectNode json) {
        this.json = json.deepCopy();
        this.check = new SchemaCheck(this.json);
    }

    public ObjectNode json() {
        return json.deepCopy();
    }

    /** What doesn't fit, for whoever made the arguments; "" if all does. */
    public String problem(ObjectNode arguments) {
        String problem = check.problem(arguments);
        return problem.isEmpty()
                ? ""
                : problem
                        + (problem.endsWith("?") ? " " : ". ")
                        + "The tool takes "
                        + SchemaText.of(json);
    }
}
