package io.magicproxy.config;

import io.magicproxy.config.ConfigReader.Result;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads YAML as the gateway does, for tests. */
public final class Reading {
    private Reading() {}

    public static <T extends Record> Result<T> read(
            String yaml, Class<T> type, Map<String, String> environment) {
        return new ConfigReader(Environment.of(environment))
                .read(yaml.getBytes(StandardCharsets.UTF_8), type, (_, _, _) -> {});
    }

    /** What must be without a problem. */
    public static <T extends Record> T good(String yaml, Class<T> type) {
        return switch (read(yaml, type, Map.of())) {
            case Result.Loaded<T> loaded -> loaded.config();
            case Result.Invalid<T> invalid -> throw new AssertionError(lines(invalid).toString());
        };
    }

    /** The problems as a user sees them. */
    public static List<String> lines(Result<?> result) {
        return result.problems().stream().map(p -> p.format("f.yaml")).collect(Collectors.toList());
    }
}
