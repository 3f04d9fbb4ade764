package io.magicproxy.tool.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.power.PowerRequests;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Python file says of itself, and how its function is called. */
class PythonToolTest {
    private static final ToolFiles TOOLS = new ToolFiles();
    private static JsonNode schemas = Json.object();
    private static final String TYPES =
            """
            import datetime
            from dataclasses import dataclass, field
            from enum import Enum
            from typing import Annotated, Any, Literal, NotRequired, Optional, TypedDict

            class Color(Enum):
                RED = "red"
                BLUE = "blue"

            @dataclass
            class Point:
                \"""A place.

                :param x: How far right.
                \"""
                x: float
                y: float = 0.0

            @dataclass
            class Shape:
                name: str
                points: list[Point]
                color: Color = Color.RED
                tags: dict[str, int] = field(default_factory=dict)

            class Filter(TypedDict):
                key: str
                value: NotRequired[int | None]

            """;

    @AfterAll
    static void close() {
        TOOLS.close();
    }

    /** Each hint with its schema. */
    private static final String[][] HINTS = {
        {"str", "{\"type\":\"string\"}"},
        {"int", "{\"type\":\"integer\"}"},
        {"float", "{\"type\":\"number\"}"},
        {"bool", "{\"type\":\"boolean\"}"},
        {"Any", "{}"},
        {"list", "{\"type\":\"array\"}"},
        {"list[int]", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}"},
        {"set[str]", "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true}"},
        {"tuple[int, ...]", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}"},
        {"dict", "{\"type\":\"object\"}"},
        {
            "dict[str, float]",
            "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\"}}"
        },
        {"Literal['a', 'b']", "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}"},
        {"Literal[1, 'b']", "{\"enum\":[1,\"b\"]}"},
        {"Color", "{\"type\":\"string\",\"enum\":[\"red\",\"blue\"]}"},
        {"datetime.date", "{\"type\":\"string\",\"format\":\"date\"}"},
        {
            "'list[\"Color\"]'",
            "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"red\",\"blue\"]}}"
        },
        {"Optional[int]", "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}"},
        {
            "int | str | None",
            "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"},{\"type\":\"null\"}]}"
        },
        {
            "Annotated[int, 'How many.', {'minimum': 1}]",
            "{\"type\":\"integer\",\"description\":\"How many.\",\"minimum\":1}"
        },
        {
            "Filter",
            "{\"type\":\"object\",\"properties\":{\"key\":{\"type\":\"string\"},\"value\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}},\"required\":[\"key\"],\"additionalProperties\":false}"
        },
        {
            "Point",
            "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"number\",\"description\":\"How far right.\"},\"y\":{\"type\":\"number\",\"default\":0.0}},\"required\":[\"x\"],\"additionalProperties\":false}"
        },
    };

    private static Stream<Arguments> hints() {
        return IntStream.range(0, HINTS.length)
                .mapToObj(i -> Arguments.of(HINTS[i][0], "x" + i, HINTS[i][1]));
    }

    /** All at once: the libraries are slow to load. */
    @BeforeAll
    static void load() throws Exception {
        String arguments =
                IntStream.range(0, HINTS.length)
                        .mapToObj(i -> "x" + i + ": " + HINTS[i][0])
                        .collect(Collectors.joining(", "));
        schemas =
                TOOLS.schema("t.py", TYPES + "def run(" + arguments + "):\n    return 1\n")
                        .path("properties");
    }

    @ParameterizedTest
    @MethodSource("hints")
    void a_hint_becomes_a_schema(String hint, String argument, String schema) {
        assertThat(Json.text(schemas.path(argument))).as(hint).isEqualTo(schema);
    }

    @Test
    void a_function_with_its_docstring_is_a_whole_tool() throws Exception {
        ScriptTool tool =
                TOOLS.load(
                        "web_search.py",
                        """
                        MANIFEST = {"title": "Web search", "effect": "idempotent", "timeout": "20s", "concurrency": 2,
                                    "network": ["api.example.com"], "files": ["docs"], "agents": True}

                        def _clean(text):
                            return text.strip()

                        def web_search(query: str, max_results: int = 5, depth=None, lang: str = None, exact=False):
                            \"""Searches the web.

                            Gives the best hits first.

                            :param query: What to look for,
                                in any language.
                            :param int max_results: How many.
                            :returns: The hits.
                            \"""
                            return _clean(query)
                        """);

        assertThat(tool.spec().name()).isEqualTo("web_search");
        assertThat(tool.spec().title()).isEqualTo("Web search");
        assertThat(tool.spec().description())
                .isEqualTo("Searches the web.\n\nGives the best hits first.\n\nReturns: The hits.");
        assertThat(Json.text(tool.spec().parameters().json()))
                .isEqualTo(
                        "{\"type\":\"object\",\"properties\":{"
                                + "\"query\":{\"type\":\"string\",\"description\":\"What to look for, in any language.\"},"
                                + "\"max_results\":{\"type\":\"integer\",\"description\":\"How many.\",\"default\":5},"
                                + "\"depth\":{},"
                                + "\"lang\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]},"
                                + "\"exact\":{\"type\":\"boolean\",\"default\":false}},"
                                + "\"required\":[\"query\"],\"additionalProperties\":false}");
        assertThat(tool.spec().conduct().toString()).contains("IDEMPOTENT", "PT20S", "2");
        assertThat(tool.manifest().requests())
                .isEqualTo(new PowerRequests(List.of("api.example.com"), List.of("docs"), true));
        assertThat(tool.origin().source()).isEqualTo("web_search.py");
        assertThat(tool.origin().version()).hasSize(32);
    }

