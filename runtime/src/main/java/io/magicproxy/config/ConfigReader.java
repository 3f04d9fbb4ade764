package io.magicproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a whole file into its record. */
public final class ConfigReader {
    private final Environment environment;

    public ConfigReader(Environment environment) {
        this.environment = environment;
    }

    /** What came of a file. */
    public sealed interface Result<T> {
        /** In the order of the file. */
        List<ConfigProblem> problems();

        /** It can be used; the problems are notes. */
        record Loaded<T>(T config, List<ConfigProblem> problems) implements Result<T> {}

        /** It can't; nothing of it counts. */
        record Invalid<T>(List<ConfigProblem> problems) implements Result<T> {}
    }

    /** What must fit between the parts of a file, beyond each part's own types. */
    @FunctionalInterface
    public interface Check<T> {
        void run(T config, ConfigNode.Mapping root, Problems problems);
    }

    public <T extends Record> Result<T> read(byte[] yaml, Class<T> type, Check<T> check) {
        Problems problems = new Problems();
        Optional<ConfigNode> root =
                new YamlReader(new EnvironmentReferences(environment), problems).read(yaml);
        if (root.isEmpty() && problems.hasErrors()) {
            return new Result.Invalid<>(problems.all());
        }
        ConfigNode node = root.orElseGet(() -> new ConfigNode.Mapping("", Place.START, Map.of()));
        T config = new Binder(problems).bind(node, type);
        if (node instanceof ConfigNode.Mapping mapping) {
            check.run(config, mapping, problems);
        }
        return problems.hasErrors()
                ? new Result.Invalid<>(problems.all())
                : new Result.Loaded<>(config, problems.all());
    }

    /** The record of a value that is no file: problems have paths, but no places. */
    public static <T extends Record> Result<T> read(JsonNode json, Class<T> type) {
        Problems problems = new Problems();
        T config = new Binder(problems).bind(JsonNodes.node("", json), type);
        return problems.hasErrors()
                ? new Result.Invalid<>(problems.all())
                : new Result.Loaded<>(config, problems.all());
    }

    /**
     * The records of a free-form part of the file, for whoever gives it its meaning; one may stand
     * for a list of one.
     */
    public static <T extends Record> List<T> list(ConfigNode at, Class<T> type, Problems problems) {
        return new Binder(problems).list(at, type).stream().map(type::cast).toList();
    }

    /** The record with all its defaults, for code that sets a few of them itself. */
    public static <T extends Record> T defaults(Class<T> type) {
        return new Binder(new Problems())
                .bind(new ConfigNode.Mapping("", Place.START, Map.of()), type);
    }
}
