package io.magicproxy.tool;

import io.magicproxy.chat.Json;
import io.magicproxy.telemetry.ToolSpan;
import java.util.function.Function;

/** A call in a span of its own; what the tool asks of others meanwhile is below it. */
record WitnessedCall(ToolInvoker.Settings settings, Tool tool, ToolCall call) {
    ToolResult made(Function<ToolCall, ToolResult> work) {
        if (!settings.witness().spans().on()) {
            return work.apply(call);
        }
        try (ToolSpan span =
                settings.witness()
                        .spans()
                        .tool(tool.spec().name(), call.id(), tool.origin().source())) {
            if (span.content()) {
                span.arguments(settings.mask().apply(Json.text(call.arguments())));
            }
            ToolResult result = work.apply(call.withAgents(below(span)));
            tell(span, result);
            return result;
        }
    }

    /** Scripts ask on threads of their own. */
    private ToolCall.Agents below(ToolSpan span) {
        return (alias, query, options, cancellation) ->
                span.trace().get(() -> call.agents().ask(alias, query, options, cancellation));
    }

    private static void tell(ToolSpan span, ToolResult result) {
        switch (result) {
            case ToolResult.Ok(var value) -> {
                if (span.content()) {
                    span.result(Json.text(value));
                }
            }
            case ToolResult.Failed(var code, _) -> span.failed(code);
            case ToolResult.TimedOut _ -> span.failed("timeout");
        }
    }

    /** As it is counted. */
    static String outcome(ToolResult result) {
        return switch (result) {
            case ToolResult.Ok _ -> "ok";
            case ToolResult.Failed _ -> "failed";
            case ToolResult.TimedOut _ -> "timed_out";
        };
    }
}
