package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Functions, host calls, the order of replies, imports. */
abstract class CallsContract extends ScriptRuntimeScene {
    @Test
    void a_plain_javascript_function_gives_its_result_as_json() throws ScriptException {
        assertThat(js("export function run() { return { a: [1, 'zwei', null, true] }; }"))
                .isEqualTo("{\"a\":[1,\"zwei\",null,true]}");
        assertThat(js("export function run() { }")).isEqualTo("null");
    }

    @Test
    void the_input_reaches_the_script() throws ScriptException {
        String input = "{\"text\":\"naïve – 日本語 🎈\",\"n\":[1,2.5,-3]}";
        assertThat(
                        runtime()
                                .run(
                                        run(
                                                ScriptBundle.of(
                                                        "main.js",
                                                        "export const run = (host, input) => input;"),
                                                input,
                                                LIMITS),
                                        desk))
                .isEqualTo(input);
    }

    @Test
    void javascript_waits_for_a_blocking_call() throws ScriptException {
        assertThat(
                        js(
                                """
                                export function run(host) {
                                  return host.call('echo', { x: 1 }).x + host.call('echo', 41);
                                }\
                                """))
                .isEqualTo("42");
        assertThat(desk.calls()).containsExactly("echo {\"x\":1}", "echo 41");
    }

    @Test
    void javascript_awaits_calls_that_run_together() throws ScriptException {
        assertThat(
                        js(
                                """
                                export async function run(host) {
                                  const parts = await Promise.all(['a', 'b', 'c'].map(x => host.start('echo', x)));
                                  return parts.join('') + await host.start('echo', 'd');
                                }\
                                """))
                .isEqualTo("\"abcd\"");
    }

    @Test
    void javascript_gets_replies_in_their_order_each_followed_by_all_its_micro_tasks()
            throws ScriptException {
        String order =
                js(
                        """
                        export async function run(host) {
                          const seen = [];
                          const follow = name => host.start('hold', name).then(async () => {
                            seen.push(name);
                            await null; seen.push(name + '1');
                            await null; seen.push(name + '2');
                          });
                          const all = Promise.all([follow('a'), follow('b'), follow('c')]);
                          for (const name of ['c', 'a', 'b']) host.call('release', name);
                          seen.push('sync');
                          await all;
                          return seen.join(' ');
                        }\
                        """);
        assertThat(order).isEqualTo("\"sync c c1 c2 a a1 a2 b b1 b2\"");
    }

    @Test
    void a_failed_call_is_an_error_with_a_code_that_javascript_may_catch() throws ScriptException {
        assertThat(
                        js(
                                """
                                export async function run(host) {
                                  const caught = [];
                                  try { host.call('fail', 'no_money'); } catch (e) { caught.push(e.code, e.message); }
                                  try { await host.start('fail', 'late'); } catch (e) { caught.push(e.code, e instanceof Error); }
                                  return caught;
                                }\
                                """))
                .isEqualTo("[\"no_money\",\"the host said no: ünïcode\",\"late\",true]");
    }

    @Test
    void javascript_imports_files_of_the_bundle() throws ScriptException {
        ScriptBundle script =
                bundle(
                        "main.mjs",
                        Map.of(
                                "main.mjs",
                                "import { up } from './lib/x.js'; import y from './y.mjs';"
                                        + " export const run = () => up(y);",
                                "lib/x.js",
                                "import y from '../y.mjs'; export const up = n => n + y;",
                                "y.mjs",
                                "export default 21;"));
        assertThat(runtime().run(run(script, "null", LIMITS), desk)).isEqualTo("42");
    }

    @Test
    void what_javascript_prints_is_told_to_the_host() throws ScriptException {
        js(
                "export function run() { console.log('größe', 1, { a: [2] }, null); console.warn('x'); }");
        assertThat(desk.printed()).containsExactly("\"größe 1 {\\\"a\\\":[2]} null\"", "\"x\"");
    }

