package io.magicproxy.config;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the reader and the documentation know of a configuration record. */
final class Shapes {
    private static final Pattern HUMP = Pattern.compile("([a-z0-9])([A-Z])");

    /** The JDK takes a class file apart anew at each question. */
    private static final ClassValue<List<RecordComponent>> COMPONENTS =
            new ClassValue<>() {
                @Override
                protected List<RecordComponent> computeValue(Class<?> type) {
                    return List.of(type.getRecordComponents());
                }
            };

    private Shapes() {}

    /** The components that have a key of their own. */
    static List<RecordComponent> options(Class<? extends Record> type) {
        return components(type).stream().filter(c -> c.isAnnotationPresent(Option.class)).toList();
    }

    static Optional<RecordComponent> rest(Class<? extends Record> type) {
        return components(type).stream().filter(c -> c.isAnnotationPresent(Rest.class)).findFirst();
    }

    static List<RecordComponent> components(Class<? extends Record> type) {
        return COMPONENTS.get(type);
    }

    static Option option(RecordComponent component) {
        return component.getAnnotation(Option.class);
    }

    /** The component's name as a key: {@code numRetries} is {@code num_retries}. */
    static String key(RecordComponent component) {
        return HUMP.matcher(component.getName()).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
    }
}
