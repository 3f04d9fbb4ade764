package io.magicproxy.pattern.scenario;

import static io.magicproxy.scenario.ScenarioYaml.oneOf;
import static io.magicproxy.scenario.Written.given;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.Problems;
import io.magicproxy.scenario.ScenarioYaml;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a pattern's scenario must have beyond the types of its keys. */
final class ScenarioReader {
    static final ScenarioYaml<Scenario.File, Scenario> YAML =
            new ScenarioYaml<>(
                    Scenario.File.class, Scenario.File::scenarios, ScenarioReader::check);

    private ScenarioReader() {}

    private static void check(Scenario scenario, ConfigNode at, Problems problems) {
        if (!given(scenario.input().query())) {
            problems.error(at, "has no question; write input: {query: \"…\"}");
        }
        if (!scenario.expect().errorCode().isPresent()
                && !given(scenario.expect().answer())
                && !given(scenario.expect().answerContains())) {
            problems.error(
                    at,
                    "expects nothing of the end; give expect one of answer, answer_contains, error_code");
        }
        Set<String> tools = new HashSet<>();
        scenario.tools().forEach(tool -> tools.add(tool.name()));
        List<ConfigNode> calls = ScenarioYaml.items(at, "calls");
        for (int i = 0; i < Math.min(calls.size(), scenario.calls().size()); i++) {
            Optional<String> problem = problem(scenario.calls().get(i), tools);
            if (problem.isPresent()) {
                problems.error(calls.get(i), problem.get());
            }
        }
    }

    private static Optional<String> problem(Scenario.Call call, Set<String> tools) {
        long kinds =
                Stream.of(call.model(), call.tool(), call.agent())
                        .filter(Optional::isPresent)
                        .count();
        if (kinds != 1) {
            return Optional.of("needs exactly one of model, tool, agent");
        }
        return call.model()
                .flatMap(m -> oneOf("text, message or error", m.text(), m.message(), m.error()))
                .or(() -> call.tool().flatMap(t -> oneOf("result or error", t.result(), t.error())))
                .or(() ->
                        call.agent().flatMap(a -> oneOf("answer or error", a.answer(), a.error())))
                .or(() ->
                        call.tool()
                                .filter(t -> !tools.contains(t.name()))
                                .map(t ->
                                        "the tool \""
                                                + t.name()
                                                + "\" is not among the scenario's tools, so no call reaches it; add it there"));
    }
}
