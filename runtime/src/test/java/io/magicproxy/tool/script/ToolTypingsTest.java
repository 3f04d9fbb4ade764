package io.magicproxy.tool.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The editor's typings name what {@code tool} has, and nothing else. */
class ToolTypingsTest {
    private static final Path FOLDER = Path.of("..", "tools");

    @TempDir private Path folder;

    @Test
    void both_languages_have_the_members_that_the_typings_name() throws Exception {
        check(
                "members.js",
                """
                export function run({ url }) {
                  return { Tool: Object.keys(tool), Files: Object.keys(tool.files), Fetched: Object.keys(tool.fetch(url)) };
                }
                """,
                "magic-proxy.d.ts",
                "(?ms)^export interface %s \\{(.*?)^\\}",
                "(?m)^  (?:readonly )?(\\w+)[(<:?]");
        check(
                "members.py",
                """
                def run(args):
                    names = lambda of: [name for name in dir(of) if not name.startswith("_")]
                    return {"Tool": names(tool), "Files": names(tool.files), "Fetched": names(tool.fetch(args["url"]))}
                """,
                "magic_proxy.pyi",
                "(?m)^class %s(?:\\(.*\\))?:\\n((?:    .*\\n|\\n)*)",
                "(?m)^    (?:def )?(\\w+)[(:]");
    }

    private void check(String file, String source, String typings, String type, String member)
            throws Exception {
        try (var runtime = new InProcessRuntime();
                var server = ScriptedUpstream.start();
                var scene = new ToolScene(runtime, folder)) {
            server.always(request -> Reply.json(200, "{}"));
            scene.grantNetwork("members", "localhost");
            scene.load(file, source);
            JsonNode members = scene.ok("members", Json.object().put("url", server.url()));

            for (String name : Set.of("Tool", "Files", "Fetched")) {
                assertThat(named(typings, type.formatted(name), member))
                        .as(name + " in " + typings)
                        .isEqualTo(names(members.path(name)));
            }
        }
    }

    private static Set<String> names(JsonNode names) {
        Set<String> all = new TreeSet<>();
        names.forEach(name -> all.add(name.asText()));
        return all;
    }

    private static Set<String> named(String file, String type, String member) throws Exception {
        Matcher found = Pattern.compile(type).matcher(Files.readString(FOLDER.resolve(file)));
        assertThat(found.find()).as(type).isTrue();
        Set<String> all = new TreeSet<>();
        Pattern.compile(member).matcher(found.group(1)).results().forEach(m -> all.add(m.group(1)));
        return all;
    }
}
