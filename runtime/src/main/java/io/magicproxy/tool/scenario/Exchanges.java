package io.magicproxy.tool.scenario;

import static io.magicproxy.scenario.Written.given;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.scenario.Difference;
import io.magicproxy.scenario.Trace;
import io.magicproxy.scenario.Written;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.net.FetchException;
import io.magicproxy.tool.net.FetchRequest;
import io.magicproxy.tool.net.WireReply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Gives each request and question the answer that the scenario foresees for it: the first that fits
 * and was not given yet. What runs side by side comes in no order that could be foreseen.
 */
final class Exchanges {
    private final List<ToolScenario.Call> foreseen;
    private final Trace trace;
    private final ScenarioClock clock;
    private final Runnable stop;
    private final boolean[] used;
    private final List<Difference> differences = new ArrayList<>();

    /**
     * @param stop ends the tool's call: what follows a surprise says nothing more
     */
    Exchanges(List<ToolScenario.Call> foreseen, Trace trace, ScenarioClock clock, Runnable stop) {
        this.foreseen = foreseen;
        this.trace = trace;
        this.clock = clock;
        this.stop = stop;
        this.used = new boolean[foreseen.size()];
    }

    synchronized WireReply fetch(FetchRequest made) throws FetchException {
        var request = new Request(made);
        Optional<ToolScenario.Fetch> found =
                take(
                        request.describe(),
                        (path, call) ->
                                call.fetch().map(it -> new Fit<>(it, request.miss(path, it))),
                        ".fetch");
        if (found.isEmpty()) {
            throw new FetchException(
                    FetchException.Kind.FAILED, "the scenario doesn't foresee this request");
        }
        JsonNode error = found.get().error();
        if (given(error)) {
            throw failure(error);
        }
        var answer = new RecordedAnswer(made.url(), found.get().answer().orElseThrow());
        trace.add(("  gives " + answer.status() + " " + Trace.head(answer.text())).stripTrailing());
        return answer;
    }

    private FetchException failure(JsonNode error) {
        FetchException.Kind kind =
                Arrays.stream(FetchException.Kind.values())
                        .filter(it -> it.code().equals(error.path("code").asText()))
                        .findFirst()
                        .orElse(FetchException.Kind.FAILED);
        String message = message(error);
        trace.add("  fails " + kind.code() + ": " + Trace.head(message));
        return new FetchException(kind, message);
    }

    synchronized ToolResult agent(String alias, String query) {
        Optional<ToolScenario.Agent> found =
                take(
                        "agent " + alias + ": " + Trace.head(query),
                        (path, call) ->
                                call.agent().map(it -> new Fit<>(it, miss(path, it, alias, query))),
                        ".agent");
        if (found.isEmpty()) {
            return new ToolResult.Failed(
                    "scenario", "the scenario doesn't foresee this question to an agent");
        }
        JsonNode error = found.get().error();
        if (given(error)) {
            var failed =
                    new ToolResult.Failed(
                            error.path("code").asText("agent_failed"), message(error));
            trace.add("  fails " + failed.code() + ": " + Trace.head(failed.message()));
            return failed;
        }
        String answer = Written.text(found.get().answer());
        trace.add("  gives " + Trace.head(answer));
        return new ToolResult.Ok(Json.object().put("answer", answer));
    }

    private static Optional<Request.Miss> miss(
            String path, ToolScenario.Agent foreseen, String alias, String query) {
        if (!foreseen.alias().equals(alias)) {
            return Optional.of(
                    new Request.Miss(
                            0,
                            Difference.at(path + ".alias", "another agent is asked")
                                    .but(foreseen.alias(), alias)));
        }
        return Written.texts(foreseen.contains()).stream()
                .filter(text -> !query.contains(text))
                .findFirst()
                .map(text ->
                        new Request.Miss(
                                1,
                                Difference.at(
                                                path + ".contains",
                                                "the question doesn't hold a text")
                                        .but(text, query)));
    }

    /** One that is foreseen, and how what was made misses it, if it does. */
    private record Fit<T>(T call, Optional<Request.Miss> miss) {}

    /** How a kind of call is found in a foreseen one, and compared. */
    @FunctionalInterface
    private interface Comparison<T> {
        Optional<Fit<T>> of(String path, ToolScenario.Call call);
    }

    /**
     * The foreseen one that fits; if none does, nothing, and the difference from the nearest.
     *
     * @param part of a foreseen call that is looked at
     */
    private <T> Optional<T> take(String made, Comparison<T> comparison, String part) {
        trace.add(made);
        clock.pass();
        Optional<Request.Miss> nearest = Optional.empty();
        for (int i = 0; i < used.length; i++) {
            Optional<Fit<T>> fit =
                    used[i]
                            ? Optional.empty()
                            : comparison.of("calls[" + i + "]" + part, foreseen.get(i));
            if (fit.isPresent() && fit.get().miss().isEmpty()) {
                used[i] = true;
                return Optional.of(fit.get().call());
            }
            nearest = nearer(nearest, fit.flatMap(Fit::miss));
        }
        differences.add(nearest.map(Request.Miss::difference).orElseGet(() -> surprise(made)));
        stop.run();
        return Optional.empty();
    }

    private static Optional<Request.Miss> nearer(
            Optional<Request.Miss> one, Optional<Request.Miss> other) {
        boolean second =
                other.isPresent() && one.map(it -> other.get().met() > it.met()).orElse(true);
        return second ? other : one;
    }

    private static Difference surprise(String made) {
        return Difference.at("calls", "a call was not foreseen")
                .but("no more calls of this kind", made)
                .mend("add it with its answer to calls, if the tool is right");
    }

    private static String message(JsonNode error) {
        return error.isObject()
                ? error.path("message").asText("it failed, as the scenario says")
                : error.asText();
    }

    /** What went wrong first; if nothing did, the answers that nobody asked for. */
    synchronized List<Difference> differences() {
        if (!differences.isEmpty()) {
            return List.of(differences.getFirst());
        }
        List<Difference> unused = new ArrayList<>();
        for (int i = 0; i < used.length; i++) {
            if (!used[i]) {
                unused.add(
                        Difference.at("calls[" + i + "]", "this answer was not used")
                                .but(foreseen.get(i).describe(), "the tool made no such call")
                                .mend("take it out, if the tool is right"));
            }
        }
        return unused;
    }
}
