package io.magicproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.ConfigNode.Sequence;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of {@link ConfigNode}s: keys become components, unknown keys problems. A value that
 * is wrong is reported and its default taken, so that the rest is checked too.
 */
final class Binder {
    private final Problems problems;

    Binder(Problems problems) {
        this.problems = problems;
    }

    <T extends Record> T bind(ConfigNode node, Class<T> type) {
        Mapping mapping = mapping(spelledOut(node, type));
        rejectUnknown(mapping, type);
        Object[] values =
                Shapes.components(type).stream().map(c -> component(c, type, mapping)).toArray();
        return construct(type, values);
    }

    /** One value that stands for a section, as a mapping. */
    private static ConfigNode spelledOut(ConfigNode node, Class<? extends Record> type) {
        if (!(node instanceof Scalar scalar) || node.isNull()) {
            return node;
        }
        return Shapes.options(type).stream()
                .filter(c -> Shapes.option(c).shorthand())
                .map(Shapes::key)
                .<ConfigNode>map(key ->
                        new Mapping(
                                node.path(),
                                node.place(),
                                Map.of(key, new ConfigNode.Entry(scalar, scalar))))
                .findFirst()
                .orElse(node);
    }

    private Mapping mapping(ConfigNode node) {
        if (node instanceof Mapping mapping) {
            return mapping;
        }
        if (!node.isNull()) {
            problems.error(node, "must be a mapping, not " + node.describe());
        }
        return new Mapping(node.path(), node.place(), Map.of());
    }

    private void rejectUnknown(Mapping mapping, Class<? extends Record> type) {
        if (Shapes.rest(type).isPresent()) {
            return;
        }
        List<String> known = Shapes.options(type).stream().map(Shapes::key).toList();
        mapping.entries()
                .forEach((key, entry) -> {
                    if (!known.contains(key)) {
                        Optional<String> home = sectionOf(key, type);
                        if (home.isPresent()) {
                            problems.error(
                                    entry.key(),
                                    "is not a known key here; it belongs into " + home.get());
                        } else {
                            problems.unknown(entry.key(), "is not a known key", key, known);
                        }
                    }
                });
    }

    /** The section of the type that has a key of this name. */
    private static Optional<String> sectionOf(String key, Class<? extends Record> type) {
        return Shapes.options(type).stream()
                .filter(c -> isSection(c.getType()))
                .filter(c ->
                        Shapes.options(c.getType().asSubclass(Record.class)).stream()
                                .anyMatch(inner -> Shapes.key(inner).equals(key)))
                .map(Shapes::key)
                .findFirst();
    }

    private Object component(
            RecordComponent component, Class<? extends Record> type, Mapping mapping) {
        if (component.isAnnotationPresent(Rest.class)) {
            return rest(type, mapping);
        }
        rejectEmptySecret(component, mapping);
        Optional<ConfigNode> given = given(component, mapping);
        if (given.isPresent()) {
            Object value = value(given.get(), component.getGenericType());
            if (value != null) {
                return inRange(component, given.get(), value) ? value : standard(component);
            }
        } else if (isSection(component.getType())) {
            return leftOut(component, mapping);
        } else if (required(component)) {
            problems.error(
                    mapping,
                    "needs \"" + Shapes.key(component) + "\": " + Shapes.option(component).value());
        }
        return standard(component);
    }

    /** A section left out has its defaults, if each of its keys can do without a value. */
    private Object leftOut(RecordComponent component, Mapping above) {
        String key = Shapes.key(component);
        String path = above.path().isEmpty() ? key : above.path() + "." + key;
        return bind(
                new Mapping(path, above.place(), Map.of()),
                component.getType().asSubclass(Record.class));
    }

    /** Whether it is a record of keys, not one that stands for a single value. */
    private static boolean isSection(Class<?> type) {
        return type.isRecord() && type != DataSize.class && type != SecretRef.class;
    }

    /** What was written for it; an optional text that a reference leaves empty wasn't. */
    private static Optional<ConfigNode> given(RecordComponent component, Mapping mapping) {
        boolean optional = component.getType() == Optional.class;
        return mapping.get(Shapes.key(component))
                .filter(node -> !node.isNull())
                .filter(node ->
                        !(optional
                                && node instanceof Scalar s
                                && s.text().isBlank()
                                && s.unset().isEmpty()));
    }

