package io.magicproxy.pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.PatternCalls.Composition;
import io.magicproxy.pattern.PatternCalls.Settled;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Turns what a guest asks for by {@code ctx} into calls of the session. */
final class GuestBridge implements HostCalls {
    /** As the prelude counts: numbers of branches and calls; only we use slashes. */
    private static final Pattern PATH = Pattern.compile("[0-9]{1,9}(:[0-9]{1,9}){0,40}");

    private static final Pattern PREFIX = Pattern.compile("([0-9]{1,9}:){0,40}");

    private final PatternCalls calls;
    private final GuestOperations operations;
    private final PatternInput input;
    private final StringBuilder answer = new StringBuilder();
    private boolean answered;

    GuestBridge(PatternCalls calls, PatternInput input) {
        this.calls = calls;
        this.input = input;
        this.operations = new GuestOperations(calls, input);
    }

    /** What the pattern returned, as its answer. */
    PatternAnswer answer(String text) {
        return operations.answer(text);
    }

    /** What was said with {@code ctx.answer}. */
    synchronized Optional<String> answered() {
        return answered ? Optional.of(answer.toString()) : Optional.empty();
    }

    @Override
    public void call(HostCall call, Consumer<HostReply> reply) {
        ObjectNode value = read(call);
        String path = value.path("path").asText();
        if (!PATH.matcher(path).matches()) {
            reply.accept(new HostReply.Failed("bad_call", "the call has no path", input.time()));
            return;
        }
        var at = new CallPath(path);
        Composition work = operations.of(call.op(), at, value);
        calls.start(at, work, settled -> reply.accept(reply(settled)));
    }

    @Override
    public void tell(HostCall call) {
        ObjectNode value = read(call);
        String prefix = value.path("path").asText();
        if (call.op().equals("print") || !PREFIX.matcher(prefix).matches()) {
            return;
        }
        Optional<Saying> saying = saying(call.op(), value);
        try {
            if (saying.isPresent()) {
                if (saying.get() instanceof Saying.Answer said) {
                    keep(said.text());
                }
                calls.say(new CallPath(prefix), value.path("n").asInt(), saying.get());
            }
        } catch (CallFailed e) {
            // The guest's next call is told the same, and there it can be stopped.
        }
    }

    private synchronized void keep(String text) {
        answered = true;
        answer.append(text);
    }

    private static Optional<Saying> saying(String op, JsonNode value) {
        return switch (op) {
            case "thought" -> Optional.of(new Saying.Thought(value.path("text").asText()));
            case "step" -> Optional.of(new Saying.Step(value.path("title").asText()));
            case "answer" -> Optional.of(new Saying.Answer(value.path("text").asText()));
            case "emit" ->
                    Optional.of(new Saying.Custom(value.path("name").asText(), value.path("data")));
            default -> Optional.empty();
        };
    }

    private static HostReply reply(Settled settled) {
        return switch (settled) {
            case Settled.Done done -> new HostReply.Answer(Json.text(done.value()), done.time());
            case Settled.Failed failed ->
                    failed.why().ended()
                            ? new HostReply.Stop(failed.time())
                            : new HostReply.Failed(
                                    failed.why().code(), failed.why().text(), failed.time());
        };
    }

    private static ObjectNode read(HostCall call) {
        try {
            return Json.read(call.value()) instanceof ObjectNode object ? object : Json.object();
        } catch (JsonProcessingException e) {
            return Json.object();
        }
    }

    static ArrayNode array(JsonNode node) {
        return node instanceof ArrayNode array ? array : Json.object().arrayNode();
    }

    static ObjectNode object(JsonNode node) {
        return node instanceof ObjectNode object ? object : Json.object();
    }
}
