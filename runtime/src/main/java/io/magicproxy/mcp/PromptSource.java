package io.magicproxy.mcp;

import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;

/** Where prompts come from. What it offers changes live. */
public interface PromptSource {
    /** In a stable order. */
    List<Offered> prompts();

    /** The action is run after each change of what is offered; it must be quick. */
    void onChange(Runnable action);

    /** A prompt. */
    interface Offered {
        McpSchema.Prompt prompt();

        /** Its messages; what is required is among the arguments. */
        List<McpSchema.PromptMessage> messages(Map<String, String> arguments);

        /** What an argument may be. */
        List<String> values(String argument);
    }
}