    /** A key that was forgotten must not silently mean that none is wanted. */
    private void rejectEmptySecret(RecordComponent component, Mapping mapping) {
        ValueType type = new ValueType(component.getGenericType());
        if (type.isOptional() && type.argument(0) == SecretRef.class) {
            mapping.get(Shapes.key(component))
                    .filter(node ->
                            node instanceof Scalar s
                                    && s.variable().isEmpty()
                                    && (s.isNull() || s.text().isBlank()))
                    .ifPresent(node ->
                            problems.error(
                                    node, "holds nothing; write the key or remove the line"));
        }
    }

    private ObjectNode rest(Class<? extends Record> type, Mapping mapping) {
        List<String> named = Shapes.options(type).stream().map(Shapes::key).toList();
        ObjectNode rest = JsonNodeFactory.instance.objectNode();
        mapping.entries()
                .forEach((key, entry) -> {
                    if (!named.contains(key)) {
                        DidYouMean.slip(key, named)
                                .ifPresent(near ->
                                        problems.slip(entry.key(), "is taken as it is", near));
                        rest.set(key, json(entry.value()));
                    }
                });
        return rest;
    }

    private JsonNode json(ConfigNode node) {
        reportUnset(node);
        return JsonNodes.json(node);
    }

    private void reportUnset(ConfigNode node) {
        switch (node) {
            case Mapping m -> m.entries().values().forEach(e -> reportUnset(e.value()));
            case Sequence s -> s.items().forEach(this::reportUnset);
            case Scalar s -> isUnset(s);
        }
    }

    private boolean inRange(RecordComponent component, ConfigNode at, Object value) {
        long min = Shapes.option(component).min();
        Object number = value instanceof Optional<?> optional ? optional.orElseThrow() : value;
        boolean small =
                switch (number) {
                    case Number n -> n.doubleValue() < min;
                    case Duration d -> d.toNanos() < min;
                    case DataSize s -> s.bytes() < min;
                    default -> false;
                };
        if (small) {
            problems.error(
                    at,
                    number instanceof Duration
                            ? "must be longer than 0"
                            : "must be at least " + min);
        }
        return !small;
    }

    private static boolean required(RecordComponent component) {
        Class<?> type = component.getType();
        return Shapes.option(component).standard().isEmpty()
                && type != Optional.class
                && type != List.class
                && type != Map.class
                && !type.isRecord()
                && !JsonNode.class.isAssignableFrom(type);
    }

    /** The default; for what is required, something to go on with until the problem is reported. */
    private Object standard(RecordComponent component) {
        String text =
                component.isAnnotationPresent(Option.class)
                        ? Shapes.option(component).standard()
                        : "";
        if (!text.isEmpty()) {
            ValueType kind = new ValueType(component.getGenericType());
            Object value = kind.isOptional() ? optional(text, kind.argument(0)) : kind.parse(text);
            if (value == null) {
                throw new IllegalStateException("the default of " + component + " can't be read");
            }
            return value;
        }
        return empty(component.getType());
    }

    private static @Nullable Object optional(String text, Type inner) {
        Object value = new ValueType(inner).parse(text);
        return value == null ? null : Optional.of(value);
    }

