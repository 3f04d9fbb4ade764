package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.ScriptFailure.Denied;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts cannot reach. */
abstract class WallsContract extends FailuresContract {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "require('fs')                                  | import files",
                "process.exit(1)                                | no process",
                "process.env.HOME                               | environment",
                "fetch('http://127.0.0.1/')                     | a pattern calls a tool",
                "new Worker('x.js')                             | threads",
                "new SharedArrayBuffer(8)                       | threads",
                "new WeakRef({})                                | replays",
                "setTimeout(() => {}, 1)                        | ctx.sleep",
                "Java.type('java.lang.System')                  | host classes",
                "Polyglot.eval('python', '1')                   | other language",
                "load('/etc/passwd')                            | import files",
                "quit()                                         | return",
            })
    void javascript_is_denied(String expression, String remedy) {
        ScriptFailure failure =
                jsFailure("export function run(host) {\n  return " + expression + ";\n}");
        assertThat(failure).isInstanceOf(Denied.class);
        assertThat(failure.message()).contains(remedy);
        assertThat(((Denied) failure).place().map(ScriptFailure.Place::line)).contains(2);
    }

    /** What Python may not do, and what the error tells to do instead. */
    private static final List<String> PYTHON_DENIALS =
            List.of(
                    "open('/etc/passwd') | cannot open files",
                    "open('main.py') | cannot open files",
                    "__import__('io').open('/etc/passwd') | cannot open files",
                    "__import__('os').open('/etc/passwd', 0) | cannot open files",
                    "__import__('pathlib').Path('/etc/passwd').read_text() | cannot open files",
                    "__import__('_io').FileIO('/etc/passwd') | ermi",
                    "__import__('os').listdir('/') | ermi",
                    "__import__('os').remove('main.py') | cannot open files",
                    "__import__('os').system('ls') | no processes",
                    "__import__('os').fork() | no processes",
                    "__import__('os').execv('/bin/ls', ['ls']) | no processes",
                    "__import__('os').kill(1, 9) | no processes",
                    "__import__('subprocess').run(['ls']) | no processes",
                    "__import__('multiprocessing').Process() | ctx.parallel",
                    "__import__('socket').socket() | no network",
                    "__import__('urllib.request') | no network",
                    "__import__('threading').Thread(target=print).start() | no threads",
                    "__import__('_thread').start_new_thread(print, (1,)) | no threads",
                    "__import__('concurrent.futures').futures.ThreadPoolExecutor().submit(print) | no threads",
                    "__import__('signal').raise_signal(9) | no signals",
                    "__import__('_signal').raise_signal(9) | no signals",
                    "__import__('sys').exit(3) | cannot exit",
                    "exit() | cannot exit",
                    "__import__('os')._exit(3) | cannot exit",
                    "__import__('os').putenv('A', 'b') | no environment",
                    "__import__('ctypes').CDLL('libc.so.6') | native code",
                    "__import__('java').type('java.lang.System') | host classes",
                    "__import__('polyglot').eval(language='js', string='1') | host classes",
                    "__import__('builtins').input() | parameters",
                    "breakpoint() | debugger",
                    "__import__('time').sleep(1) | ctx.sleep",
                    "__import__('asyncio').sleep(1) | ctx.sleep",
                    "__import__('asyncio').run(None) | ctx.parallel",
                    "__import__('asyncio').gather() | ctx.parallel",
                    "__import__('asyncio').create_task(None) | ctx.parallel");

    @Test
    void python_is_denied_even_if_it_catches_the_error() throws Exception {
        String expressions =
                PYTHON_DENIALS.stream()
                        .map(it -> "    lambda: " + it.substring(0, it.indexOf(" | ")) + ",\n")
                        .collect(Collectors.joining());
        JsonNode seen =
                Json.read(
                        python(
                                """
                                EXPRESSIONS = [
                                %s]
                                def attempt(expression):
                                    try:
                                        return 'reached ' + repr(expression())
                                    except PermissionError as e:
                                        return str(e)
                                    except BaseException as e:
                                        return 'not denied: ' + type(e).__name__ + str(e)
                                def run(host, input):
                                    return [attempt(e) for e in EXPRESSIONS]
                                """
                                        .formatted(expressions)));
        assertThat(seen).hasSameSizeAs(PYTHON_DENIALS);
        for (int i = 0; i < PYTHON_DENIALS.size(); i++) {
            String denial = PYTHON_DENIALS.get(i);
            assertThat(seen.get(i).asText())
                    .as(denial)
                    .contains(denial.substring(denial.indexOf(" | ") + 3))
                    .doesNotStartWith("reached")
                    .doesNotStartWith("not denied")
                    .doesNotContain("java.lang.");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open('/etc/passwd')",
                "__import__('os').listdir('/')",
                "__import__('socket').socket()",
                "__import__('sys').exit(3)",
                "__import__('java').type('java.lang.System')",
            })
    void a_denial_that_python_doesnt_catch_ends_the_run_at_its_place(String expression) {
        ScriptFailure failure =
                pythonFailure("def run(host, input):\n    return " + expression + "\n");
        assertThat(failure).isInstanceOf(Denied.class);
        assertThat(failure.message()).doesNotContain("java.lang.");
        assertThat(((Denied) failure).place().map(ScriptFailure.Place::line)).contains(2);
    }

    @Test
    void leaving_by_an_exception_is_denied() {
        assertThat(pythonFailure("def run(host, input): raise SystemExit(3)"))
                .isInstanceOf(Denied.class);
        assertThat(pythonFailure("async def run(host, input): raise SystemExit(3)"))
                .isInstanceOf(Denied.class);
        assertThat(pythonFailure("import sys\nsys.exit(0)")).isInstanceOf(Denied.class);
    }

    @Test
    void python_sees_no_environment() throws ScriptException {
        assertThat(
                        python(
                                "import os\ndef run(host, input): return [dict(os.environ), os.getenv('PATH'),"
                                        + " os.environ.get('HOME', 'none')]"))
                .isEqualTo("[{},null,\"none\"]");
    }

    @ParameterizedTest
    @CsvSource({
        "/etc/passwd",
        "../../etc/passwd",
        "file:///etc/passwd",
        "fs",
        "node:fs",
        "https://example.org/x.js",
    })
    void an_import_from_elsewhere_fails_in_javascript(String what) {
        ScriptFailure failure =
                jsFailure("import x from '" + what + "';\nexport const run = () => 'reached';");
        assertThat(failure).isInstanceOf(Denied.class);
        assertThat(failure.message()).contains("import files of the script's folder");
        assertThat(jsFailure("export const run = () => import('" + what + "');"))
                .isInstanceOf(Denied.class);
    }

    @Test
    void a_missing_import_is_said_so() {
        ScriptFailure js = jsFailure("import x from './missing.mjs';\nexport const run = () => x;");
        assertThat(js).isInstanceOf(ScriptFailure.Thrown.class);
        assertThat(js.message()).contains("missing.mjs");
        ScriptFailure python = pythonFailure("import missing\ndef run(host, input): pass");
        assertThat(python).isInstanceOf(ScriptFailure.Thrown.class);
        assertThat(python.message()).contains("missing");
    }

    @Test
    void no_file_of_the_machine_can_be_imported(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("outside.py"), "x = 1");
        Files.writeString(folder.resolve("outside.mjs"), "export default 1;");
        ScriptFailure python =
                pythonFailure(
                        """
                        import sys
                        sys.path.insert(0, '%s')
                        import outside
                        def run(host, input): return outside.x\
                        """
                                .formatted(folder));
        assertThat(python.message()).contains("outside");
        assertThat(
                        jsFailure(
                                "import x from '"
                                        + folder
                                        + "/outside.mjs'; export const run = () => x;"))
                .isInstanceOf(Denied.class);
    }

    @Test
    void the_bundle_cannot_be_written_and_runs_share_nothing() throws ScriptException {
        ScriptBundle script =
                bundle(
                        "main.mjs",
                        Map.of(
                                "main.mjs",
                                "import { box } from './x.mjs'; export const run = () => {"
                                        + " globalThis.n = (globalThis.n ?? 0) + 1; Array.prototype.n = 1;"
                                        + " return [++box.n, globalThis.n, Object.keys(Array.prototype)]; };",
                                "x.mjs",
                                "export const box = { n: 0 };"));
        for (int i = 0; i < 2; i++) {
            assertThat(runtime().run(run(script, "null", LIMITS), desk)).isEqualTo("[1,1,[\"n\"]]");
        }
        String python =
                """
                import json, math
                def run(host, input):
                    seen = getattr(math, 'mark', 0), getattr(json, 'mark', 0)
                    math.mark = json.mark = 1
                    return seen
                """;
        for (int i = 0; i < 2; i++) {
            assertThat(python(python)).isEqualTo("[0,0]");
        }
    }

    @Test
    void guests_see_no_host_object() throws ScriptException {
        assertThat(
                        js(
                                "export const run = host => { const x = host.call('echo', {});"
                                        + " return [typeof x.getClass, typeof host.call.getClass, Object.keys(host)]; };"))
                .isEqualTo("[\"undefined\",\"undefined\",[\"call\",\"start\",\"tell\"]]");
    }
}
