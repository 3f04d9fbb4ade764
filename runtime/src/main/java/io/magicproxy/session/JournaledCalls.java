package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatClient.ChatFailedException;
import io.magicproxy.chat.ChatClient.ChatOutcome;
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
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.session.Recorder.Call;
import io.magicproxy.telemetry.Trace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A pattern's calls: a recorded result comes back at once, all else is done and recorded. */
final class JournaledCalls implements PatternCalls {
    private static final System.Logger LOG = System.getLogger(JournaledCalls.class.getName());

    private final RunLog log;
    private final Recorder recorder;
    private final Flights flights;
    private final Sequencer sequencer;
    private final Ledger ledger;
    private final ModelCalls models;
    private final SharedScratch scratch;
    private final Outside outside;
    private final ToolCalls tools;

    /** Calls are made on threads of their own. */
    private final Trace trace = Trace.here();

    /** What a call needs beyond models and the journal. */
    interface Outside {
        /**
         * Calls a tool.
         *
         * @param key the call's idempotency key
         */
        JsonNode tool(CallPath path, String key, String name, ObjectNode arguments)
                throws CallFailed;

        /** The key of the tool call at that place. */
        String key(CallPath path);

        /** A tool as the run was given it. */
        Optional<ToolInfo> tool(String name);

        /**
         * Runs the nested agent's own session, or goes on with it.
         *
         * @return {@code answer}, {@code session_id}, {@code usage}, {@code cost}
         */
        ObjectNode agent(CallPath path, AgentQuestion question) throws CallFailed;

        /** Names of the tools that the run was given. */
        Set<String> tools();

        /** Waits for so long, or until the run is stopped. */
        void pause(Duration time) throws CallFailed;
    }

    JournaledCalls(
            RunLog log,
            Recorder recorder,
            Ledger ledger,
            Flights flights,
            ModelCalls models,
            SharedScratch scratch,
            Outside outside) {
        this.log = log;
        this.recorder = recorder;
        this.flights = flights;
        this.sequencer = recorder.begin();
        this.ledger = ledger;
        this.models = models;
        this.scratch = scratch;
        this.outside = outside;
        this.tools = new ToolCalls(log, recorder, outside);
    }

    @Override
    public ModelAnswer model(CallPath path, ModelQuestion question, ModelWatcher watcher)
            throws CallFailed {
        var call = new Call(path, "model", question.alias(), ModelCalls.request(question));
        Optional<JsonNode> known = recorder.known(call);
        if (known.isPresent()) {
            return charged(path, known.get());
        }
        ledger.check();
        try {
            ChatOutcome outcome = models.ask(path, question, watcher);
            ObjectNode result = Json.object().put("finish", outcome.finish());
            result.set("message", outcome.message());
            result.set("usage", outcome.usage().toWire());
            outcome.cost().ifPresent(cost -> result.put("cost", cost));
            models.addRequest(result, question);
            recorder.succeeded(
                    call, result, List.of(Events.modelCall(path, question.title(), outcome)));
            return charged(path, result);
        } catch (ChatFailedException e) {
            log.check();
            throw recorder.failed(call, CallFailed.of(e.code(), e.text()), List.of());
        }
    }

    private ModelAnswer charged(CallPath path, JsonNode result) {
        ledger.model(path.text(), result);
        return new ModelAnswer(
                Trees.object(result.path("message")), result.path("finish").asText());
    }

    @Override
    public JsonNode tool(CallPath path, String name, ObjectNode arguments) throws CallFailed {
        return tools.call(path, name, arguments);
    }

    @Override
    public AgentAnswer agent(CallPath path, AgentQuestion question) throws CallFailed {
        ObjectNode request = Json.object().put("query", question.query());
        request.set("options", question.options());
        var call = new Call(path, "agent", question.alias(), request);
        Optional<JsonNode> known = recorder.known(call);
        if (known.isPresent()) {
            return answered(path, known.get());
        }
        try {
            ObjectNode result = outside.agent(path, question);
            recorder.succeeded(call, result, List.of());
            return answered(path, result);
        } catch (CallFailed e) {
            throw recorder.failed(call, e, List.of());
        }
    }

    private AgentAnswer answered(CallPath path, JsonNode result) {
        ledger.agent(path.text(), result);
        return new AgentAnswer(result.path("answer").asText(), result.path("session_id").asText());
    }

