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
     * @param reference what it refers to in the environment
     */
    record Scalar(
            String path,
            Place place,
            String text,
            Kind kind,
            EnvironmentReferences.Resolved reference)
            implements ConfigNode {
        private static final int SHOWN = 60;

        static Scalar literal(String path, Place place, String text, Kind kind) {
            return new Scalar(
                    path, place, text, kind, EnvironmentReferences.Resolved.literal(text));
        }

        /** An environment variable that it refers to and that is not set. */
        public Optional<String> unset() {
            return reference.unset();
        }

        /** The environment variable that it refers to. */
        public Optional<String> variable() {
            return reference.variable();
        }

        /**
         * Itself for messages: what comes from the environment may be a secret, and isn't shown.
         */
        public String shown() {
            if (reference.fromEnvironment()) {
                return "the value of " + variable().orElseThrow();
            }
            return text.length() > SHOWN
                    ? "\"" + text.substring(0, SHOWN) + "\"…"
                    : "\"" + text + "\"";
        }

        /** Without what comes from the environment. */
        @Override
        public String toString() {
            return path + ": " + shown();
        }
    }

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
            case Scalar s -> s.kind() == Kind.NULL ? "nothing" : s.shown();
        };
    }
}
