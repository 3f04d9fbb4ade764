package io.magicproxy.tool.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the documents show of tools works as they say. */
class ToolDocsTest {
    private static final List<Path> DOCS =
            List.of(Path.of("..", "docs", "tools.md"), Path.of("..", "README.md"));
    private static final Pattern FILE =
            Pattern.compile("(?ms)^```\\w+\\n(?://|#) tools/(\\S+)\\n(.*?)^```");
    private static final Pattern CALL =
            Pattern.compile("(?m)curl http://\\S+/tools/(\\w+) .*-d '(.*?)'(?:\\n(\\{.*))?");
    private static final Pattern SCHEMA = Pattern.compile("(?ms)^```json\\n(.*?)^```");

    private static final ToolFiles TOOLS = new ToolFiles();
    private static final Map<String, ScriptTool> LOADED = new LinkedHashMap<>();

    @BeforeAll
    static void load() throws Exception {
        for (MatchResult file : found(FILE)) {
            if (file.group(1).endsWith(".yaml")) {
                continue; // Scenarios have a test of their own.
            }
            ScriptTool tool = TOOLS.load(file.group(1), file.group(2));
            LOADED.put(tool.spec().name(), tool);
        }
    }

    @AfterAll
    static void close() {
        TOOLS.close();
    }

    private static List<MatchResult> found(Pattern pattern) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : DOCS) {
            all.append(Files.readString(file));
        }
        return pattern.matcher(all).results().toList();
    }

    private static ScriptTool loaded(String name) {
        return Objects.requireNonNull(LOADED.get(name), name);
    }

    @Test
    void every_example_loads_and_every_call_gives_what_is_shown() throws Exception {
        assertThat(LOADED.keySet()).containsExactly("word_count", "roman", "dice", "add");
        int shown = 0;
        for (MatchResult call : found(CALL)) {
            ScriptTool tool = loaded(call.group(1));
            ToolResult result = TOOLS.call(tool, (ObjectNode) Json.read(call.group(2)));
            assertThat(result).as(call.group()).isInstanceOf(ToolResult.Ok.class);
            if (call.group(3) != null) {
                shown++;
                assertThat(((ToolResult.Ok) result).value())
                        .isEqualTo(Json.read(call.group(3)).path("result"));
            }
        }
        assertThat(shown).isEqualTo(2);
        assertThat(TOOLS.call(loaded("dice"), (ObjectNode) Json.read("{\"sides\": 6}")))
                .isInstanceOf(ToolResult.Ok.class);
    }

    @Test
    void the_schema_that_is_shown_is_the_examples() throws Exception {
        assertThat(loaded("word_count").spec().parameters().json())
                .isEqualTo(Json.read(found(SCHEMA).getFirst().group(1)));
    }

    @Test
    void every_key_of_the_manifest_is_explained_and_in_the_typings() throws Exception {
        String docs = Files.readString(DOCS.getFirst());
        String table = docs.substring(docs.indexOf("## Manifest"), docs.indexOf("## Effects"));
        String typescript = Files.readString(Path.of("..", "tools", "magic-proxy.d.ts"));
        String python = Files.readString(Path.of("..", "tools", "magic_proxy.pyi"));

        for (var component : ToolManifest.class.getRecordComponents()) {
            assertThat(table).contains("`" + component.getName() + "`");
            assertThat(typescript).contains("\n  " + component.getName() + "?: ");
            assertThat(python).contains("\n    " + component.getName() + ": ");
        }
    }
}
