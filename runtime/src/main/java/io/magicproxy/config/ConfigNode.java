package io.magicproxy.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value of the file, with its path and place. Anchors and merges are resolved; places are where a
 * value is written.
 */
public sealed interface ConfigNode {
    String path();

    Place place();

    /** Keys in the order of the file, each with the place of the key itself. */
    record Mapping(String path, Place place, Map<String, Entry> entries) implements ConfigNode {
        public Optional<ConfigNode> get(String key) {
            return Optional.ofNullable(entries.get(key)).map(Entry::value);
        }
    }

    /** A key's place and its value. */
    record Entry(ConfigNode key, ConfigNode value) {}

    record Sequence(String path, Place place, List<ConfigNode> items) implements ConfigNode {}

    /**
     * A single value.
     *
     * @param text as it is written, references replaced
     * @param kind what YAML takes it for
     * @param unset the environment variable that it refers to and that is not set
     * @param variable the environment variable that it refers to
     */
    record Scalar(
            String path,
            Place place,
            String text,
            Kind kind,
            Optional<String> unset,
            Optional<String> variable)
            implements ConfigNode {}

    /** YAML's idea of a plain scalar. */
    enum Kind {
        TEXT,
        NUMBER,
        BOOLEAN,
        NULL
    }

    default boolean isNull() {
        return this instanceof Scalar s && s.kind() == Kind.NULL;
    }

    /** What it is, for messages. */
    default String describe() {
        return switch (this) {
            case Mapping _ -> "a mapping";
            case Sequence _ -> "a list";
            case Scalar s -> s.kind() == Kind.NULL ? "nothing" : "\"" + s.text() + "\"";
        };
    }
}
