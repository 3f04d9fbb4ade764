package io.magicproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Optional;

/**
 * The self-test of a configuration record: a text that sets every component to something other than
 * its default must be read without a problem, and must leave no component at its default. A new
 * component without its line in the test, or its key in the file, fails here.
 */
public final class FullMapping {
    private FullMapping() {}

    /** Reads the text and compares; the record, for checks of the values themselves. */
    public static <T extends Record> T of(Class<T> type, String yaml) {
        T given =
                switch (Reading.read(yaml, type, Map.of())) {
                    case ConfigReader.Result.Loaded<T> loaded -> {
                        assertThat(Reading.lines(loaded)).isEmpty();
                        yield loaded.config();
                    }
                    case ConfigReader.Result.Invalid<T> invalid ->
                            throw new AssertionError(Reading.lines(invalid).toString());
                };
        differs(type.getSimpleName(), given, ConfigReader.defaults(type));
        return given;
    }

    private static void differs(String path, Record given, Record defaults) {
        for (RecordComponent component : given.getClass().getRecordComponents()) {
            String name = path + "." + component.getName();
            Object value = value(component, given);
            Object standard = value(component, defaults);
            if (value instanceof Record inner && standard instanceof Record innerStandard) {
                if (!(value instanceof DataSize)) {
                    differs(name, inner, innerStandard);
                    continue;
                }
            }
            assertThat(value).as(name).isNotEqualTo(standard);
            if (value instanceof JsonNode json) {
                assertThat(json).as(name).isNotEmpty();
            }
        }
    }

    private static Object value(RecordComponent component, Record of) {
        try {
            component.getAccessor().setAccessible(true);
            return Optional.ofNullable(component.getAccessor().invoke(of)).orElseThrow();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(component.toString(), e);
        }
    }
}
