package io.magicproxy.tool;

import io.magicproxy.chat.Json;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.telemetry.Spans;
import io.magicproxy.tool.ToolResult.Failed;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Makes calls of tools: checks the arguments, keeps the tool's limits, and what comes back small.
 */
public final class ToolInvoker {
    private final ToolSource tools;
    private final Settings settings;
    private final Map<String, Places> places = new ConcurrentHashMap<>();

    /**
     * What holds for every tool.
     *
     * @param maxResult characters of a result, as JSON
     * @param mask takes secrets out of a text
     * @param witness is told of each call
     */
    public record Settings(int maxResult, UnaryOperator<String> mask, Witness witness) {
        /** Without a witness. */
        public Settings(int maxResult, UnaryOperator<String> mask) {
            this(maxResult, mask, new Witness(Spans.off(), (_, _, _) -> {}));
        }
    }

    /**
     * Who is told of calls.
     *
     * @param counts is told of each that was made
     */
    public record Witness(Spans spans, Counts counts) {}

    /** Counts calls. */
    @FunctionalInterface
    public interface Counts {
        /**
         * A call was made.
         *
         * @param outcome {@code ok}, {@code failed} or {@code timed_out}
         */
        void called(String tool, String outcome, Duration took);
    }

    public ToolInvoker(ToolSource tools, Settings settings) {
        this.tools = tools;
        this.settings = settings;
    }

    /** What tells of calls. */
    public Spans spans() {
        return settings.witness().spans();
    }

    public ToolSource tools() {
        return tools;
    }

    /** Calls the tool of this name, as it is now. Blocks. */
    public ToolResult call(String name, ToolCall call) {
        Optional<Tool> tool = tools.find(name);
        if (tool.isEmpty()) {
            return unknown(name);
        }
        long start = System.nanoTime();
        var seen = new WitnessedCall(settings, tool.get(), call);
        ToolResult result = seen.made(within -> checked(tool.get(), within));
        settings.witness()
                .counts()
                .called(
                        name,
                        WitnessedCall.outcome(result),
                        Duration.ofNanos(System.nanoTime() - start));
        return result;
    }

    private ToolResult checked(Tool tool, ToolCall call) {
        String problem = tool.spec().parameters().problem(call.arguments());
        if (!problem.isEmpty()) {
            return new Failed(
                    "invalid_arguments", "the arguments don't fit the tool's schema: " + problem);
        }
        return placed(tool, call);
    }

    private Failed unknown(String name) {
        Optional<String> away = tools.absence(name);
        if (away.isPresent()) {
            return new Failed(
                    Failed.UNAVAILABLE,
                    settings.mask().apply(away.get()) + "; try again later, or go on without it");
        }
        List<String> names = tools.tools().stream().map(tool -> tool.spec().name()).toList();
        return new Failed(
                "unknown_tool",
                "there is no tool \""
                        + name
                        + "\""
                        + DidYouMean.hint(name, names)
                        + "; there are: "
                        + (names.isEmpty() ? "none" : String.join(", ", names)));
    }

    /** The time in which a tool must give its result begins when it has a place. */
    private ToolResult placed(Tool tool, ToolCall call) {
        ToolSpec.Conduct conduct = tool.spec().conduct();
        Places places = places(tool.spec());
        try {
            if (!taken(places, conduct, call.cancellation())) {
                return call.cancellation().reason().isPresent() ? givenUp() : busy(conduct);
            }
            try {
                return kept(within(tool, conduct, call));
            } finally {
                places.giveBack();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return givenUp();
        }
    }

    private static boolean taken(Places places, ToolSpec.Conduct conduct, Cancellation outer)
            throws InterruptedException {
        var waiting = new Cancellation(shorter(conduct.timeout(), outer));
        try (var _ = outer.onCancel(() -> giveUp(waiting, outer))) {
            return places.take(waiting);
        }
    }

    private static ToolResult within(Tool tool, ToolSpec.Conduct conduct, ToolCall call) {
        Cancellation outer = call.cancellation();
        var limit = new Cancellation(shorter(conduct.timeout(), outer));
        try (var _ = outer.onCancel(() -> giveUp(limit, outer))) {
            return tool.call(call.within(limit));
        }
    }

    private static void giveUp(Cancellation call, Cancellation outer) {
        call.cancel(outer.reason().orElse(Cancellation.Reason.CLIENT_GONE));
    }

    private static Failed givenUp() {
        return new Failed("cancelled", "the call was given up");
    }

    private static Failed busy(ToolSpec.Conduct conduct) {
        return new Failed(
                "busy",
                conduct.concurrency()
                        + " calls of this tool were under way for as long as a call may take ("
                        + conduct.timeout().toSeconds()
                        + " s); try again later");
    }

    private static Duration shorter(Duration timeout, Cancellation outer) {
        Duration left = outer.remaining().orElse(timeout);
        return left.compareTo(timeout) < 0 ? left : timeout;
    }

    /** The same places as long as the tool allows the same number of calls. */
    private Places places(ToolSpec spec) {
        int count = spec.conduct().concurrency();
        return places.compute(
                spec.name(),
                (_, old) -> old != null && old.count() == count ? old : new Places(count));
    }

    private ToolResult kept(ToolResult result) {
        return switch (result) {
            case ToolResult.Ok(var value) -> {
                String text = Json.text(value);
                if (text.length() > settings.maxResult()) {
                    yield new Failed(
                            "tool_limit",
                            "the result has "
                                    + text.length()
                                    + " characters, "
                                    + settings.maxResult()
                                    + " are allowed; ask for less");
                }
                yield new ToolResult.Ok(Masked.in(value, settings.mask()));
            }
            case Failed(var code, var message) -> new Failed(code, settings.mask().apply(message));
            case ToolResult.TimedOut timedOut -> timedOut;
        };
    }
}
