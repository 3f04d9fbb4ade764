package io.magicproxy.provider.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ToolDefinition;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;

/** One turn of a run with tags: thinks, then acts or answers, in the tags that the prompt names. */
final class TaggedAnswer {
    private final Tags tags;
    private final TaggedRun run;
    private final List<ToolDefinition> tools;

    /**
     * @param given the request's own tools, for a prompt that lists none
     */
    TaggedAnswer(Tags tags, TaggedRun run, List<ToolDefinition> given) {
        this.tags = tags;
        this.run = run;
        List<ToolDefinition> listed = PromptTools.in(run.prompt());
        this.tools = listed.isEmpty() ? given : listed;
    }

    String text() {
        if (!tags.has(Tags.ACTION) || run.mustAnswer()) {
            return answer();
        }
        if (tags.stages() && !run.hasEndedStage()) {
            return turn("the first stage is done, on to the next one", "");
        }
        if (run.hasUsedTool()) {
            return answer();
        }
        return new ToolChooser(run.question())
                .fitting(tools)
                .map(this::action)
                .orElseGet(this::answer);
    }

    private String action(ToolDefinition tool) {
        ObjectNode call = Json.object().put("tool_name", tool.name());
        call.set("arguments", new Arguments(run.question()).of(tool));
        return turn("the tool " + tool.name() + " fits", Json.text(call));
    }

    private String turn(String thought, String action) {
        StringJoiner text = new StringJoiner("\n");
        List<String> before = tags.beforeAction();
        before.forEach(tag -> text.add(filled(tag, thought)));
        if (before.isEmpty()) {
            text.add(Answer.LABEL.strip()); // nothing else would say so
        }
        return text.add(in(Tags.ACTION, action)).toString();
    }

    private String answer() {
        StringJoiner text = new StringJoiner("\n");
        String thought =
                run.observation()
                        .map(seen -> "the tool has answered \"" + Quote.brief(seen) + "\"")
                        .orElse("this needs no tool");
        tags.beforeAnswer(!run.turns().isEmpty()).forEach(tag -> text.add(filled(tag, thought)));
        return text.add(tags.has(Tags.FINAL_ANSWER) ? in(Tags.FINAL_ANSWER, result()) : result())
                .toString();
    }

    private String filled(String tag, String thought) {
        return in(
                tag,
                switch (tag) {
                    case Tags.THOUGHT ->
                            Answer.LABEL + "The question is \"" + asked() + "\"; " + thought + ".";
                    case Tags.DRAFT -> Answer.LABEL + "A draft: " + body();
                    default ->
                            Answer.LABEL
                                    + "My "
                                    + tag.toLowerCase(Locale.ROOT).replace('_', ' ')
                                    + " for \""
                                    + asked()
                                    + "\".";
                });
    }

    private String result() {
        return Answer.LABEL + body();
    }

    private String body() {
        Optional<String> seen = run.observation();
        return seen.isPresent()
                ? "You asked: \"" + asked() + "\". The tool's answer is: " + Quote.brief(seen.get())
                : "You asked: \""
                        + asked()
                        + "\". I am a deterministic pretend model and know no answer of my own.";
    }

    private String asked() {
        return Quote.brief(run.question().text());
    }

    private static String in(String tag, String text) {
        return "<" + tag + ">" + text + "</" + tag + ">";
    }
}