    @SuppressWarnings("unchecked") // asSubclass can't say "some record"
    private Object empty(Class<?> type) {
        if (type == Optional.class) {
            return Optional.empty();
        }
        if (type == List.class) {
            return List.of();
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (type == SecretRef.class) {
            return new SecretRef(Optional.empty(), Optional.empty());
        }
        if (type.isRecord()) {
            return new Binder(new Problems())
                    .bind(new Mapping("", Place.START, Map.of()), (Class<? extends Record>) type);
        }
        if (JsonNode.class.isAssignableFrom(type)) {
            return JsonNodeFactory.instance.objectNode();
        }
        return type == String.class ? "" : type == boolean.class ? (Object) false : (Object) 0;
    }

    /** The value, or null if it was wrong and that has been said. */
    private @Nullable Object value(ConfigNode node, Type type) {
        ValueType kind = new ValueType(type);
        if (kind.isOptional()) {
            Object inner = value(node, kind.argument(0));
            return inner == null ? null : Optional.of(inner);
        }
        if (kind.raw() == List.class) {
            return list(node, kind.argument(0));
        }
        if (kind.raw() == Map.class) {
            return map(node, kind.argument(1));
        }
        if (JsonNode.class.isAssignableFrom(kind.raw())) {
            return kind.raw() == ObjectNode.class ? json(mapping(node)) : JsonNodes.json(node);
        }
        if (isSection(kind.raw())) {
            return bind(node, kind.raw().asSubclass(Record.class));
        }
        return scalar(node, kind.raw());
    }

    List<Object> list(ConfigNode node, Type item) {
        List<Object> values = new ArrayList<>();
        // One value may stand for a list of one.
        List<ConfigNode> items =
                node instanceof Sequence sequence
                        ? sequence.items()
                        : node.isNull() ? List.of() : List.of(node);
        for (ConfigNode each : items) {
            Object value = value(each, item);
            if (value != null) {
                values.add(value);
            }
        }
        return List.copyOf(values);
    }

    private Map<String, Object> map(ConfigNode node, Type type) {
        Map<String, Object> values = new LinkedHashMap<>();
        // LiteLLM writes such maps as a list of mappings.
        List<ConfigNode> parts =
                node instanceof Sequence sequence ? sequence.items() : List.of(node);
        for (ConfigNode part : parts) {
            mapping(part)
                    .entries()
                    .forEach((key, entry) -> {
                        Object value = value(entry.value(), type);
                        if (value != null && values.putIfAbsent(key, value) != null) {
                            problems.error(entry.key(), "stands here twice; remove one");
                        }
                    });
        }
        return Collections.unmodifiableMap(values);
    }

    private @Nullable Object scalar(ConfigNode node, Class<?> type) {
        if (!(node instanceof Scalar scalar) || node.isNull()) {
            problems.error(node, "must be " + ValueType.name(type) + ", not " + node.describe());
            return null;
        }
        if (type == SecretRef.class) {
            return secret(scalar);
        }
        if (isUnset(scalar)) {
            return null;
        }
        if (type == String.class && !isPlain(scalar)) {
            return null;
        }
        Object value = new ValueType(type).parse(scalar.text());
        if (value == null) {
            problems.unknown(
                    node,
                    "must be "
                            + ValueType.name(type)
                            + (ValueType.isTooLarge(type, scalar.text())
                                    ? " of at most " + Integer.MAX_VALUE
                                    : "")
                            + ", not "
                            + node.describe(),
                    scalar.text(),
                    type.isEnum() ? ValueType.names(type) : List.of());
        }
        return value;
    }

    private boolean isPlain(Scalar scalar) {
        boolean blank = scalar.text().isBlank();
        if (blank || !isLine(scalar.text())) {
            problems.error(
                    scalar, blank ? "must not be empty" : "must be one line of plain characters");
            return false;
        }
        return true;
    }

    /** What could break a header, a path or a log isn't. */
    private static boolean isLine(String text) {
        return text.chars().noneMatch(Character::isISOControl);
    }

    private boolean isUnset(Scalar scalar) {
        scalar.unset()
                .ifPresent(name ->
                        problems.error(
                                scalar,
                                "the environment variable "
                                        + name
                                        + " is not set; set it, or write ${"
                                        + name
                                        + ":default}"));
        return scalar.unset().isPresent();
    }

    private SecretRef secret(Scalar scalar) {
        if (scalar.unset().isPresent()) {
            problems.note(
                    scalar,
                    "the environment variable "
                            + scalar.unset().get()
                            + " is not set: what needs this secret can't run");
            return new SecretRef(Optional.empty(), scalar.unset());
        }
        Optional<String> value = Optional.of(scalar.text().strip()).filter(s -> !s.isEmpty());
        if (value.isPresent() && !isLine(value.get())) {
            problems.error(scalar, "must be one line of plain characters");
        }
        return new SecretRef(value, scalar.variable());
    }

    private static <T extends Record> T construct(Class<T> type, Object[] values) {
        Class<?>[] parameters =
                Shapes.components(type).stream()
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
        try {
            var constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " can't be made from what was read", e);
        }
    }
}
