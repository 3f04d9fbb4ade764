package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;

/** Has a model write a pattern's answer again, in the form that the caller wants. */
final class AnswerWriter {
    /** No call of a pattern has such a path. */
    private static final CallPath PATH = new CallPath("answer");

    private static final String TASK =
            "Write this answer again in the format that is asked for: the format alone, nothing before or after it. "
                    + "Keep its meaning; add nothing.";

    private final PatternCalls calls;
    private final PatternInput input;
    private final AnswerForm form;

    AnswerWriter(PatternCalls calls, PatternInput input) {
        this.calls = calls;
        this.input = input;
        this.form = new AnswerForm(input.finalOptions());
    }

    /** The answer, as it is if it fits. */
    PatternAnswer written(PatternAnswer answer) throws CallFailed {
        if (form.fits(answer.text())) {
            return answer;
        }
        ObjectNode options = input.options().deepCopy();
        options.setAll(form.all());
        ModelAnswer written =
                calls.model(
                        PATH,
                        new ModelQuestion(
                                input.alias(), messages(answer.text()), options, "Answer's format"),
                        ModelWatcher.answer());
        return PatternAnswer.of(written.text(), written.finish());
    }

    private ArrayNode messages(String answer) {
        ArrayNode messages = Json.object().arrayNode();
        messages.addObject().put("role", "user").put("content", input.query());
        messages.addObject().put("role", "assistant").put("content", answer);
        messages.addObject().put("role", "user").put("content", TASK);
        return messages;
    }
}
