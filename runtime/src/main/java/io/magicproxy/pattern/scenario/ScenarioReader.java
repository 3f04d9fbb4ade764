package io.magicproxy.pattern.scenario;

import static io.magicproxy.pattern.scenario.Scenario.given;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.config.ConfigReader.Result.Invalid;
import io.magicproxy.config.ConfigReader.Result.Loaded;
import io.magicproxy.config.Environment;
import io.magicproxy.config.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads a scenario file; whatever is wrong with it is told with its line and the remedy. */
final class ScenarioReader {
    /** A scenario knows no environment: what looks like a variable stays as it is written. */
    private static final Environment AS_WRITTEN = name -> Optional.of("${" + name + "}");

    private ScenarioReader() {}

    /** What came of a file: its scenarios, or every problem that it has. */
    sealed interface Read {
        record Scenarios(List<Located> scenarios) implements Read {}

        record Invalid(List<String> problems) implements Read {}
    }

    /** A scenario, and where its parts are written. */
    record Located(Scenario scenario, ScenarioPlaces places) {}

    /**
     * @param file for messages
     */
    static Read read(byte[] yaml, String file) {
        List<ConfigNode> roots = new ArrayList<>();
        var result =
                new ConfigReader(AS_WRITTEN)
                        .read(
                                yaml,
                                Scenario.File.class,
                                (config, root, problems) -> {
                                    roots.add(root);
                                    check(config, root, problems);
                                });
        return switch (result) {
            case Invalid<Scenario.File> invalid ->
                    new Read.Invalid(
                            invalid.problems().stream().map(one -> one.format(file)).toList());
            case Loaded<Scenario.File> loaded ->
                    new Read.Scenarios(located(loaded.config(), roots.getFirst(), file));
        };
    }

    private static List<Located> located(Scenario.File file, ConfigNode root, String name) {
        List<Located> all = new ArrayList<>();
        for (Scenario scenario : file.scenarios()) {
            String path = "scenarios[" + all.size() + "]";
            all.add(new Located(scenario, new ScenarioPlaces(name, path, root)));
        }
        return all;
    }

    private static void check(Scenario.File file, ConfigNode.Mapping root, Problems problems) {
        List<ConfigNode> nodes = items(root, "scenarios");
        if (nodes.isEmpty()) {
            problems.error(root, "has no scenario; write a list under \"scenarios:\"");
        }
        for (int i = 0; i < Math.min(nodes.size(), file.scenarios().size()); i++) {
            check(file.scenarios().get(i), nodes.get(i), problems);
        }
    }

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
        List<ConfigNode> calls =
                at instanceof ConfigNode.Mapping mapping ? items(mapping, "calls") : List.of();
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

    private static Optional<String> oneOf(String names, JsonNode... nodes) {
        return Stream.of(nodes).filter(Scenario::given).count() == 1
                ? Optional.empty()
                : Optional.of("needs exactly one of " + names);
    }

    private static List<ConfigNode> items(ConfigNode.Mapping mapping, String key) {
        return mapping.get(key).orElse(mapping) instanceof ConfigNode.Sequence sequence
                ? sequence.items()
                : List.of();
    }
}
