package io.magicproxy.pattern.scenario;

import static io.magicproxy.scenario.Written.given;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.AgentQuestion;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.pattern.ModelQuestion;
import io.magicproxy.scenario.Difference;
import io.magicproxy.scenario.Trace;
import io.magicproxy.scenario.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** Gives each call the result that stands next in the scenario, and keeps what was asked. */
final class Recording {
    private final List<Scenario.Call> recorded;
    private final Trace trace;
    private final List<String> asked = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private int next;

    Recording(List<Scenario.Call> recorded, Trace trace) {
        this.recorded = recorded;
        this.trace = trace;
    }

    synchronized Scenario.ModelCall model(CallPath path, ModelQuestion question) throws CallFailed {
        String words = words(question.messages());
        String alias = question.alias();
        asked.add(path + " model " + alias + " " + question.messages());
        Scenario.ModelCall call =
                take("model " + alias + ": " + Trace.tail(words), take -> take.model());
        if (call.alias().isPresent() && !call.alias().get().equals(alias)) {
            throw stop(
                    here(".model.alias", "another model is asked").but(call.alias().get(), alias));
        }
        holds("model", call.contains(), words, "the messages don't hold a text");
        return failed(call.error(), "upstream_error", call);
    }

    synchronized Scenario.ToolCall tool(CallPath path, String name, ObjectNode arguments)
            throws CallFailed {
        String what = "tool " + name + " " + Json.text(arguments);
        asked.add(path + " " + what);
        Scenario.ToolCall call = take(what, take -> take.tool());
        if (!call.name().equals(name)) {
            throw stop(here(".tool.name", "another tool is called").but(call.name(), name));
        }
        if (call.arguments().isPresent() && !Written.same(call.arguments().get(), arguments)) {
            throw stop(
                    here(".tool.arguments", name + " is called with other arguments")
                            .but(Json.text(call.arguments().get()), Json.text(arguments)));
        }
        return failed(call.error(), "tool_error", call);
    }

    synchronized Scenario.AgentCall agent(CallPath path, AgentQuestion question) throws CallFailed {
        String what = "agent " + question.alias() + ": " + Trace.head(question.query());
        asked.add(
                path
                        + " agent "
                        + question.alias()
                        + ": "
                        + question.query()
                        + " "
                        + question.options());
        Scenario.AgentCall call = take(what, take -> take.agent());
        if (!call.alias().equals(question.alias())) {
            throw stop(
                    here(".agent.alias", "another agent is asked")
                            .but(call.alias(), question.alias()));
        }
        holds("agent", call.contains(), question.query(), "the agent's query doesn't hold a text");
        return failed(call.error(), "agent_failed", call);
    }

    /** A call without a recorded result, for the comparison of the two runs. */
    synchronized void asked(String what) {
        asked.add(what);
    }

    synchronized void problem(String problem) {
        differences.add(Difference.at("", problem));
    }

    /** All calls in their order. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    /** What went wrong; results that nobody asked for are among it. */
    synchronized List<Difference> differences() {
        List<Difference> all = new ArrayList<>(differences);
        if (all.isEmpty()) {
            for (int i = next; i < recorded.size(); i++) {
                all.add(
                        Difference.at(
                                        "calls[" + i + "]",
                                        "the result of call " + (i + 1) + " was not used")
                                .but(
                                        recorded.get(i).describe(),
                                        "the pattern made "
                                                + next
                                                + (next == 1 ? " call" : " calls"))
                                .mend("take it out, if the pattern is right"));
            }
        }
        return all;
    }

    /** How a kind of call is found in a recorded one. */
    @FunctionalInterface
    private interface Kind<T> {
        Optional<T> of(Scenario.Call call);
    }

    private <T> T take(String what, Kind<T> kind) throws CallFailed {
        trace.add(what);
        int number = ++next;
        if (number > recorded.size()) {
            next = recorded.size();
            throw stop(
                    Difference.at("calls", "call " + number + " was not foreseen")
                            .but("no more calls", what)
                            .mend("add its result to calls, if the pattern is right"));
        }
        Scenario.Call call = recorded.get(number - 1);
        Optional<T> found = kind.of(call);
        if (found.isEmpty()) {
            throw stop(here("", "another call is made").but(call.describe(), what));
        }
        return found.get();
    }

    private void holds(String kind, JsonNode wanted, String words, String problem)
            throws CallFailed {
        for (String text : Written.texts(wanted)) {
            if (!words.contains(text)) {
                throw stop(
                        here("." + kind + ".contains", problem)
                                .but(text, Trace.tail(words))
                                .mend(
                                        "the end of what was sent is shown; texts must stand there to the letter"));
            }
        }
    }

    /** At the call that was taken last. */
    private Difference here(String part, String problem) {
        return Difference.at("calls[" + (next - 1) + "]" + part, "call " + next + ": " + problem);
    }

    private CallFailed stop(Difference difference) {
        differences.add(difference);
        return CallFailed.ended("scenario", difference.message());
    }

    private <T> T failed(JsonNode error, String code, T call) throws CallFailed {
        if (!given(error)) {
            return call;
        }
        CallFailed failure =
                error.isObject()
                        ? CallFailed.of(
                                error.path("code").asText(code),
                                error.path("message").asText("it failed, as the scenario says"))
                        : CallFailed.of(code, error.asText());
        trace.add("  fails " + failure.code() + ": " + Trace.head(failure.text()));
        throw failure;
    }

    private static String words(JsonNode messages) {
        var words = new StringJoiner("\n");
        for (JsonNode message : messages) {
            JsonNode content = message.path("content");
            if (content.isTextual()) {
                words.add(content.asText());
            }
            content.forEach(part -> words.add(part.path("text").asText()));
        }
        return words.toString();
    }
}
