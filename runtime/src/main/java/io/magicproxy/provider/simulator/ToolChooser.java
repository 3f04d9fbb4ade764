package io.magicproxy.provider.simulator;

import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.chat.ToolChoice;
import io.magicproxy.chat.ToolDefinition;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/** Picks the tool that fits a question best. */
final class ToolChooser {
    static final Pattern CALCULATOR =
            Pattern.compile("(?i)calc|math|arithm|eval|comput|expression");
    static final Pattern CLOCK = Pattern.compile("(?i)time|date|clock|now\\b|today");
    private static final Pattern SEARCH =
            Pattern.compile("(?i)search|web|lookup|look_up|browse|wiki|retriev|find|knowledge");

    private final Question question;

    ToolChooser(Question question) {
        this.question = question;
    }

    /** The call that the model makes, as the caller lets it choose. */
    Optional<ToolCall> call(List<ToolDefinition> tools, ToolChoice choice)
            throws MalformedRequestException {
        return switch (choice) {
            case ToolChoice.None _ -> Optional.empty();
            case ToolChoice.Auto _ -> fitting(tools).map(this::call);
            case ToolChoice.Required _ ->
                    Optional.of(call(fitting(tools).orElse(first(tools, "tools must name one"))));
            case ToolChoice.Function(String name) ->
                    Optional.of(
                            call(
                                    first(
                                            tools.stream()
                                                    .filter(t -> t.name().equals(name))
                                                    .toList(),
                                            "names \"" + name + "\", which is not among tools")));
        };
    }

    private static ToolDefinition first(List<ToolDefinition> tools, String otherwise)
            throws MalformedRequestException {
        if (tools.isEmpty()) {
            throw new MalformedRequestException("tool_choice", otherwise);
        }
        return tools.getFirst();
    }

    private ToolCall call(ToolDefinition tool) {
        String arguments = Json.text(new Arguments(question).of(tool));
        String id = HexFormat.of().toHexDigits((tool.name() + arguments).hashCode());
        return new ToolCall("call_sim_" + id, tool.name(), arguments, Json.object());
    }

    /** The tool for what the question asks; the first one of those that fit equally. */
    Optional<ToolDefinition> fitting(List<ToolDefinition> tools) {
        return best(tools, t -> question.names(t.name()) ? 1 : 0)
                .or(() ->
                        question.arithmetic().isPresent()
                                ? best(tools, t -> score(t, CALCULATOR))
                                : Optional.empty())
                .or(() ->
                        question.asksForTime()
                                ? best(tools, t -> score(t, CLOCK))
                                : Optional.empty())
                .or(() -> best(tools, this::overlap))
                .or(() ->
                        question.needsSearch()
                                ? best(tools, t -> matches(t.name(), SEARCH))
                                : Optional.empty());
    }

    private static Optional<ToolDefinition> best(
            List<ToolDefinition> tools, ToLongFunction<ToolDefinition> score) {
        // Of equals max gives the last one.
        return tools.reversed().stream()
                .filter(tool -> score.applyAsLong(tool) > 0)
                .max(Comparator.comparingLong(score));
    }

    /** The name says more than the parameters do, and those more than the description. */
    private static long score(ToolDefinition tool, Pattern kind) {
        String parameters = tool.parameters().map(p -> p.path("properties").toString()).orElse("");
        return 4 * matches(tool.name(), kind)
                + 2 * matches(parameters, kind)
                + matches(tool.description().orElse(""), kind);
    }

    private static long matches(String text, Pattern kind) {
        return kind.matcher(text).find() ? 1 : 0;
    }

    private long overlap(ToolDefinition tool) {
        if (matches(tool.name(), CALCULATOR) > 0) {
            return 0; // there is nothing to calculate
        }
        String name = tool.name().replaceAll("[_.-]+", " ");
        return 2 * question.inCommon(name) + question.inCommon(tool.description().orElse(""));
    }
}