    @Override
    public void sleep(CallPath path, long millis) throws CallFailed {
        ObjectNode request = Json.object().put("ms", millis);
        var call = new Call(path, "sleep", "", request);
        if (recorder.known(call).isPresent()) {
            return;
        }
        var begun = new Call(path.child(0), "sleep_until", "", request);
        Optional<JsonNode> until = recorder.known(begun);
        long wake =
                until.isPresent()
                        ? until.get().asLong()
                        : log.now().toEpochMilli()
                                + Math.min(millis, Duration.ofDays(30).toMillis());
        if (until.isEmpty()) {
            recorder.succeeded(begun, JsonNodeFactory.instance.numberNode(wake), List.of());
        }
        long left = wake - log.now().toEpochMilli();
        if (left > 0) {
            outside.pause(Duration.ofMillis(left));
        }
        recorder.succeeded(call, JsonNodeFactory.instance.nullNode(), List.of());
    }

    @Override
    public JsonNode state(CallPath path, ObjectNode operation) throws CallFailed {
        ObjectNode request = operation.deepCopy();
        request.remove("path");
        var call = new Call(path, "state", request.path("key").asText(), request);
        Optional<JsonNode> known = recorder.known(call);
        if (known.isPresent()) {
            return SharedScratch.value(known.get());
        }
        JsonNode result = scratch.apply(request);
        recorder.succeeded(call, result, List.of());
        return SharedScratch.value(result);
    }

    @Override
    public JsonNode budget(CallPath path) throws CallFailed {
        var call = new Call(path, "budget", "", Json.object());
        Optional<JsonNode> known = recorder.known(call);
        if (known.isPresent()) {
            return known.get();
        }
        ObjectNode left = ledger.left();
        recorder.succeeded(call, left, List.of());
        return left;
    }

    @Override
    public JsonNode composed(CallPath path, String kind, JsonNode request, Composition work)
            throws CallFailed {
        var call = new Call(path, kind, "", request);
        Optional<JsonNode> known = recorder.known(call);
        if (known.isPresent()) {
            return known.get();
        }
        try {
            JsonNode result = work.run();
            recorder.succeeded(call, result, List.of());
            return result;
        } catch (CallFailed e) {
            throw recorder.failed(call, e, List.of());
        }
    }

    @Override
    public void start(CallPath path, Composition work, Consumer<Settled> settled) {
        sequencer.asked(path.text());
        recorder.failures().goesOn();
        flights.join(
                path.text(),
                () -> trace.get(() -> settle(path, work)),
                result -> sequencer.deliver(path.text(), () -> give(path, result, settled)));
    }

    private void give(CallPath path, Settled result, Consumer<Settled> settled) {
        if (result instanceof Settled.Failed failed && !failed.why().ended()) {
            recorder.failures().given(path.text(), failed.why());
        }
        settled.accept(result);
    }

    private Settled settle(CallPath path, Composition work) {
        try {
            return new Settled.Done(work.run(), recorder.time(path.text()));
        } catch (CallFailed e) {
            if (e.ended()) {
                flights.ended(e);
            }
            CallFailed why =
                    e.ended() || log.recorded(path.text()).isPresent()
                            ? e
                            : recordedFailure(path, e);
            return new Settled.Failed(why, recorder.time(path.text()));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the call at " + path + " broke", e);
            CallFailed why = RunFailures.defect("the call at " + path);
            log.stop(why);
            return new Settled.Failed(why, recorder.time(path.text()));
        }
    }

    /** What fails without an entry of its own gets one: each result has its place in the order. */
    private CallFailed recordedFailure(CallPath path, CallFailed why) {
        try {
            return recorder.failed(new Call(path, "failed", "", Json.object()), why, List.of());
        } catch (CallFailed stopped) {
            return stopped;
        }
    }

    @Override
    public void say(CallPath path, int n, Saying saying) throws CallFailed {
        String key = Told.SAYING + path;
        switch (saying) {
            case Saying.Thought thought ->
                    log.text(new Texts.Stream(Events.THOUGHT, key, ""), n, thought.text());
            case Saying.Answer answer ->
                    log.text(new Texts.Stream(Events.ANSWER, key, ""), n, answer.text());
            case Saying.Step _ -> {
                int step = ledger.step(key + "#" + n);
                log.tell(Events.saying(saying, step, key + "#" + n));
            }
            case Saying.Pause _, Saying.Custom _ ->
                    log.tell(Events.saying(saying, ledger.step(), key + "#" + n));
        }
    }

    /** The recorded call that this pattern's results wait for, if it has not made it. */
    Optional<String> missing() {
        return sequencer.missing();
    }
}
