package io.magicproxy.pattern.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.scenario.ScenarioFiles;
import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.testing.SharedSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What patterns may rely on, in both languages. */
class CtxTest {
    private static final ScriptRuntime RUNTIME = SharedSandbox.RUNTIME;

    @TempDir Path folder;

    @Test
    void a_tool_may_have_an_argument_called_name() throws IOException {
        passes(
                "name.py",
                "def run(ctx):\n    return ctx.tool('find', name='Ada')\n",
                """
                tools: [{name: find}]
                calls: [{tool: {name: find, arguments: {name: Ada}, result: found}}]
                expect: {answer: found}
                """);
    }

    @Test
    void a_concurrency_of_0_means_all_at_once() throws IOException {
        String calls =
                """
                calls:
                  - model: {contains: a1, text: '1'}
                  - model: {contains: b1, text: '2'}
                  - model: {contains: a2, text: '3'}
                  - model: {contains: b2, text: '4'}
                expect: {answer: '13 24'}
                """;
        passes(
                "all.js",
                """
                export const run = async (ctx) => (await ctx.map(['a', 'b'],
                  async (x, i, c) => (await c.llm(x + 1)) + (await c.llm(x + 2)), { concurrency: 0 })).join(' ');
                """,
                calls);
        passes(
                "all.py",
                """
                async def run(ctx):
                    async def two(x, c):
                        return await c.llm(x + "1") + await c.llm(x + "2")
                    return " ".join(await ctx.map(["a", "b"], two, concurrency=0))
                """,
                calls);
    }

    @Test
    void a_failed_call_can_be_caught_with_its_code_and_message() throws IOException {
        String rest =
                """
                calls: [{model: {error: {code: provider_overloaded, message: try later}}}]
                expect: {answer: 'provider_overloaded: try later'}
                """;
        passes(
                "caught.js",
                "export function run(ctx) { try { return ctx.llm('x'); } catch (e) { return `${e.code}: ${e.message}`; } }",
                rest);
        passes(
                "caught.py",
                "def run(ctx):\n    try:\n        return ctx.llm('x')\n    except Exception as e:\n        return f'{e.code}: {e}'\n",
                rest);
    }

    @Test
    void a_generator_gives_its_calls_away_and_takes_their_results() throws IOException {
        String rest = "calls: [{model: {contains: a, text: b}}]\nexpect: {answer: got b}";
        passes(
                "yields.js",
                "export function* run(ctx) { return 'got ' + (yield ctx.llm('a')); }",
                rest);
        passes("yields.py", "def run(ctx):\n    return 'got ' + (yield ctx.llm('a'))\n", rest);
    }

    @Test
    void the_answer_is_what_run_returns_or_else_what_it_said() throws IOException {
        passes(
                "said.js",
                "export const run = (ctx) => { ctx.answer('a'); ctx.answer('b'); };",
                "expect: {answer: ab}");
        passes(
                "field.py",
                "def run(ctx):\n    return {'answer': 'a', 'more': 1}\n",
                "expect: {answer: a}");
        passes("json.js", "export const run = (ctx) => [1, 2];", "expect: {answer: '[1,2]'}");
        passes("none.py", "def run(ctx):\n    pass\n", "expect: {error_code: no_answer}");
        passes(
                "thrown.js",
                "export const run = (ctx) => { throw new Error('no'); };",
                "expect: {error_code: pattern_error}");
        passes(
                "tool.py",
                "def run(ctx):\n    ctx.tool('x')\n",
                "expect: {error_code: unknown_tool}");
    }

    @Test
    void helpers_agree_in_both_languages() throws IOException {
        String rest = "expect: {answer: 'yes 2 of 3, in, null, 1'}";
        passes(
                "help.js",
                """
                export function run(ctx) {
                  const v = ctx.vote(['yes', 'no', ' yes ']);
                  const none = ctx.extract('b', '<a>') === null ? 'null' : 'some';
                  return `${v.winner} ${v.count} of ${v.of}, ${ctx.extract('a', '<A x="1"> in ')}, ${none}, ${ctx.json('so: {"n": [1,],}').n[0]}`;
                }
                """,
                rest);
        passes(
                "help.py",
                """
                def run(ctx):
                    v = ctx.vote(["yes", "no", " yes "])
                    none = "null" if ctx.extract("b", "<a>") is None else "some"
                    inside = ctx.extract("a", '<A x="1"> in ')
                    n = ctx.json('so: {"n": [1,],}')["n"][0]
                    return f"{v['winner']} {v['count']} of {v['of']}, {inside}, {none}, {n}"
                """,
                rest);
    }

    @Test
    void a_function_in_a_plain_pattern_is_refused_with_advice() throws IOException {
        passes(
                "plain.js",
                "export function run(ctx) { try { ctx.parallel([() => 1]); } catch (e) { return e.message; } }",
                "expect: {answer_contains: [call specs, make run async]}");
        passes(
                "plain.py",
                "def run(ctx):\n    try:\n        ctx.parallel([lambda c: 1])\n    except TypeError as e:\n        return str(e)\n",
                "expect: {answer_contains: [call specs, make run async]}");
    }

    @Test
    void a_call_with_a_schema_is_repeated_until_it_fits_and_then_fails_with_its_code()
            throws IOException {
        passes(
                "schema.js",
                """
                export async function run(ctx) {
                  const schema = { type: 'object', required: ['n'] };
                  const first = await ctx.llm('a', { schema });
                  try { await ctx.llm('b', { schema }); } catch (e) { return `${first.n} ${e.code}`; }
                }
                """,
                """
                calls:
                  - model: {text: 'no idea'}
                  - model: {contains: it holds no JSON, text: '{"n": 7}'}
                  - model: {text: '{}'}
                  - model: {text: '{}'}
                  - model: {text: '{}'}
                expect: {answer: 7 schema_mismatch}
                """);
    }

    private void passes(String file, String source, String rest) throws IOException {
        Path pattern = folder.resolve(file);
        Files.writeString(pattern, source);
        Files.writeString(
                ScenarioFiles.scenarios(pattern),
                "scenarios:\n  - name: only\n    input: {query: x}\n" + rest.indent(4));
        ScenarioReport report = new ScenarioRunner(RUNTIME).run(pattern);
        assertThat(report.passed()).as(report.text()).isTrue();
    }
}
