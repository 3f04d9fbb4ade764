package io.magicproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import io.magicproxy.config.ConfigNode.Sequence;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
        Mapping mapping = mapping(node);
        rejectUnknown(mapping, type);
        Object[] values =
                Shapes.components(type).stream().map(c -> component(c, type, mapping)).toArray();
        return construct(type, values);
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
                        problems.unknown(entry.key(), "is not a known key", key, known);
                    }
                });
    }

    private Object component(
            RecordComponent component, Class<? extends Record> type, Mapping mapping) {
        if (component.isAnnotationPresent(Rest.class)) {
            return rest(type, mapping);
        }
        Optional<ConfigNode> given =
                mapping.get(Shapes.key(component)).filter(node -> !node.isNull());
        if (given.isPresent()) {
            Object value = value(given.get(), component.getGenericType());
            if (value != null) {
                return inRange(component, given.get(), value) ? value : standard(component);
            }
        } else if (required(component)) {
            problems.error(
                    mapping,
                    "needs \"" + Shapes.key(component) + "\": " + Shapes.option(component).value());
        }
        return standard(component);
    }

    private static ObjectNode rest(Class<? extends Record> type, Mapping mapping) {
        List<String> named = Shapes.options(type).stream().map(Shapes::key).toList();
        ObjectNode rest = JsonNodeFactory.instance.objectNode();
        mapping.entries()
                .forEach((key, entry) -> {
                    if (!named.contains(key)) {
                        rest.set(key, JsonNodes.json(entry.value()));
                    }
                });
        return rest;
    }

    private boolean inRange(RecordComponent component, ConfigNode at, Object value) {
        long min = Shapes.option(component).min();
        boolean small =
                switch (value) {
                    case Number n -> n.doubleValue() < min;
                    case Duration d -> d.toNanos() < min;
                    default -> false;
                };
        if (small) {
            problems.error(at, "must be at least " + min);
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
            Kind kind = new Kind(component.getGenericType());
            Object value =
                    kind.isOptional() ? optional(text, kind.argument(0)) : parse(text, kind.raw());
            if (value == null) {
                throw new IllegalStateException("the default of " + component + " can't be read");
            }
            return value;
        }
        return empty(component.getType());
    }

    private static @Nullable Object optional(String text, Type inner) {
        Object value = parse(text, new Kind(inner).raw());
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
        Kind kind = new Kind(type);
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
            return kind.raw() == ObjectNode.class
                    ? JsonNodes.json(mapping(node))
                    : JsonNodes.json(node);
        }
        if (kind.raw().isRecord()
                && kind.raw() != DataSize.class
                && kind.raw() != SecretRef.class) {
            return bind(node, kind.raw().asSubclass(Record.class));
        }
        return scalar(node, kind.raw());
    }

    private List<Object> list(ConfigNode node, Type item) {
        List<Object> values = new ArrayList<>();
        // One value may stand for a list of one.
        List<ConfigNode> items =
                node instanceof Sequence sequence ? sequence.items() : List.of(node);
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
                        if (value != null) {
                            values.put(key, value);
                        }
                    });
        }
        return values;
    }

    private @Nullable Object scalar(ConfigNode node, Class<?> type) {
        if (!(node instanceof Scalar scalar)) {
            problems.error(node, "must be " + Kind.name(type) + ", not " + node.describe());
            return null;
        }
        if (type == SecretRef.class) {
            return secret(scalar);
        }
        if (scalar.unset().isPresent()) {
            problems.error(
                    node,
                    "the environment variable "
                            + scalar.unset().get()
                            + " is not set; set it, or write ${"
                            + scalar.unset().get()
                            + ":default}");
            return null;
        }
        Object value = parse(scalar.text(), type);
        if (value == null) {
            problems.error(
                    node,
                    "must be "
                            + Kind.name(type)
                            + ", not "
                            + node.describe()
                            + suggestion(scalar, type));
        }
        return value;
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
        return new SecretRef(
                Optional.of(scalar.text()).filter(s -> !s.isBlank()), scalar.variable());
    }

    private static String suggestion(Scalar scalar, Class<?> type) {
        return type.isEnum() ? DidYouMean.hint(scalar.text(), Kind.names(type)) : "";
    }

    private static @Nullable Object parse(String text, Class<?> type) {
        try {
            if (type == String.class) {
                return text;
            } else if (type == boolean.class || type == Boolean.class) {
                return text.matches("(?i)true|yes|on")
                        ? Boolean.TRUE
                        : text.matches("(?i)false|no|off") ? Boolean.FALSE : null;
            } else if (type == int.class || type == Integer.class) {
                return Integer.valueOf(text.replace("_", ""));
            } else if (type == BigDecimal.class) {
                return new BigDecimal(text.replace("_", ""));
            } else if (type == Duration.class) {
                return Units.duration(text).orElse(null);
            } else if (type == DataSize.class) {
                return Units.size(text).orElse(null);
            } else if (type.isEnum()) {
                return Arrays.stream(type.getEnumConstants())
                        .filter(c -> ((Enum<?>) c).name().equals(text.toUpperCase(Locale.ROOT)))
                        .findFirst()
                        .orElse(null);
            }
            throw new IllegalStateException("no configuration value can be a " + type);
        } catch (NumberFormatException e) {
            return null;
        }
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

    /** A component's type, taken apart. */
    record Kind(Type type) {
        Class<?> raw() {
            return type instanceof ParameterizedType p
                    ? (Class<?>) p.getRawType()
                    : (Class<?>) type;
        }

        boolean isOptional() {
            return raw() == Optional.class;
        }

        Type argument(int index) {
            return ((ParameterizedType) type).getActualTypeArguments()[index];
        }

        static List<String> names(Class<?> enumType) {
            return Arrays.stream(enumType.getEnumConstants())
                    .map(c -> c.toString().toLowerCase(Locale.ROOT))
                    .toList();
        }

        /** The type as a writer of the file thinks of it. */
        static String name(Class<?> type) {
            if (type == boolean.class || type == Boolean.class) {
                return "true or false";
            } else if (type == int.class || type == Integer.class) {
                return "a whole number";
            } else if (type == BigDecimal.class) {
                return "a number";
            } else if (type == Duration.class) {
                return "a duration (seconds, or such as 500ms, 2m, 7d)";
            } else if (type == DataSize.class) {
                return "a size (bytes, or such as 64KiB, 8MiB)";
            } else if (type.isEnum()) {
                return "one of " + String.join(", ", names(type));
            }
            return "text";
        }
    }
}
