package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.AgentQuestion;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.session.RunExecution.ParentRun;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.Opened;
import io.magicproxy.store.session.Journal.Parent;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.telemetry.Trace;
import io.magicproxy.upstream.Cancellation;
import java.util.List;
import java.util.Optional;

/**
 * Agents that a run calls. Each is a run of its own, in a session of its own, whose ids follow from
 * the call: a later worker goes on with it. It works on its parent's thread and slot.
 */
final class NestedRuns {
    private static final int MAX_DEPTH = 5;
    private static final List<String> PASSED_ON =
            List.of(
                    "reasoning_mode",
                    "params",
                    "tools",
                    "limits",
                    "pattern_version",
                    "options",
                    "final_options");

    private final RunEnvironment environment;
    private final RunRecord parent;
    private final RunLog log;

    NestedRuns(RunEnvironment environment, RunRecord parent, RunLog log) {
        this.environment = environment;
        this.parent = parent;
        this.log = log;
    }

    ObjectNode ask(CallPath path, AgentQuestion question, ParentRun as, Cancellation cancellation)
            throws CallFailed {
        if (as.depth() > MAX_DEPTH) {
            throw CallFailed.of(
                    "too_deep", "agents may call one another " + MAX_DEPTH + " deep, not more");
        }
        try {
            RunRecord run = opened(path, question);
            log.tell(Events.nested(path, run));
            return result(worked(run, as, cancellation));
        } catch (StoreException e) {
            throw CallFailed.ended("store", String.valueOf(e.getMessage()));
        }
    }

    private RunRecord opened(CallPath path, AgentQuestion question)
            throws CallFailed, StoreException {
        String id = Trees.hash(Json.object().put("run", parent.runId()).put("path", path.text()));
        Optional<RunRecord> known = environment.journal().run(id);
        return known.isPresent() ? known.get() : open(id, path, question);
    }

    private RunRecord open(String id, CallPath path, AgentQuestion question)
            throws CallFailed, StoreException {
        ObjectNode request =
                Json.object()
                        .put("user_query", question.query())
                        .put("model_alias", question.alias());
        PASSED_ON.stream()
                .filter(question.options()::has)
                .forEach(name -> request.set(name, question.options().path(name)));
        var check = new RequestCheck(environment.world(), request);
        Optional<RequestCheck.Problem> problem = check.problem();
        if (problem.isPresent()) {
            throw refused(problem.get());
        }
        Opened opened =
                environment
                        .journal()
                        .open(
                                new NewRun(
                                        id,
                                        Sessions.nameSpace(parent.sessionId()) + "s" + id,
                                        parent.owner(),
                                        Optional.empty(),
                                        Optional.of(new Parent(parent.runId(), path.text())),
                                        question.alias(),
                                        check.patternName(),
                                        Json.text(request),
                                        environment.clock().instant(),
                                        Trace.here().text()));
        return switch (opened) {
            case Opened.Fresh(RunRecord run) -> run;
            case Opened.Rejoined(RunRecord run) -> run;
            case Opened.Busy _, Opened.Foreign _ ->
                    throw new IllegalStateException("a nested run's session is its own");
        };
    }

    private static CallFailed refused(RequestCheck.Problem problem) {
        String code = problem.param().equals("model_alias") ? "unknown_model" : "bad_call";
        return CallFailed.of(code, "ctx.agent: " + problem.param() + " " + problem.message());
    }

    private RunRecord worked(RunRecord run, ParentRun as, Cancellation cancellation)
            throws CallFailed, StoreException {
        RunRecord now = run;
        if (!now.state().open() && now.state() != RunState.ANSWERED) {
            // The parent was resumed, and asks anew.
            log.confirm();
            var _ = environment.journal().reopen(run.runId());
            now = current(run);
        }
        while (now.state().open()) {
            // A worker that has lost its run mustn't take the nested one from its successor.
            log.confirm();
            new RunWork(environment)
                    .work(
                            run.runId(),
                            Optional.of(as),
                            cancellation,
                            () -> log.stopped().or(() -> Optional.of(givenUp())));
            log.check();
            now = current(run);
        }
        return now;
    }

    /** Who asked has stopped waiting: a tool whose own time is up. */
    private static CallFailed givenUp() {
        return CallFailed.ended("cancelled", "whoever asked no longer waits");
    }

    private RunRecord current(RunRecord run) throws CallFailed, StoreException {
        return environment
                .journal()
                .run(run.runId())
                .orElseThrow(
                        () -> CallFailed.of("agent_failed", "the agent's session was deleted"));
    }

    private static ObjectNode result(RunRecord run) throws CallFailed {
        JsonNode result = run.resultJson().isEmpty() ? Json.object() : Trees.read(run.resultJson());
        if (run.state() != RunState.ANSWERED) {
            throw CallFailed.of(
                    result.path("code").asText("agent_failed"),
                    "the agent "
                            + run.alias()
                            + " ended without an answer: "
                            + result.path("message").asText("no reason was given"));
        }
        ObjectNode answer =
                Json.object()
                        .put("answer", result.path("text").asText())
                        .put("session_id", Sessions.bare(run.sessionId()));
        answer.set("usage", result.path("usage"));
        answer.set("cost", result.path("cost"));
        return answer;
    }
}
