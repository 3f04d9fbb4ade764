package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.magicproxy.chat.Json;

/** What {@code ctx.react()} says to the model when the pattern gives no structure. */
final class DefaultStructure {
    static final ArrayNode JSON =
            Json.object()
                    .arrayNode()
                    .add(
                            Json.object()
                                    .put("tag", "INSTRUCTIONS")
                                    .put(
                                            "content",
                                            """
                                            {system_instruction}
                                            Work in turns. In each turn write your reasoning in <THOUGHT> tags, then either one <ACTION> or, when you know the answer, the <FINAL_ANSWER>.
                                            {tool_instructions}
                                            Close every tag.\
                                            """))
                    .add(Json.object().put("tag", "TOOLS").put("content", "{tools_list_text}"));

    private DefaultStructure() {}
}
