package io.magicproxy.pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.upstream.Cancellation;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a pattern to its answer. */
public final class PatternRunner {
    private final ScriptRuntime runtime;
    private final SandboxLimits limits;

    public PatternRunner(ScriptRuntime runtime, SandboxLimits limits) {
        this.runtime = runtime;
        this.limits = limits;
    }

    /**
     * Runs it. Blocks.
     *
     * @param runId names the run in the script's host
     * @return the answer's text
     */
    public String run(
            String runId,
            PatternScript pattern,
            PatternInput input,
            PatternCalls calls,
            Cancellation cancellation)
            throws CallFailed, ScriptException {
        return answer(runId, pattern, input, calls, cancellation).text();
    }

    /** Runs it to its answer, which has the form that the caller wants. Blocks. */
    public PatternAnswer answer(
            String runId,
            PatternScript pattern,
            PatternInput input,
            PatternCalls calls,
            Cancellation cancellation)
            throws CallFailed, ScriptException {
        PatternAnswer answer =
                pattern.structure().isPresent()
                        ? loop(pattern.structure().get(), input, calls)
                        : script(runId, pattern, input, calls, cancellation);
        return new AnswerWriter(calls, input).written(answer);
    }

    private static PatternAnswer loop(JsonNode structure, PatternInput input, PatternCalls calls)
            throws CallFailed {
        return new ReactLoop(
                        calls, PromptStructure.of(structure), input, new CallPath(""), Shown.ANSWER)
                .run();
    }

    private PatternAnswer script(
            String runId,
            PatternScript pattern,
            PatternInput input,
            PatternCalls calls,
            Cancellation cancellation)
            throws CallFailed, ScriptException {
        var bridge = new GuestBridge(calls, input);
        String result =
                runtime.run(
                        new GuestRun(
                                runId,
                                pattern.bundle(),
                                Preludes.CTX,
                                "run",
                                Json.text(guestInput(input)),
                                input.seed(),
                                input.time(),
                                limits,
                                cancellation),
                        bridge);
        return bridge.answer(text(result, bridge));
    }

    /** What the script returned; if that is nothing, what it said with {@code ctx.answer}. */
    private static String text(String result, GuestBridge bridge) throws CallFailed {
        JsonNode value;
        try {
            value = Json.read(result);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the sandbox gives JSON", e);
        }
        if (value.isTextual()) {
            return value.asText();
        }
        if (value.isNull() || value.isMissingNode()) {
            return bridge.answered()
                    .orElseThrow(() ->
                            CallFailed.of(
                                    "no_answer",
                                    "the pattern ended without an answer: return it from run, or call ctx.answer(text)"));
        }
        return value.path("answer").isTextual() ? value.path("answer").asText() : Json.text(value);
    }

    private static ObjectNode guestInput(PatternInput input) {
        ObjectNode json = Json.object().put("query", input.query());
        json.set("history", input.history());
        json.set("attachments", input.attachments());
        json.set("params", input.params());
        json.putObject("session").put("id", input.sessionId()).put("alias", input.alias());
        var tools = json.putArray("tools");
        for (ToolInfo tool : input.tools()) {
            tools.addObject()
                    .put("name", tool.name())
                    .put("description", tool.description())
                    .set("parameters", tool.parameters());
        }
        var words = json.putObject("instructions");
        var given = input.instructions();
        words.put("client", joined(given.client(), given.clientManifests()));
        words.put("server", joined(given.server(), given.manifests()));
        return json;
    }

    /** An instruction and its manifests. */
    private static String joined(String first, List<String> others) {
        return Stream.concat(Stream.of(first), others.stream())
                .filter(text -> !text.isBlank())
                .collect(Collectors.joining("\n\n"));
    }
}
