package io.magicproxy.tool.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.plugin.ScriptFiles;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.testing.SharedSandbox;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.upstream.Cancellation;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShippedToolsTest {
    private static final Path FOLDER = Path.of("..", "tools");
    private static final ScriptRuntime RUNTIME = SharedSandbox.RUNTIME;
    private static final ScriptToolLoader TOOLS =
            new ScriptToolLoader(
                    () -> RUNTIME, InstantSource.fixed(Instant.parse("2026-03-01T23:30:00Z")));

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "1 + 2 * 3,                7",
                "(1 + 2) * 3,              9",
                "-2^2,                     -4",
                "2^3^2,                    512",
                "2 ** -1,                  0.5",
                "7 % 4,                    3",
                "- -3,                     3",
                "0.1 + 0.2,                0.3",
                "2^53 - 1,                 9007199254740991",
                "1e3 + .5,                 1000.5",
                "SQRT(16) + ln(e),         5",
                "\"max(1, 2, 3) - min(4, 5)\", -1",
                "round(2.5) + floor(1.9) + ceil(1.1), 6",
                "round(-2.5),              -3",
                "abs(-2) * log(1000),      6",
                "cos(0) + sin(0) + tan(0) + exp(0), 2",
                "round(100 * pi) / 100,    3.14",
            })
    void the_calculator_calculates(String expression, double result) throws Exception {
        assertThat(calculator(expression).path("result").asDouble()).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "1 / 0,         at character 5: division by zero",
                "2 $ 3,         at character 3: \"\"$\"\" is not part",
                "1 +,           at character 4: the expression ends",
                "(1,            \"at character 3: \"\")\"\" is missing\"",
                "1 2,           at character 3: \"\"2\"\" is not expected",
                "foo(1),        at character 1: \"\"foo\"\" is not known; there are sqrt",
                "constructor,   at character 1: \"\"constructor\"\" is not known",
                "1 + sqrt(-1),  at character 5: sqrt(-1) is not a real number",
                "\"sqrt(1, 2)\",    \"at character 1: sqrt takes 1 argument, not 2\"",
                "9^999,         not a finite real number",
            })
    void the_calculator_says_where_it_failed(String expression, String problem) throws Exception {
        assertThat(failure("calculator.js", "expression", expression))
                .contains(problem.replace("\"\"", "\""));
    }

    @ParameterizedTest
    @CsvSource({
        "UTC,        2026-03-01T23:30:00+00:00, Sunday",
        "Etc/UTC,    2026-03-01T23:30:00+00:00, Sunday",
        "+02:00,     2026-03-02T01:30:00+02:00, Monday",
        "UTC-5,      2026-03-01T18:30:00-05:00, Sunday",
        "gmt +0530,  2026-03-02T05:00:00+05:30, Monday",
        "Etc/GMT-2,  2026-03-02T01:30:00+02:00, Monday",
    })
    void the_time_is_told_in_utc_and_at_fixed_offsets(String zone, String time, String weekday)
            throws Exception {
        JsonNode told = call("current_time.py", "timezone", zone);

        assertThat(told.path("time").asText()).isEqualTo(time);
        assertThat(told.path("weekday").asText()).isEqualTo(weekday);
    }

    @ParameterizedTest
    @CsvSource({
        "Mars/Olympus,  only UTC and fixed offsets are",
        "Europe/Berlin, give the offset that holds there now",
        "+15:00,        more than 14 hours",
        "+01:75,        minutes are above 59",
    })
    void an_unknown_time_zone_is_an_error_that_says_what_to_give(String zone, String problem)
            throws Exception {
        assertThat(failure("current_time.py", "timezone", zone)).contains(problem);
    }

    private static JsonNode calculator(String expression) throws Exception {
        return call("calculator.js", "expression", expression);
    }

    private static JsonNode call(String file, String argument, String value) throws Exception {
        return ((ToolResult.Ok) result(file, argument, value)).value();
    }

    private static String failure(String file, String argument, String value) throws Exception {
        return ((ToolResult.Failed) result(file, argument, value)).message();
    }

    private static ToolResult result(String file, String argument, String value) throws Exception {
        var call =
                new ToolCall(
                        "test",
                        Json.object().put(argument, value),
                        ToolCall.noAgents("none here"),
                        _ -> {},
                        new Cancellation());
        String name = file.substring(0, file.lastIndexOf('.'));
        return TOOLS.load(name, ScriptFiles.bundle(FOLDER.resolve(file))).call(call);
    }
}
