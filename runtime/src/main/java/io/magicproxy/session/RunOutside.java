package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.pattern.AgentQuestion;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.session.RunExecution.ParentRun;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A run's tools, nested agents and pauses. */
final class RunOutside implements JournaledCalls.Outside {
    private final RunEnvironment environment;
    private final RunRecord run;
    private final RunPin pin;
    private final RunLog log;
    private final Cancellation cancellation;
    private final Function<CallPath, ParentRun> asParent;

    RunOutside(
            RunEnvironment environment,
            RunRecord run,
            RunPin pin,
            RunLog log,
            Cancellation cancellation,
            Function<CallPath, ParentRun> asParent) {
        this.environment = environment;
        this.run = run;
        this.pin = pin;
        this.log = log;
        this.cancellation = cancellation;
        this.asParent = asParent;
    }

    @Override
    public JsonNode tool(CallPath path, String key, String name, ObjectNode arguments)
            throws CallFailed {
        var questions = new ToolQuestions(path);
        var call =
                new ToolCall(
                        key,
                        arguments,
                        (alias, query, options, given) ->
                                asked(
                                        questions,
                                        new AgentQuestion(alias, query, Trees.object(options)),
                                        given),
                        _ -> {},
                        cancellation);
        ToolResult result = environment.world().tool(name, call);
        log.check();
        return switch (result) {
            case ToolResult.Ok(var value) -> value;
            case ToolResult.Failed(var code, var message) -> throw CallFailed.of(code, message);
            case ToolResult.TimedOut(var after) ->
                    throw CallFailed.of(
                            "tool_timeout",
                            "the tool gave no result within "
                                    + after.toSeconds()
                                    + " s; it may have had its effect all the same");
        };
    }

    /** An agent that the tool asks is a nested run of this one. */
    private ToolResult asked(ToolQuestions questions, AgentQuestion question, Cancellation given) {
        CallPath path = questions.path(question);
        try {
            return new ToolResult.Ok(
                    new NestedRuns(environment, run, log)
                            .ask(path, question, asParent.apply(path), given));
        } catch (CallFailed e) {
            return new ToolResult.Failed(e.code(), e.text());
        }
    }

    @Override
    public String key(CallPath path) {
        return run.runId() + ":" + path;
    }

    @Override
    public Optional<ToolInfo> tool(String name) {
        return pin.input().tools().stream().filter(tool -> tool.name().equals(name)).findFirst();
    }

    @Override
    public Set<String> tools() {
        return pin.input().tools().stream()
                .map(ToolInfo::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public ObjectNode agent(CallPath path, AgentQuestion question) throws CallFailed {
        return new NestedRuns(environment, run, log)
                .ask(path, question, asParent.apply(path), cancellation);
    }

    @Override
    public void pause(Duration time) throws CallFailed {
        CountDownLatch stopped = new CountDownLatch(1);
        try (var _ = cancellation.onCancel(stopped::countDown)) {
            var _ = stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.check();
    }
}
