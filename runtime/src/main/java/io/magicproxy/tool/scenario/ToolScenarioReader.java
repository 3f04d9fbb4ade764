package io.magicproxy.tool.scenario;

import static io.magicproxy.scenario.Written.given;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.Problems;
import io.magicproxy.scenario.ScenarioYaml;
import io.magicproxy.tool.net.FetchException;
import io.magicproxy.tool.net.FetchRequest;
import io.magicproxy.tool.power.NetworkEntry;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a tool's scenario must have beyond the types of its keys. */
final class ToolScenarioReader {
    static final ScenarioYaml<ToolScenario.File, ToolScenario> YAML =
            new ScenarioYaml<>(
                    ToolScenario.File.class,
                    ToolScenario.File::scenarios,
                    ToolScenarioReader::check);

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** What a fetch can fail with once it is on its way. */
    private static final Set<String> FETCH_ERRORS =
            new TreeSet<>(
                    Stream.of(
                                    FetchException.Kind.FAILED,
                                    FetchException.Kind.NOT_ALLOWED,
                                    FetchException.Kind.TIMEOUT,
                                    FetchException.Kind.TOO_LARGE)
                            .map(FetchException.Kind::code)
                            .toList());

    private ToolScenarioReader() {}

    private static void check(ToolScenario scenario, ConfigNode at, Problems problems) {
        expected(scenario.expect()).ifPresent(it -> problems.error(part(at, "expect"), it));
        try {
            Instant.parse(scenario.clock());
        } catch (DateTimeParseException e) {
            problems.error(
                    part(at, "clock"), "must be a time in UTC, such as 2026-01-01T12:00:00Z");
        }
        scenario.env()
                .properties()
                .forEach(one ->
                        variable(one.getKey(), one.getValue())
                                .ifPresent(
                                        it -> problems.error(part(at, "env", one.getKey()), it)));
        scenario.files()
                .properties()
                .forEach(one ->
                        file(one.getKey(), one.getValue())
                                .ifPresent(
                                        it -> problems.error(part(at, "files", one.getKey()), it)));
        ConfigNode grant = part(at, "grant");
        scenario.grant()
                .ifPresent(it ->
                        it.network()
                                .forEach(host ->
                                        host(host).ifPresent(p -> problems.error(grant, p))));
        List<ConfigNode> calls = ScenarioYaml.items(at, "calls");
        for (int i = 0; i < Math.min(calls.size(), scenario.calls().size()); i++) {
            ConfigNode call = calls.get(i);
            call(scenario.calls().get(i)).ifPresent(it -> problems.error(call, it));
        }
    }

    /** Where a part stands; the whole if it isn't there. */
    private static ConfigNode part(ConfigNode at, String... keys) {
        ConfigNode found = at;
        for (String key : keys) {
            if (found instanceof ConfigNode.Mapping mapping) {
                found = mapping.get(key).orElse(found);
            }
        }
        return found;
    }

    private static Optional<String> expected(ToolScenario.Expected expect) {
        boolean result =
                given(expect.result())
                        || given(expect.resultFields())
                        || given(expect.resultContains());
        boolean error = expect.errorCode().isPresent() || given(expect.errorContains());
        return result != error
                ? Optional.empty()
                : Optional.of(
                        result
                                ? "expects a result and an error; a call has one of them"
                                : "expects nothing; give expect one of result, result_fields, result_contains, error_code, error_contains");
    }

    private static Optional<String> variable(String name, JsonNode value) {
        if (!VARIABLE.matcher(name).matches()) {
            return Optional.of(
                    "is no name of a variable; it has letters, digits and _, and begins with none of the digits");
        }
        return text(value);
    }

    private static Optional<String> text(JsonNode value) {
        return value.isValueNode() && !value.isNull()
                ? Optional.empty()
                : Optional.of("must be a text");
    }

    private static Optional<String> file(String name, JsonNode text) {
        try {
            Path path = Path.of(name).normalize();
            if (path.isAbsolute() || path.startsWith("..") || path.toString().isEmpty()) {
                return Optional.of(
                        "must be a path below the configuration's folder, such as docs/guide.md");
            }
        } catch (InvalidPathException e) {
            return Optional.of("is no path");
        }
        return text(text);
    }

    private static Optional<String> host(String written) {
        try {
            NetworkEntry.of(written);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> call(ToolScenario.Call call) {
        if (call.fetch().isPresent() == call.agent().isPresent()) {
            return Optional.of("needs exactly one of fetch, agent");
        }
        return call.fetch()
                .flatMap(ToolScenarioReader::fetch)
                .or(() ->
                        call.agent()
                                .flatMap(it ->
                                        ScenarioYaml.oneOf(
                                                "answer or error", it.answer(), it.error())));
    }

    private static Optional<String> fetch(ToolScenario.Fetch fetch) {
        if (fetch.answer().isPresent() == given(fetch.error())) {
            return Optional.of("needs exactly one of answer or error");
        }
        if (fetch.error() instanceof ObjectNode error
                && error.has("code")
                && !FETCH_ERRORS.contains(error.path("code").asText())) {
            return Optional.of(
                    "has an error that no fetch ends with; its code is one of "
                            + String.join(", ", FETCH_ERRORS));
        }
        try {
            FetchRequest.address(fetch.url());
            return Optional.empty();
        } catch (FetchException e) {
            return Optional.of("has a url that can't be fetched: " + e.text());
        }
    }
}
