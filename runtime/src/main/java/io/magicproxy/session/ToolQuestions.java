package io.magicproxy.session;

import io.magicproxy.chat.Json;
import io.magicproxy.pattern.AgentQuestion;
import io.magicproxy.pattern.CallPath;
import java.util.HashMap;
import java.util.Map;

/**
 * The paths of what one call of a tool asks agents. They follow from the questions, not from their
 * order, which may be another one when the call is made again: each finds its own session.
 */
final class ToolQuestions {
    private static final int DIGITS = 7;
    private static final int HEXADECIMAL = 16;

    private final CallPath call;
    private final Map<String, Integer> asked = new HashMap<>();

    ToolQuestions(CallPath call) {
        this.call = call;
    }

    /** A question that is asked again gets another answer. */
    synchronized CallPath path(AgentQuestion question) {
        String hash =
                Trees.hash(
                        Json.object()
                                .put("alias", question.alias())
                                .put("query", question.query())
                                .set("options", question.options()));
        int number = Integer.parseInt(hash.substring(0, DIGITS), HEXADECIMAL);
        return call.child(number).child(asked.merge(hash, 1, Integer::sum));
    }
}
