package io.magicproxy.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A component's type: taken apart, named as a writer of the file thinks of it, read from text. */
record ValueType(Type type) {
    Class<?> raw() {
        return type instanceof ParameterizedType p ? (Class<?>) p.getRawType() : (Class<?>) type;
    }

    boolean isOptional() {
        return raw() == Optional.class;
    }

    Type argument(int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }

    /** The value, or null if the text isn't one. */
    @Nullable Object parse(String text) {
        Class<?> raw = raw();
        if (raw == String.class) {
            return text;
        } else if (raw == boolean.class || raw == Boolean.class) {
            return Scalars.bool(text).orElse(null);
        } else if (raw == int.class || raw == Integer.class) {
            return Scalars.integer(text).orElse(null);
        } else if (raw == BigDecimal.class) {
            return Scalars.number(text).orElse(null);
        } else if (raw == Duration.class) {
            return Units.duration(text).orElse(null);
        } else if (raw == DataSize.class) {
            return Units.size(text).orElse(null);
        } else if (raw.isEnum()) {
            return Arrays.stream(raw.getEnumConstants())
                    .filter(c -> ((Enum<?>) c).name().equals(text.toUpperCase(Locale.ROOT)))
                    .findFirst()
                    .orElse(null);
        }
        throw new IllegalStateException("no configuration value can be a " + raw);
    }

    /** Whether the text is a whole number, but not one of that type. */
    static boolean isTooLarge(Class<?> type, String text) {
        return name(type).equals(name(int.class))
                && Scalars.number(text)
                        .filter(n -> n.stripTrailingZeros().scale() <= 0)
                        .isPresent();
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
