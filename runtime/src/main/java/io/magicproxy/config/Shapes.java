package io.magicproxy.config;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the reader and the documentation know of a configuration record. */
final class Shapes {
    private Shapes() {}

    /** The components that have a key of their own. */
    static List<RecordComponent> options(Class<? extends Record> type) {
        return components(type).stream().filter(c -> c.isAnnotationPresent(Option.class)).toList();
    }

    static Optional<RecordComponent> rest(Class<? extends Record> type) {
        return components(type).stream().filter(c -> c.isAnnotationPresent(Rest.class)).findFirst();
    }

    static List<RecordComponent> components(Class<? extends Record> type) {
        return Arrays.asList(type.getRecordComponents());
    }

    static Option option(RecordComponent component) {
        return component.getAnnotation(Option.class);
    }

    /** The component's name as a key: {@code numRetries} is {@code num_retries}. */
    static String key(RecordComponent component) {
        return component
                .getName()
                .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
