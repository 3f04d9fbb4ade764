package io.magicproxy.tool.scenario;

import static io.magicproxy.scenario.Written.given;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.scenario.Difference;
import io.magicproxy.scenario.Trace;
import io.magicproxy.scenario.Written;
import io.magicproxy.tool.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a call ended, beside what its scenario expects. */
sealed interface Outcome {
    record Gave(JsonNode result) implements Outcome {}

    record Failed(String code, String message) implements Outcome {}

    static Outcome of(ToolResult result) {
        return switch (result) {
            case ToolResult.Ok(var value) -> new Gave(value);
            case ToolResult.Failed(var code, var message) -> new Failed(code, message);
            case ToolResult.TimedOut(var after) ->
                    new Failed("tool_timeout", "no result within " + after.toSeconds() + " s");
        };
    }

    default String describe() {
        return switch (this) {
            case Gave(var result) -> "result " + Trace.head(Json.text(result));
            case Failed(var code, var message) -> "error  " + code + ": " + Trace.head(message);
        };
    }

    default List<Difference> differences(ToolScenario.Expected expected) {
        boolean error = expected.errorCode().isPresent() || given(expected.errorContains());
        return switch (this) {
            case Gave(var result) when error ->
                    List.of(
                            Difference.at("expect", "it gave a result")
                                    .but(
                                            "the error "
                                                    + expected.errorCode()
                                                            .orElse(
                                                                    Json.text(
                                                                            expected
                                                                                    .errorContains())),
                                            Json.text(result)));
            case Gave(var result) -> result(expected, result);
            case Failed failed when error -> error(expected, failed);
            case Failed(var code, var message) ->
                    List.of(
                            Difference.at("expect", "it ended with an error")
                                    .but("a result", code + ": " + message));
        };
    }

    private static List<Difference> error(ToolScenario.Expected expected, Failed failed) {
        List<Difference> differences = new ArrayList<>();
        expected.errorCode()
                .filter(code -> !code.equals(failed.code()))
                .ifPresent(code ->
                        differences.add(
                                Difference.at("expect.error_code", "it ended with another error")
                                        .but(code, failed.code() + ": " + failed.message())));
        for (String text : Written.texts(expected.errorContains())) {
            if (!failed.message().contains(text)) {
                differences.add(
                        Difference.at(
                                        "expect.error_contains",
                                        "the error's message doesn't hold a text")
                                .but(text, failed.message()));
            }
        }
        return differences;
    }

    private static List<Difference> result(ToolScenario.Expected expected, JsonNode result) {
        List<Difference> differences = new ArrayList<>();
        if (given(expected.result()) && !Written.same(expected.result(), result)) {
            differences.add(
                    Difference.at("expect.result", "the result is another")
                            .but(Json.text(expected.result()), Json.text(result)));
        }
        if (given(expected.resultFields())) {
            part("expect.result_fields", expected.resultFields(), result)
                    .ifPresent(differences::add);
        }
        String words = String.join("\n", texts(result)) + "\n" + Json.text(result);
        for (String text : Written.texts(expected.resultContains())) {
            if (!words.contains(text)) {
                differences.add(
                        Difference.at("expect.result_contains", "the result doesn't hold a text")
                                .but(text, Json.text(result)));
            }
        }
        return differences;
    }

    /** Objects may have more fields than are expected, lists no more items. */
    private static Optional<Difference> part(String path, JsonNode wanted, JsonNode was) {
        if (wanted.isObject() && was.isObject()) {
            for (Map.Entry<String, JsonNode> field : wanted.properties()) {
                Optional<Difference> difference =
                        part(
                                path + "." + field.getKey(),
                                field.getValue(),
                                was.path(field.getKey()));
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        }
        if (wanted.isArray() && was.isArray() && wanted.size() == was.size()) {
            for (int i = 0; i < wanted.size(); i++) {
                Optional<Difference> difference =
                        part(path + "[" + i + "]", wanted.path(i), was.path(i));
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        }
        return Written.same(wanted, was)
                ? Optional.empty()
                : Optional.of(
                        Difference.at(path, "this part of the result is another")
                                .but(
                                        Json.text(wanted),
                                        was.isMissingNode() ? "nothing" : Json.text(was)));
    }

    /** All texts in a value: in JSON, line breaks and quotes would look different. */
    private static List<String> texts(JsonNode value) {
        List<String> texts = new ArrayList<>();
        if (value.isTextual()) {
            texts.add(value.asText());
        }
        value.forEach(one -> texts.addAll(texts(one)));
        return texts;
    }
}
