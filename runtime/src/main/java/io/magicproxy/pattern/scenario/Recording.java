package io.magicproxy.pattern.scenario;

import static io.magicproxy.pattern.scenario.Scenario.given;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.AgentQuestion;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.pattern.ModelQuestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** Gives each call the result that stands next in the scenario, and keeps what was asked. */
final class Recording {
    private static final int SHOWN = 400;

    private final List<Scenario.Call> recorded;
    private final List<String> asked = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int next;

    Recording(List<Scenario.Call> recorded) {
        this.recorded = recorded;
    }

    synchronized Scenario.ModelCall model(CallPath path, ModelQuestion question) throws CallFailed {
        String words = words(question.messages());
        String what = "model " + question.alias() + ": …" + tail(words);
        asked.add(path + " model " + question.alias() + " " + question.messages());
        Scenario.ModelCall call = take(path, what, take -> take.model());
        if (call.alias().isPresent() && !call.alias().get().equals(question.alias())) {
            throw wrong("asks the model " + question.alias() + ", not " + call.alias().get());
        }
        holds(call.contains(), words, "the messages");
        return failed(call.error(), "upstream_error", call);
    }

    synchronized Scenario.ToolCall tool(CallPath path, String name, ObjectNode arguments)
            throws CallFailed {
        String what = "tool " + name + " " + arguments;
        asked.add(path + " " + what);
        Scenario.ToolCall call = take(path, what, take -> take.tool());
        if (!call.name().equals(name)) {
            throw wrong("calls the tool " + name + ", not " + call.name());
        }
        if (call.arguments().isPresent() && !same(call.arguments().get(), arguments)) {
            throw wrong(
                    "calls "
                            + name
                            + " with "
                            + Json.text(arguments)
                            + ", not with "
                            + Json.text(call.arguments().get()));
        }
        return failed(call.error(), "tool_error", call);
    }

    synchronized Scenario.AgentCall agent(CallPath path, AgentQuestion question) throws CallFailed {
        String what = "agent " + question.alias() + ": " + question.query();
        asked.add(path + " " + what + " " + question.options());
        Scenario.AgentCall call = take(path, what, take -> take.agent());
        if (!call.alias().equals(question.alias())) {
            throw wrong("asks the agent " + question.alias() + ", not " + call.alias());
        }
        holds(call.contains(), question.query(), "the agent's query");
        return failed(call.error(), "agent_failed", call);
    }

    /** A call without a recorded result, for the comparison of the two runs. */
    synchronized void asked(String what) {
        asked.add(what);
    }

    synchronized void problem(String problem) {
        problems.add(problem);
    }

    /** All calls in their order. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    /** What went wrong; results that nobody asked for are among it. */
    synchronized List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        if (all.isEmpty()) {
            for (int i = next; i < recorded.size(); i++) {
                all.add(
                        "call "
                                + (i + 1)
                                + ": the result of "
                                + recorded.get(i).describe()
                                + " was not used; the pattern made "
                                + next
                                + (next == 1 ? " call" : " calls"));
            }
        }
        return all;
    }

    /** How a kind of call is found in a recorded one. */
    @FunctionalInterface
    private interface Kind<T> {
        Optional<T> of(Scenario.Call call);
    }

    private <T> T take(CallPath path, String what, Kind<T> kind) throws CallFailed {
        int number = ++next;
        if (number > recorded.size()) {
            next = recorded.size();
            throw stop(
                    "call "
                            + number
                            + " was not foreseen: "
                            + what
                            + " (at "
                            + path
                            + "); record its result under calls");
        }
        Scenario.Call call = recorded.get(number - 1);
        Optional<T> found = kind.of(call);
        if (found.isEmpty()) {
            throw wrong("is " + what + ", but recorded is " + call.describe());
        }
        return found.get();
    }

    private void holds(JsonNode wanted, String words, String where) throws CallFailed {
        for (String text : Scenario.texts(wanted)) {
            if (!words.contains(text)) {
                throw wrong(where + " don't hold \"" + text + "\"; they end: …" + tail(words));
            }
        }
    }

    private CallFailed wrong(String how) {
        return stop("call " + next + " " + how);
    }

    private CallFailed stop(String problem) {
        problems.add(problem);
        return CallFailed.ended("scenario", problem);
    }

    private static <T> T failed(JsonNode error, String code, T call) throws CallFailed {
        if (!given(error)) {
            return call;
        }
        throw error.isObject()
                ? CallFailed.of(
                        error.path("code").asText(code),
                        error.path("message").asText("it failed, as the scenario says"))
                : CallFailed.of(code, error.asText());
    }

    /** Numbers by their value: 2 is 2.0. */
    private static boolean same(JsonNode one, JsonNode other) {
        return one.equals(
                (a, b) ->
                        a.isNumber() && b.isNumber()
                                ? a.decimalValue().compareTo(b.decimalValue())
                                : a.equals(b) ? 0 : 1,
                other);
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

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - SHOWN)).strip();
    }
}