    @Test
    void a_plain_python_function_gives_its_result_as_json() throws ScriptException {
        assertThat(python("def run(host, input):\n    return {'a': [1, 'zwei', None, True, 2.5]}"))
                .isEqualTo("{\"a\":[1,\"zwei\",null,true,2.5]}");
        assertThat(python("def run(host, input): pass")).isEqualTo("null");
    }

    @Test
    void python_waits_for_a_blocking_call() throws ScriptException {
        assertThat(
                        python(
                                """
                                def run(host, input):
                                    return host.call('echo', {'x': 1})['x'] + host.call('echo', 41)
                                """))
                .isEqualTo("42");
        assertThat(desk.calls()).containsExactly("echo {\"x\":1}", "echo 41");
    }

    @Test
    void python_awaits_calls_and_starts_several_at_once() throws ScriptException {
        assertThat(
                        python(
                                """
                                async def run(host, input):
                                    started = [host.start('echo', x) for x in 'abc']
                                    parts = [await call for call in started]
                                    return ''.join(parts) + await host.start('echo', 'd')
                                """))
                .isEqualTo("\"abcd\"");
    }

    @Test
    void python_branches_go_on_in_the_order_of_their_replies() throws ScriptException {
        String order =
                python(
                        """
                        async def run(host, input):
                            seen = []
                            async def branch(name):
                                seen.append(await host.start('hold', name))
                                seen.append(await host.start('echo', name + '1'))
                                return name.upper()
                            async def opener():
                                for name in 'cab':
                                    host.call('release', name)
                                seen.append('sync')
                            results = await host.gather([branch('a'), branch('b'), branch('c'), opener()])
                            return ' '.join(seen) + ' = ' + ''.join(results[:3])
                        """);
        assertThat(order).isEqualTo("\"sync c a b c1 a1 b1 = ABC\"");
    }

    @Test
    void python_branches_keep_to_their_limit_and_give_the_first_error() throws ScriptException {
        assertThat(
                        python(
                                """
                                async def run(host, input):
                                    log = []
                                    async def branch(n):
                                        log.append(f'+{n}')
                                        await host.start('echo', n)
                                        if n == 3:
                                            raise ValueError('three')
                                        log.append(f'-{n}')
                                    try:
                                        await host.gather([lambda n=n: branch(n) for n in range(6)], 2)
                                    except ValueError as e:
                                        log.append(str(e))
                                    return ' '.join(log)
                                """))
                .isEqualTo("\"+0 +1 -0 +2 -1 +3 -2 +4 three\"");
    }

    @Test
    void a_failed_call_is_an_error_with_a_code_that_python_may_catch() throws ScriptException {
        assertThat(
                        python(
                                """
                                async def run(host, input):
                                    caught = []
                                    try:
                                        host.call('fail', 'no_money')
                                    except Exception as e:
                                        caught += [e.code, str(e)]
                                    try:
                                        await host.start('fail', 'late')
                                    except Exception as e:
                                        caught += [e.code]
                                    return caught
                                """))
                .isEqualTo("[\"no_money\",\"the host said no: \\u00fcn\\u00efcode\",\"late\"]");
    }

    @Test
    void python_imports_files_of_the_bundle() throws ScriptException {
        ScriptBundle script =
                bundle(
                        "main.py",
                        Map.of(
                                "main.py",
                                """
                                import x
                                from lib import up
                                from lib.more import y
                                def run(host, input): return up.up(x.X) + y\
                                """,
                                "x.py",
                                "X = 20",
                                "lib/up.py",
                                "def up(n): return n + 1",
                                "lib/more.py",
                                "from .up import up\ny = up(20)"));
        assertThat(runtime().run(run(script, "null", LIMITS), desk)).isEqualTo("42");
    }

    @Test
    void what_python_prints_is_told_to_the_host() throws ScriptException {
        python(
                """
                import sys
                def run(host, input):
                    print('größe', 1, {'a': [2]}, None)
                    print('a', 'b', sep='-', end='!')
                    print()
                    sys.stderr.write('x\\ny\\n')
                """);
        assertThat(desk.printed())
                .containsExactly(
                        "\"gr\\u00f6\\u00dfe 1 {'a': [2]} None\"", "\"a-b!\"", "\"x\"", "\"y\"");
    }
}
