package io.magicproxy.pattern.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.pattern.PatternInput;
import io.magicproxy.pattern.PatternLoader;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.testing.SharedSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The editor's typings name what {@code ctx} has, and nothing else. */
class TypingsTest {
    private static final Path FOLDER = Path.of("..", "patterns");
    private static final ScriptRuntime RUNTIME = SharedSandbox.RUNTIME;
    private static final String BODY_JS =
            "run(ctx) { return { ctx: Object.keys(ctx), state: Object.keys(ctx.state) }; }";
    private static final String BODY_PY =
            """
            def run(ctx):
                names = lambda of: [name for name in dir(of) if not name.startswith("_")]
                return {"ctx": names(ctx), "state": names(ctx.state)}
            """;

    @ParameterizedTest
    @ValueSource(strings = {"", "Async"})
    void typescript_has_the_members_of_ctx(String kind) throws Exception {
        String function = kind.isEmpty() ? "export function " : "export async function ";
        JsonNode members = members("members.js", function + BODY_JS);

        assertThat(typescript(kind + "Ctx")).isEqualTo(names(members.path("ctx")));
        assertThat(typescript(kind + "State")).isEqualTo(names(members.path("state")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Async"})
    void python_has_the_members_of_ctx(String kind) throws Exception {
        String source = (kind.isEmpty() ? "" : "async ") + BODY_PY;
        JsonNode members = members("members.py", source);

        assertThat(python(kind + "Ctx")).isEqualTo(names(members.path("ctx")));
        assertThat(python(kind + "State")).isEqualTo(names(members.path("state")));
    }

    private static JsonNode members(String file, String source) throws Exception {
        PatternScript pattern =
                new PatternLoader(() -> RUNTIME, InstantSource.system())
                        .load("members", ScriptBundle.of(file, source));
        Scenario scenario =
                new Scenario(
                        "members",
                        new Scenario.Input(
                                Json.object(),
                                Json.object(),
                                Json.object(),
                                "a",
                                Json.object(),
                                1,
                                1),
                        List.of(),
                        List.of(),
                        ConfigReader.defaults(Scenario.Expected.class));
        PatternInput input = ScenarioRunner.input(scenario, Json.object());
        ScenarioRun.End end = ScenarioRun.of(RUNTIME, pattern, scenario, input).end();
        assertThat(end).isInstanceOf(ScenarioRun.End.Answered.class);
        return Json.read(((ScenarioRun.End.Answered) end).answer());
    }

    private static Set<String> names(JsonNode names) {
        Set<String> all = new TreeSet<>();
        names.forEach(name -> all.add(name.asText()));
        return all;
    }

    static Set<String> typescript(String name) throws IOException {
        return members(
                "magic-proxy.d.ts",
                name,
                "(?ms)^(?:export )?interface %s(?: extends ([\\w, ]+))? \\{(.*?)^\\}",
                "(?m)^  (?:readonly )?(\\w+)[(<:?]");
    }

    private static Set<String> python(String name) throws IOException {
        return members(
                "magic_proxy.pyi",
                name,
                "(?m)^class %s(?:\\((\\w+)\\))?:\\n((?:    .*\\n|\\n)*)",
                "(?m)^    (?:def )?(\\w+)[(:]");
    }

    /** A type's own members and those of the types that it extends. */
    private static Set<String> members(String file, String name, String type, String member)
            throws IOException {
        Matcher found =
                Pattern.compile(type.formatted(name))
                        .matcher(Files.readString(FOLDER.resolve(file)));
        assertThat(found.find()).as(name + " in " + file).isTrue();
        Set<String> all = new TreeSet<>();
        Pattern.compile(member).matcher(found.group(2)).results().forEach(m -> all.add(m.group(1)));
        if (found.group(1) != null) {
            for (String above : found.group(1).split(",\\s*", -1)) {
                all.addAll(members(file, above, type, member));
            }
        }
        return all;
    }
}
