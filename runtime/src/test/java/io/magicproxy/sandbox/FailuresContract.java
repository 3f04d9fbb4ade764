package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.magicproxy.sandbox.ScriptFailure.Place;
import io.magicproxy.sandbox.ScriptFailure.Syntax;
import io.magicproxy.sandbox.ScriptFailure.Thrown;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a script's author is told. */
abstract class FailuresContract extends DeterminismContract {
    private static Thrown thrown(ScriptFailure failure) {
        assertThat(failure).isInstanceOf(Thrown.class);
        assertThat(failure.message()).doesNotContain("com.oracle", "org.graalvm", "java.lang");
        return (Thrown) failure;
    }

    private static Place syntax(ScriptFailure failure) {
        assertThat(failure).isInstanceOf(Syntax.class);
        return ((Syntax) failure).place().orElseThrow();
    }

    @Test
    void a_syntax_error_in_javascript_has_its_place() {
        assertThat(syntax(jsFailure("export function run() {\n  const x = 1 +* 2;\n}\n")))
                .isEqualTo(new Place("main.mjs", 2, 16));
    }

    @Test
    void a_syntax_error_in_an_imported_javascript_file_has_its_place() {
        ScriptBundle script =
                bundle(
                        "main.mjs",
                        Map.of(
                                "main.mjs", "import './lib/x.js'; export const run = () => 1;",
                                "lib/x.js", "export const a = 1;\nexport const = 2;\n"));
        assertThat(syntax(failure(script, LIMITS))).isEqualTo(new Place("lib/x.js", 2, 14));
    }

    @Test
    void a_syntax_error_in_python_has_its_place() {
        assertThat(syntax(pythonFailure("x = 1\ndef f(:\n    return 1\n")).line()).isEqualTo(2);
        assertThat(syntax(pythonFailure("def f():\n  x = 1\n    y = 2\n")).line()).isEqualTo(3);
        assertThat(syntax(pythonFailure("def f():\nreturn 1\n")).line()).isEqualTo(2);
        assertThat(pythonFailure("def f():\n  x = 1\n    y = 2\n").message())
                .contains("IndentationError");
    }

    @Test
    void a_syntax_error_in_an_imported_python_file_has_its_place() {
        ScriptBundle script =
                bundle(
                        "main.py",
                        Map.of(
                                "main.py",
                                "import x\ndef run(h, i): pass\n",
                                "x.py",
                                "\n\na = = 1\n"));
        assertThat(syntax(failure(script, LIMITS)))
                .extracting(Place::file, Place::line)
                .containsExactly("x.py", 3);
    }

    @Test
    void an_error_in_javascript_has_type_message_place_and_frames() {
        Thrown error =
                thrown(
                        jsFailure(
                                """
                                class TooBad extends Error {}
                                function inner() { throw new TooBad('größer'); }
                                export function run() {
                                  return [1].map(inner);
                                }\
                                """));
        assertThat(error.type()).isEqualTo("TooBad");
        assertThat(error.message()).contains("größer");
        assertThat(error.place()).contains(new Place("main.mjs", 2, 26));
        assertThat(error.frames()).containsExactly("inner (main.mjs:2)", "run (main.mjs:4)");
        assertThat(error.code()).isEmpty();
    }

    @Test
    void an_error_after_an_await_has_its_place() {
        Thrown js =
                thrown(
                        jsFailure(
                                """
                                export async function run(host) {
                                  await host.start('echo', 1);
                                  return null.x;
                                }\
                                """));
        assertThat(js.type()).isEqualTo("TypeError");
        assertThat(js.place().map(Place::line)).contains(3);

        Thrown python =
                thrown(
                        pythonFailure(
                                """
                                async def deep(host):
                                    await host.start('echo', 1)
                                    return 1 / 0
                                async def run(host, input):
                                    return await deep(host)
                                """));
        assertThat(python.type()).isEqualTo("ZeroDivisionError");
        assertThat(python.place().map(Place::line)).contains(3);
        assertThat(python.frames()).containsExactly("deep (main.py:3)", "run (main.py:5)");
    }

    @Test
    void an_error_in_python_has_type_message_place_and_frames() {
        ScriptBundle script =
                bundle(
                        "main.py",
                        Map.of(
                                "main.py",
                                "from lib import x\ndef run(host, input):\n    return x.ask(3)\n",
                                "lib/x.py",
                                "class TooBad(ValueError):\n    pass\ndef ask(n):\n    raise TooBad('größer')\n"));
        Thrown error = thrown(failure(script, LIMITS));
        assertThat(error.type()).isEqualTo("TooBad");
        assertThat(error.message()).isEqualTo("größer");
        assertThat(error.place())
                .get()
                .extracting(Place::file, Place::line)
                .containsExactly("lib/x.py", 4);
        assertThat(error.frames()).containsExactly("ask (lib/x.py:4)", "run (main.py:3)");
    }

