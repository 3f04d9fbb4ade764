package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.session.Events.ToolOutcome;
import io.magicproxy.session.Recorder.Call;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.tool.ToolResult.Failed;
import io.magicproxy.tool.ToolSpec.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes tool calls for one run. That a call will be made is recorded before it is: a later worker
 * that finds this and no result knows that the tool may have had its effect.
 */
final class ToolCalls {
    /** Entries of this kind have no result of their own. */
    static final String INTENT = "intent";

    private final RunLog log;
    private final Recorder recorder;
    private final JournaledCalls.Outside outside;

    /**
     * What is recorded before a call.
     *
     * @param key the same for each try
     * @param earlier whether another worker may have made the call
     */
    private record Intent(String key, Effect effect, boolean earlier) {}

    ToolCalls(RunLog log, Recorder recorder, JournaledCalls.Outside outside) {
        this.log = log;
        this.recorder = recorder;
        this.outside = outside;
    }

    /** A recorded result comes back at once. */
    JsonNode call(CallPath path, String name, ObjectNode arguments) throws CallFailed {
        var call = new Call(path, "tool", name, arguments);
        Optional<JsonNode> known = recorder.known(call);
        if (known.isPresent()) {
            return known.get();
        }
        Instant begun = log.now();
        try {
            JsonNode result = made(call, arguments);
            recorder.succeeded(
                    call, result, List.of(end(call, begun, Optional.of(result), Optional.empty())));
            return result;
        } catch (CallFailed e) {
            throw recorder.failed(
                    call, e, List.of(end(call, begun, Optional.empty(), Optional.of(e))));
        }
    }

    private JsonNode made(Call call, ObjectNode arguments) throws CallFailed {
        Optional<ToolInfo> tool = outside.tool(call.target());
        if (tool.isEmpty()) {
            log.tell(Events.toolStart(call.path(), call.target(), arguments));
            throw CallFailed.of("unknown_tool", unknown(call.target()));
        }
        Intent intent = intent(call, arguments, tool.get().effect());
        if (intent.earlier() && intent.effect() == Effect.ONCE) {
            Failed unknown = Failed.outcomeUnknown(call.target(), "the gateway stopped");
            throw CallFailed.of(unknown.code(), unknown.message());
        }
        return outside.tool(call.path(), intent.key(), call.target(), arguments);
    }

    private Intent intent(Call call, ObjectNode arguments, Effect effect) throws CallFailed {
        var entry = new Call(call.path().child(0), INTENT, call.target(), arguments);
        Optional<JsonNode> known = recorder.intent(entry);
        if (known.isPresent()) {
            JsonNode json = known.get();
            return new Intent(json.path("key").asText(), effect(json.path("effect")), true);
        }
        var intent = new Intent(outside.key(call.path()), effect, false);
        recorder.intend(
                entry,
                Json.object().put("key", intent.key()).put("effect", effect.label()),
                List.of(Events.toolStart(call.path(), call.target(), arguments)));
        return intent;
    }

    /** As it is written in journals; what an older one doesn't say is taken for the worst. */
    static Effect effect(JsonNode name) {
        for (Effect effect : Effect.values()) {
            if (effect.label().equals(name.asText())) {
                return effect;
            }
        }
        return Effect.ONCE;
    }

    private EventDraft end(
            Call call, Instant begun, Optional<JsonNode> result, Optional<CallFailed> error) {
        return Events.toolEnd(
                call.path(),
                call.target(),
                new ToolOutcome(result, error),
                Duration.between(begun, log.now()),
                log.epoch());
    }

    private String unknown(String name) {
        Set<String> names = outside.tools();
        return "there is no tool \""
                + name
                + "\""
                + DidYouMean.hint(name, names)
                + "; there are: "
                + (names.isEmpty() ? "none" : String.join(", ", names));
    }
}
