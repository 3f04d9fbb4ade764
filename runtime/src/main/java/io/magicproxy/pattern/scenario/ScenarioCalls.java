package io.magicproxy.pattern.scenario;

import static io.magicproxy.scenario.Written.given;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.AgentAnswer;
import io.magicproxy.pattern.AgentQuestion;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.pattern.ModelAnswer;
import io.magicproxy.pattern.ModelQuestion;
import io.magicproxy.pattern.ModelWatcher;
import io.magicproxy.pattern.PatternCalls;
import io.magicproxy.pattern.Saying;
import io.magicproxy.scenario.Trace;
import io.magicproxy.scenario.Written;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * The session of a scenario: recorded results, one call at a time, a clock that only calls move.
 */
final class ScenarioCalls implements PatternCalls, AutoCloseable {
    static final Instant BEGIN = Instant.parse("2026-01-01T12:00:00Z");

    private final Scenario scenario;
    private final Recording recording;
    private final Trace trace = new Trace();
    private final Watched watched = new Watched(trace);
    private final Scratch scratch = new Scratch();
    private final Turns turns = new Turns();
    private final ExecutorService worker =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("scenario").factory());
    private Instant now = BEGIN;

    ScenarioCalls(Scenario scenario) {
        this.scenario = scenario;
        this.recording = new Recording(scenario.calls(), trace);
    }

    Recording recording() {
        return recording;
    }

    Trace trace() {
        return trace;
    }

    Watched watched() {
        return watched;
    }

    @Override
    public void close() {
        worker.close();
    }

    @Override
    public ModelAnswer model(CallPath path, ModelQuestion question, ModelWatcher watcher)
            throws CallFailed {
        return inTurn(
                path,
                () -> {
                    Scenario.ModelCall call = recording.model(path, question);
                    ModelAnswer answer = Streamed.answer(call, watcher.begin(watched::see));
                    trace.add(
                            "  gives "
                                    + Trace.head(
                                            answer.text().isEmpty()
                                                    ? Json.text(answer.message())
                                                    : answer.text()));
                    return answer;
                });
    }

    @Override
    public JsonNode tool(CallPath path, String name, ObjectNode arguments) throws CallFailed {
        return inTurn(
                path,
                () -> {
                    List<String> known =
                            scenario.tools().stream().map(Scenario.Tool::name).toList();
                    if (!known.contains(name)) {
                        recording.asked(path + " unknown tool " + name);
                        trace.add("tool  " + name + " is unknown");
                        throw CallFailed.of(
                                "unknown_tool",
                                "there is no tool \""
                                        + name
                                        + "\"; there are: "
                                        + String.join(", ", known));
                    }
                    JsonNode result = recording.tool(path, name, arguments).result();
                    trace.add("  gives " + Trace.head(Json.text(result)));
                    return result;
                });
    }

    @Override
    public AgentAnswer agent(CallPath path, AgentQuestion question) throws CallFailed {
        return inTurn(
                path,
                () -> {
                    String answer = Written.text(recording.agent(path, question).answer());
                    trace.add("  gives " + Trace.head(answer));
                    return new AgentAnswer(answer, "agent-" + path);
                });
    }

    @Override
    public void sleep(CallPath path, long millis) {
        recording.asked(path + " sleep " + millis);
        pass(millis);
    }

    @Override
    public synchronized JsonNode state(CallPath path, ObjectNode operation) throws CallFailed {
        recording.asked(path + " state " + operation);
        return scratch.apply(operation);
    }

    @Override
    public JsonNode budget(CallPath path) {
        recording.asked(path + " budget");
        ObjectNode left = Json.object().put("steps", scenario.input().maxSteps());
        left.put("tokens", 1_000_000).put("seconds", 3_600);
        left.putObject("used").put("tokens", 0).put("cost", 0).put("calls", 0);
        return left;
    }

    @Override
    public JsonNode composed(CallPath path, String kind, JsonNode request, Composition work)
            throws CallFailed {
        if (kind.equals("parallel")) {
            turns.begin(path);
        }
        return inTurn(path, work::run);
    }

    @Override
    public void start(CallPath path, Composition work, Consumer<Settled> settled) {
        var _ = worker.submit(() -> settled.accept(settle(path, work)));
    }

    private Settled settle(CallPath path, Composition work) {
        try {
            JsonNode result = work.run();
            return new Settled.Done(result, pass(1_000));
        } catch (CallFailed e) {
            return new Settled.Failed(e, pass(1_000));
        } catch (RuntimeException e) {
            recording.problem("the call at " + path + " broke: " + e);
            return new Settled.Failed(CallFailed.ended("internal", e.toString()), pass(1_000));
        }
    }

    @Override
    public void say(CallPath path, int n, Saying saying) {
        watched.see(saying);
    }

    private synchronized Instant pass(long millis) {
        now = now.plusMillis(millis);
        return now;
    }

    /** A piece of work with a result. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws CallFailed;
    }

    private <T> T inTurn(CallPath path, Work<T> work) throws CallFailed {
        turns.await(path);
        try {
            return work.run();
        } finally {
            turns.done(path);
        }
    }

    /** Tells a watcher the recorded answer piece by piece, as a provider would. */
    private static final class Streamed {
        private static final int[] PIECES = {1, 7, 3, 12, 2, 5};

        static ModelAnswer answer(Scenario.ModelCall call, ModelWatcher.Attempt attempt) {
            ObjectNode message =
                    call.message() instanceof ObjectNode object && given(object)
                            ? object.deepCopy()
                            : Json.object().put("content", Written.text(call.text()));
            message.put("role", "assistant");
            if (given(call.reasoning())) {
                message.put("reasoning_content", Written.text(call.reasoning()));
            }
            String reasoning = message.path("reasoning_content").asText("");
            if (!reasoning.isEmpty()) {
                attempt.reasoning(reasoning);
            }
            if (message.path("content").isTextual()) {
                message.put("content", streamed(message.path("content").asText(), attempt));
            }
            attempt.end();
            return new ModelAnswer(message, message.has("tool_calls") ? "tool_calls" : "stop");
        }

        /** What was told before the watcher had enough. */
        private static String streamed(String text, ModelWatcher.Attempt attempt) {
            int at = 0;
            for (int i = 0; at < text.length(); i++) {
                int end = Math.min(text.length(), at + PIECES[i % PIECES.length]);
                if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
                    end++;
                }
                if (attempt.text(text.substring(at, end))) {
                    return text.substring(0, end);
                }
                at = end;
            }
            return text;
        }
    }
}