    @Test
    void an_uncaught_error_of_a_host_call_keeps_its_code() {
        Thrown js = thrown(jsFailure("export const run = host => host.call('fail', 'no_money');"));
        assertThat(js.code()).contains("no_money");
        assertThat(js.message()).contains("the host said no: ünïcode");
        Thrown later =
                thrown(
                        jsFailure(
                                "export async function run(host) {\n  await host.start('fail', 'late'); }"));
        assertThat(later.code()).contains("late");
        Thrown python =
                thrown(pythonFailure("def run(host, input):\n    host.call('fail', 'no_money')"));
        assertThat(python.code()).contains("no_money");
        assertThat(python.message()).isEqualTo("the host said no: ünïcode");
        assertThat(python.place().map(Place::line)).contains(2);
    }

    @Test
    void a_code_of_the_scripts_own_is_not_the_hosts() {
        assertThat(thrown(jsFailure("export const run = () => { throw { code: 'x' }; };")).code())
                .isEqualTo(Optional.empty());
    }

    @Test
    void anything_may_be_thrown() {
        assertThat(thrown(jsFailure("export const run = () => { throw 'words'; };")).message())
                .contains("words");
        assertThat(thrown(jsFailure("export const run = () => { throw null; };")).message())
                .contains("null");
        assertThat(
                        thrown(jsFailure("export const run = async () => { throw undefined; };"))
                                .message())
                .contains("undefined");
    }

    @Test
    void what_cannot_be_json_is_said_so() {
        assertThat(thrown(jsFailure("export const run = () => 10n;")).type())
                .isEqualTo("TypeError");
        assertThat(
                        thrown(
                                        jsFailure(
                                                "export const run = () => { const a = {}; a.a = a; return a; };"))
                                .type())
                .isEqualTo("TypeError");
        assertThat(thrown(pythonFailure("def run(host, input): return {1j}")).message())
                .contains("set cannot be passed as JSON");
        assertThat(thrown(pythonFailure("def run(host, input): return float('nan')")).type())
                .isEqualTo("ValueError");
    }

    @Test
    void a_result_that_our_own_code_cannot_have_written_is_an_error() {
        Thrown python =
                thrown(
                        pythonFailure(
                                """
                                import _json
                                def run(host, input):
                                    _json.make_encoder = lambda *a: lambda value, depth: ['no json']
                                    return 1
                                """));
        assertThat(python.message()).contains("not JSON");
        Thrown js =
                thrown(
                        jsFailure(
                                "export const run = () => JSON.parse('['.repeat(600) + ']'.repeat(600));"));
        assertThat(js.message()).contains("deeper than");
    }

    @Test
    void a_missing_function_is_said_so() {
        assertThat(thrown(jsFailure("export const other = 1;")).type()).isEqualTo("TypeError");
        assertThat(thrown(pythonFailure("other = 1")).message()).contains("run");
    }

    @Test
    void a_promise_that_nothing_settles_is_an_error() {
        assertThat(thrown(jsFailure("export const run = () => new Promise(() => {});")).message())
                .contains("nothing will settle");
    }

    @Test
    void awaiting_something_else_is_an_error_in_python() {
        assertThat(
                        thrown(
                                        pythonFailure(
                                                """
                                                class Odd:
                                                    def __await__(self):
                                                        yield 7
                                                async def run(host, input):
                                                    await Odd()
                                                """))
                                .message())
                .contains("await ctx calls");
    }

    @Test
    void a_reply_that_stops_ends_the_run() {
        assertThat(
                        jsFailure(
                                "export const run = host => { try { host.call('stop') } catch {} for (;;); };"))
                .isInstanceOf(ScriptFailure.Stopped.class);
        assertThat(
                        pythonFailure(
                                """
                                async def run(host, input):
                                    try:
                                        await host.start('stop')
                                    finally:
                                        host.call('echo', 'after')
                                """))
                .isInstanceOf(ScriptFailure.Stopped.class);
        assertThat(desk.calls()).noneMatch(call -> call.startsWith("echo"));
    }

    @Test
    void a_language_that_is_none_is_refused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() ->
                        runtime().run(run(ScriptBundle.of("main.rb", "1"), "null", LIMITS), desk))
                .withMessageContaining("main.rb");
    }
}