    @Test
    void googles_docstrings_are_read_too() throws Exception {
        ScriptTool tool =
                TOOLS.load(
                        "t.py",
                        """
                        def run(a: str, b: int = 1):
                            \"""Does it.

                            Args:
                                a (str): The first,
                                    over two lines.
                                b: The second: a number.

                            Returns:
                                Something.

                            Note that it is slow.
                            \"""
                        """);

        assertThat(tool.spec().description())
                .isEqualTo("Does it.\n\nReturns:\nSomething.\n\nNote that it is slow.");
        JsonNode properties = tool.spec().parameters().json().path("properties");
        assertThat(properties.at("/a/description").asText())
                .isEqualTo("The first, over two lines.");
        assertThat(properties.at("/b/description").asText()).isEqualTo("The second: a number.");
    }

    @Test
    void arguments_arrive_as_the_hints_promise() throws Exception {
        String source =
                TYPES
                        + """
                        def run(shape: Shape, when: datetime.date, either: Point | str, n: int, w: float, f: Filter,
                                colors: set[Color], one: tuple[int, str], tool=None, **more: int):
                            assert isinstance(shape, Shape) and isinstance(shape.points[0], Point)
                            assert shape.color is Color.BLUE and shape.tags == {}
                            assert when == datetime.date(2026, 3, 1)
                            assert type(n) is int and type(w) is float and one == (1, "a")
                            assert isinstance(f, dict) and colors == {Color.RED}
                            return {"shape": shape, "when": when, "either": either, "n": n, "more": more,
                                    "call": tool.call_id}
                        """;

        JsonNode result =
                TOOLS.result(
                        "t.py",
                        source,
                        """
                        {"shape": {"name": "s", "points": [{"x": 1}], "color": "blue"}, "when": "2026-03-01",
                         "either": {"x": 2, "y": 3}, "n": 3.0, "w": 1, "f": {"key": "k"}, "colors": ["red"],
                         "one": [1, "a"], "z": 9}
                        """);

        assertThat(Json.text(result))
                .isEqualTo(
                        "{\"shape\":{\"name\":\"s\",\"points\":[{\"x\":1.0,\"y\":0.0}],\"color\":\"blue\",\"tags\":{}},"
                                + "\"when\":\"2026-03-01\",\"either\":{\"x\":2.0,\"y\":3.0},\"n\":3,\"more\":{\"z\":9},"
                                + "\"call\":\"call-1\"}");
    }

    @Test
    void a_plain_function_gets_whole_numbers_whole_and_its_defaults() throws Exception {
        String source =
                "def run(n: int, text: str = 'x') -> str:\n    return text * n + str(type(n))\n";

        assertThat(TOOLS.result("t.py", source, "{\"n\": 2.0}").asText())
                .isEqualTo("xx<class 'int'>");
    }

    @Test
    void async_functions_are_awaited() throws Exception {
        assertThat(
                        Json.text(
                                TOOLS.result(
                                        "t.py",
                                        "async def run(a: int):\n    return {a, a}\n",
                                        "{\"a\": 1}")))
                .isEqualTo("[1]");
    }

    @Test
    void one_argument_named_args_may_be_a_record_of_them_all() throws Exception {
        String source = TYPES + "def run(args: Point):\n    return args.x + args.y\n";

        assertThat(TOOLS.schema("t.py", source).path("properties").properties()).hasSize(2);
        assertThat(TOOLS.result("t.py", source, "{\"x\": 1, \"y\": 2}").asDouble()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SCHEMA = {'description': 'D', 'parameters': %s}\ndef run(args):\n    return args['a']\n",
                "SCHEMA = {'description': 'D', 'parameters': %s}\ndef run(a):\n    return a\n",
                "SCHEMA = %s\ndef run(args: dict, tool):\n    'D'\n    return args['a']\n",
                "schema = {'description': 'D', 'inputSchema': %s}\nasync def go(a: str = ''):\n    return a\n",
            })
    void an_explicit_schema_is_taken_as_it_is(String source) throws Exception {
        String schema =
                "{'type': 'object', 'properties': {'a': {'type': 'string', 'maxLength': 3}}, 'required': ['a']}";
        ScriptTool tool = TOOLS.load("t.py", source.formatted(schema));

        assertThat(tool.spec().description()).isEqualTo("D");
        assertThat(tool.spec().parameters().json()).isEqualTo(Json.read(schema.replace('\'', '"')));
        assertThat(TOOLS.call(tool, Json.object().put("a", "abc")))
                .isEqualTo(new ToolResult.Ok(Json.read("\"abc\"")));
    }

