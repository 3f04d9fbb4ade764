package io.magicproxy.tool.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.power.PowerRequests;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a JavaScript file says of itself, and how its function is called. */
class JavaScriptToolTest {
    private static final ToolFiles TOOLS = new ToolFiles();

    @AfterAll
    static void close() {
        TOOLS.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "string             # {\"type\":\"string\"}",
                "number             # {\"type\":\"number\"}",
                "integer            # {\"type\":\"integer\"}",
                "boolean            # {\"type\":\"boolean\"}",
                "*                  # {}",
                "any                # {}",
                "string[]           # {\"type\":\"array\",\"items\":{\"type\":\"string\"}}",
                "Array<number>      # {\"type\":\"array\",\"items\":{\"type\":\"number\"}}",
                "Array.<number>     # {\"type\":\"array\",\"items\":{\"type\":\"number\"}}",
                "(string|number)[]  # {\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]}}",
                "'a'|'b'            # {\"type\":\"string\",\"enum\":[\"a\",\"b\"]}",
                "1|2|null           # {\"anyOf\":[{\"type\":\"null\"},{\"type\":\"integer\",\"enum\":[1,2]}]}",
                "?string            # {\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}",
                "object             # {\"type\":\"object\"}",
                "Object<string, number>  # {\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\"}}",
                "Record<string, integer> # {\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}",
                "{[key: string]: boolean} # {\"type\":\"object\",\"additionalProperties\":{\"type\":\"boolean\"}}",
                "{a: string, b?: number[]} # {\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"array\",\"items\":{\"type\":\"number\"}}},\"required\":[\"a\"],\"additionalProperties\":false}",
                "[string, integer]  # {\"type\":\"array\",\"prefixItems\":[{\"type\":\"string\"},{\"type\":\"integer\"}],\"items\":false,\"minItems\":2}",
                "Point              # {\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"number\",\"description\":\"How far right.\"},\"y\":{\"type\":\"number\",\"default\":0}},\"required\":[\"x\"],\"additionalProperties\":false}",
                "Level              # {\"type\":\"string\",\"enum\":[\"low\",\"high\"]}",
            })
    void a_type_becomes_a_schema(String type, String schema) throws Exception {
        String source =
                """
                /**
                 * @typedef {object} Point
                 * @property {number} x - How far right.
                 * @property {number} [y=0]
                 */
                /** @typedef {'low'|'high'} Level */

                /** @param {%s} x */
                export function run(x) {}
                """
                        .formatted(type);

        assertThat(Json.text(TOOLS.schema("t.js", source).at("/properties/x"))).isEqualTo(schema);
    }

    @Test
    void a_function_with_its_comment_is_a_whole_tool() throws Exception {
        ScriptTool tool =
                TOOLS.load(
                        "web-search.mjs",
                        """
                        export const manifest = { title: 'Web search', effect: 'idempotent', timeout: 20, network: ['api.example.com'] };

                        const clean = (text) => text.trim();

                        /**
                         * Searches the web.
                         *
                         * Gives the best hits first.
                         * @param {string} query - What to look for,
                         *   in any language.
                         * @param {integer} [maxResults=5] How many.
                         * @param {'basic' | 'advanced'} depth
                         * @param {string=} lang
                         * @returns {string[]} The hits.
                         */
                        // eslint-disable-next-line
                        export async function webSearch(query, maxResults = 5, depth, lang, exact = false) {
                          return [clean(query)];
                        }
                        """);

        assertThat(tool.spec().name()).isEqualTo("web-search");
        assertThat(tool.spec().title()).isEqualTo("Web search");
        assertThat(tool.spec().description())
                .isEqualTo("Searches the web.\n\nGives the best hits first.\nReturns: The hits.");
        assertThat(Json.text(tool.spec().parameters().json()))
                .isEqualTo(
                        "{\"type\":\"object\",\"properties\":{"
                                + "\"query\":{\"type\":\"string\",\"description\":\"What to look for, in any language.\"},"
                                + "\"maxResults\":{\"type\":\"integer\",\"description\":\"How many.\",\"default\":5},"
                                + "\"depth\":{\"type\":\"string\",\"enum\":[\"basic\",\"advanced\"]},"
                                + "\"lang\":{\"type\":\"string\"},"
                                + "\"exact\":{\"type\":\"boolean\",\"default\":false}},"
                                + "\"required\":[\"query\",\"depth\"],\"additionalProperties\":false}");
        assertThat(tool.spec().conduct().toString()).contains("IDEMPOTENT", "PT20S", "16");
        assertThat(tool.manifest().requests())
                .isEqualTo(new PowerRequests(List.of("api.example.com"), List.of(), false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/** D\n * @param {{a: string, n?: number}} args */\nexport function run({ a, n = 2 }, tool) { return [a, n, tool.callId]; }",
                "/** D\n * @param {object} args\n * @param {string} args.a\n * @param {number} [args.n=2] */\nexport const run = async ({ a, n = 2 }, { callId }) => [a, n, callId];",
                "/** D\n * @param {string} a\n * @param {number} n */\nexport default function ({ a, n = 2 }, tool) { return [a, n, tool.callId]; }",
                "/** D\n * @param {string} options.a\n * @param {number} [options.n=2] */\nexport const t = (options, tool) => [options.a, options.n ?? 2, tool.callId];",
                "/** D\n * @param {string} a\n * @param {number} [n] */\nexport function run(a, n = 2, tool) { return [a, n, tool.callId]; }",
                "/** D\n * @param {string} a */\nfunction go(a, tool, n = /* two, so far */ 2) { return [a, n, tool.callId]; }\nexport { go as run };",
                "/** @typedef {{a: string, n?: number}} Args */\n/** D\n * @param {Args} args */\nexport function run(args, tool) { return [args.a, args.n ?? 2, tool.callId]; }",
            })
    void an_object_or_names_are_the_authors_choice(String source) throws Exception {
        ScriptTool tool = TOOLS.load("t.js", source);

        JsonNode schema = tool.spec().parameters().json();
        assertThat(schema.at("/properties/a/type").asText()).isEqualTo("string");
        assertThat(schema.at("/properties/n/type").asText()).isEqualTo("number");
        assertThat(Json.text(schema.path("required"))).isEqualTo("[\"a\"]");
        assertThat(schema.path("additionalProperties").asBoolean(true)).isFalse();
        assertThat(tool.spec().description()).isEqualTo("D");
        assertThat(TOOLS.call(tool, Json.object().put("a", "x")))
                .isEqualTo(new ToolResult.Ok(Json.read("[\"x\",2,\"call-1\"]")));
    }

    @Test
    void nested_fields_are_documented_by_their_paths() throws Exception {
        JsonNode schema =
                TOOLS.schema(
                        "t.js",
                        """
                        /**
                         * @param {object} args - All.
                         * @param {object[]} args.filters - Which.
                         * @param {string} args.filters[].key
                         * @param {object} [args.page]
                         * @param {integer} args.page.size - How many.
                         */
                        export function run(args) {}
                        """);

        assertThat(Json.text(schema.at("/properties/filters")))
                .isEqualTo(
                        "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"key\":{\"type\":\"string\"}},"
                                + "\"required\":[\"key\"],\"additionalProperties\":false},\"description\":\"Which.\"}");
        assertThat(Json.text(schema.at("/properties/page/properties/size")))
                .isEqualTo("{\"type\":\"integer\",\"description\":\"How many.\"}");
        assertThat(Json.text(schema.path("required"))).isEqualTo("[\"filters\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "export const schema = { description: 'D', parameters: %s };\nexport function run({ a }) { return a; }",
                "export const SCHEMA = { description: 'D', inputSchema: %s };\nexport const run = (args) => args.a;",
                "export const schema = %s;\n/** D */\nexport async function run(a) { return a; }",
            })
    void an_explicit_schema_is_taken_as_it_is(String source) throws Exception {
        String schema =
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\", \"maxLength\": 3}}}";
        ScriptTool tool = TOOLS.load("t.js", source.formatted(schema));

        assertThat(tool.spec().description()).isEqualTo("D");
        assertThat(tool.spec().parameters().json()).isEqualTo(Json.read(schema));
        assertThat(TOOLS.call(tool, Json.object().put("a", "abc")))
                .isEqualTo(new ToolResult.Ok(Json.read("\"abc\"")));
    }

    @Test
    void a_function_of_another_file_keeps_its_comment() throws Exception {
        ScriptTool tool =
                TOOLS.load(
                        ToolFiles.bundle(
                                "t.js",
                                Map.of(
                                        "t.js",
                                        "export { shout as run } from './lib/shout.js';\n",
                                        "lib/shout.js",
                                        "/** Shouts. @not a tag\n * @param {string} text - What.\n */\nexport function shout(text) { return text.toUpperCase(); }\n")));

        assertThat(tool.spec().description()).isEqualTo("Shouts. @not a tag");
        assertThat(TOOLS.call(tool, (ObjectNode) Json.read("{\"text\": \"abc\"}")))
                .isEqualTo(new ToolResult.Ok(Json.read("\"ABC\"")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "export const x = 1;                        # t.js:1:1 no function is exported: write export function run(text)",
                "export function a() {}\\nexport function b() {} # t.js:2:1 which function is the tool? Exported are a (line 1), b (line 2)",
                "\\nexport function* run() {}               # t.js:2:1 run is a generator: a tool has one result",
                "\\nexport async function* run() {}         # t.js:2:1 run is a generator",
                "export class T {}                          # t.js:1:1 T is a class: export a function",
                "\\nexport function run(...all) {}          # t.js:2:1 a tool's arguments have names: ...all can't be given",
                "export function run([a]) {}                # t.js:1:1 a tool's arguments have names: [a] can't be given",
                "export function run(b, { a }) {}           # t.js:1:1 a tool takes one object, or arguments by their names",
                "\\nexport function run(args) {}            # t.js:2:1 args doesn't say what it holds: document its fields",
                "/**\\n * @param {Map} m\\n */\\nexport function run(m) {} # t.js:2:1 the type Map is not known; use string, number",
                "/**\\n * @param {Date} d\\n */\\nexport function run(d) {} # t.js:2:1 the type {Date}: JSON has no dates",
                "/**\\n * @param {string d\\n */\\nexport function run(d) {} # t.js:2:1 the type {string d} can't be read from \"d\" on",
                "/**\\n * D\\n * @param {string} expresion\\n */\\nexport function run(expression) {} # t.js:3:1 the comment describes expresion, which the function doesn't take; it takes expression",
                "/**\\n * @param {string} args.b\\n */\\nexport function run({ a }) {} # t.js:2:1 the comment describes b, which the function doesn't take; it takes a",
                "\\nexport const schema = 5;\\nexport function run() {} # t.js:2:14 schema must be an object",
                "\\nexport const schema = {type: 'array'};\\nexport function run(args) {} # t.js:2:14 the schema must have \"type\": \"object\"",
                "export const schema = {type: 'object', properties: {a: {}}};\\nexport function run(a, b) {} # t.js:2:1 the function and its schema differ in b",
                "/** @typedef {{next: Node}} Node */\\n/** @param {Node} n */\\nexport function run(n) {} # t.js:1:1 the type Node holds itself",
                "\\nexport const manifest = { effect: 'never' };\\nexport function run() {} # t.js:2:27 manifest.effect must be one of none, idempotent, once, not \"never\"",
                "\\nexport const manifest = { networks: ['x'] };\\nexport function run() {} # t.js:2:27 manifest.networks is not a known key; did you mean \"network\"?",
                "export function run( {                     # t.js:2:1 SyntaxError",
            })
    void a_file_that_is_no_tool_says_where_and_what_to_do(String source, String problem) {
        assertThat(TOOLS.problem("t.js", source.translateEscapes() + "\n")).startsWith(problem);
    }

    @Test
    void a_manifest_tells_all_its_problems_at_once() {
        assertThat(
                        TOOLS.problem(
                                "t.js",
                                "export const manifest = { effect: 1, concurrency: 0, agents: 'maybe' };\nexport function run() {}\n"))
                .contains("manifest.effect", "manifest.concurrency", "manifest.agents");
    }

    @Test
    void what_a_tool_throws_is_told() throws Exception {
        ToolResult.Failed failure =
                TOOLS.failure(
                        "t.js",
                        "/** @param {number} a */\nexport function run(a) { throw new RangeError(`no ${a}`); }",
                        "{\"a\": 1}");

        assertThat(failure.code()).isEqualTo("tool_error");
        assertThat(failure.message()).contains("no 1");
    }
}
