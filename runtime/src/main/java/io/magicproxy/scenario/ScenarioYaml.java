package io.magicproxy.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.config.ConfigReader.Result.Invalid;
import io.magicproxy.config.ConfigReader.Result.Loaded;
import io.magicproxy.config.Environment;
import io.magicproxy.config.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads a scenario file; whatever is wrong with it is told with its line and the remedy.
 *
 * @param type of the file's root
 * @param scenarios of a root
 * @param check of one scenario, beyond the types of its keys
 */
public record ScenarioYaml<F extends Record, S>(
        Class<F> type, Function<F, List<S>> scenarios, Check<S> check) {
    /** A scenario knows no environment: what looks like a variable stays as it is written. */
    private static final Environment AS_WRITTEN = name -> Optional.of("${" + name + "}");

    /** Tells what doesn't fit together in a scenario. */
    @FunctionalInterface
    public interface Check<S> {
        void run(S scenario, ConfigNode at, Problems problems);
    }

    /** What came of a file: its scenarios, or every problem that it has. */
    public sealed interface Read<S> {
        record Scenarios<S>(List<Located<S>> scenarios) implements Read<S> {}

        record Invalid<S>(List<String> problems) implements Read<S> {}
    }

    /** A scenario, and where its parts are written. */
    public record Located<S>(S scenario, ScenarioPlaces places) {}

    /**
     * Reads one.
     *
     * @param file for messages
     */
    public Read<S> read(byte[] yaml, String file) {
        List<ConfigNode> roots = new ArrayList<>();
        var result =
                new ConfigReader(AS_WRITTEN)
                        .read(
                                yaml,
                                type,
                                (config, root, problems) -> {
                                    roots.add(root);
                                    each(scenarios.apply(config), root, problems);
                                });
        return switch (result) {
            case Invalid<F> invalid ->
                    new Read.Invalid<>(
                            invalid.problems().stream().map(one -> one.format(file)).toList());
            case Loaded<F> loaded ->
                    new Read.Scenarios<>(
                            located(scenarios.apply(loaded.config()), roots.getFirst(), file));
        };
    }

    private List<Located<S>> located(List<S> scenarios, ConfigNode root, String file) {
        List<Located<S>> all = new ArrayList<>();
        for (S scenario : scenarios) {
            String path = "scenarios[" + all.size() + "]";
            all.add(new Located<>(scenario, new ScenarioPlaces(file, path, root)));
        }
        return all;
    }

    private void each(List<S> scenarios, ConfigNode.Mapping root, Problems problems) {
        List<ConfigNode> nodes = items(root, "scenarios");
        if (nodes.isEmpty()) {
            problems.error(root, "has no scenario; write a list under \"scenarios:\"");
        }
        for (int i = 0; i < Math.min(nodes.size(), scenarios.size()); i++) {
            check.run(scenarios.get(i), nodes.get(i), problems);
        }
    }

    /** The items of the list that stands under a key. */
    public static List<ConfigNode> items(ConfigNode at, String key) {
        return at instanceof ConfigNode.Mapping mapping
                        && mapping.get(key).orElse(mapping) instanceof ConfigNode.Sequence sequence
                ? sequence.items()
                : List.of();
    }

    /** What is wrong if not exactly one of the nodes was written. */
    public static Optional<String> oneOf(String names, JsonNode... nodes) {
        return Stream.of(nodes).filter(Written::given).count() == 1
                ? Optional.empty()
                : Optional.of("needs exactly one of " + names);
    }
}