    @Test
    void helpers_beside_the_file_give_types_and_functions() throws Exception {
        ScriptTool tool =
                TOOLS.load(
                        ToolFiles.bundle(
                                "t.py",
                                Map.of(
                                        "t.py",
                                        """
                                        from _types import Query, normal

                                        def ask(query: Query) -> str:
                                            return normal(query)
                                        """,
                                        "_types.py",
                                        """
                                        from dataclasses import dataclass

                                        @dataclass
                                        class Query:
                                            text: str

                                        def normal(query):
                                            return query.text.lower()
                                        """)));

        assertThat(TOOLS.call(tool, (ObjectNode) Json.read("{\"query\": {\"text\": \"ABC\"}}")))
                .isEqualTo(new ToolResult.Ok(Json.read("\"abc\"")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "X = 1                                    | t.py:1:1 there is no function: write one, such as def t(text: str)",
                "def a(): pass\\ndef b(): pass            | t.py:2:1 which function is the tool? There are a (line 1), b (line 2)",
                "\\ndef run():\\n    yield 1             | t.py:2:1 run is a generator: a tool has one result",
                "\\nasync def run():\\n    yield 1       | t.py:2:1 run is a generator",
                "\\n\\ndef run(*a): pass                 | t.py:3:1 run takes *a: arguments are given by their names",
                "def run(a, /): pass                      | t.py:1:1 run takes /: arguments are given by their names",
                "def run(a: bytes): pass                  | t.py:1:1 run, argument a: bytes has no form in JSON; use str",
                "def run(a: dict[int, str]): pass         | t.py:1:1 run, argument a: dict[int, str]: the keys of a JSON object are texts",
                "def run(a: 'Foo'): pass                  | t.py:1:1 run: an annotation names what the file doesn't have: name 'Foo' is not defined",
                "def run(args): pass                      | t.py:1:1 run(args) doesn't say what it takes: give each argument its own name",
                "X = 1\\nSCHEMA = 5\\ndef run(): pass     | t.py:2:1 SCHEMA must be a dictionary",
                "X = 1\\nSCHEMA = {'type': 'array'}\\ndef run(args): pass | t.py:2:1 the schema must have \"type\": \"object\"",
                "SCHEMA = {'type': 'object', 'properties': {'a': {'type': 'strin'}}}\\ndef run(args): pass | t.py:1:1 the JSON Schema is invalid",
                "SCHEMA = {'type': 'object', 'properties': {'a': {}}}\\ndef run(a, b, c=1): pass | t.py:2:1 run and SCHEMA differ in b",
                "\\nMANIFEST = {'efect': 'none'}\\ndef run(): pass | t.py:2:14 manifest.efect is not a known key; did you mean \"effect\"?",
                "\\nMANIFEST = {'effect': 'never'}\\ndef run(): pass | t.py:2:14 manifest.effect must be one of none, idempotent, once",
                "\\nMANIFEST = {'timeout': '3h'}\\ndef run(): pass | t.py:2:14 manifest.timeout must be at most 3600 s (sandbox_settings.tools.wall_time)",
                "MANIFEST = {'concurrency': 0}\\ndef run(): pass | t.py:1:14 manifest.concurrency must be at least 1",
                "MANIFEST = {'tags': {1, 2}, 'x': print}\\ndef run(): pass | t.py:1:1 MANIFEST must be JSON",
                "def run(:                                 | t.py:1:",
            })
    void a_file_that_is_no_tool_says_where_and_what_to_do(String source, String problem) {
        assertThat(TOOLS.problem("t.py", source.translateEscapes() + "\n")).startsWith(problem);
    }

    @Test
    void a_record_that_holds_itself_needs_an_explicit_schema() {
        assertThat(
                        TOOLS.problem(
                                "t.py",
                                """
                                from dataclasses import dataclass

                                @dataclass
                                class Node:
                                    children: list["Node"]

                                def run(root: Node):
                                    return 1
                                """))
                .startsWith("t.py:7:1 run, argument root: Node holds itself; give SCHEMA");
    }

    @Test
    void a_name_that_models_cannot_call_is_refused() {
        assertThat(TOOLS.problem("web search.py", "def run(): pass\n"))
                .contains("models can't call a tool named \"web search\": rename the file");
    }

    @Test
    void what_a_tool_throws_is_told() throws Exception {
        ToolResult.Failed failure =
                TOOLS.failure(
                        "t.py",
                        "def run(a: int):\n    raise ValueError(f'no {a}')\n",
                        "{\"a\": 1}");

        assertThat(failure.code()).isEqualTo("tool_error");
        assertThat(failure.message()).contains("no 1");
    }
}
