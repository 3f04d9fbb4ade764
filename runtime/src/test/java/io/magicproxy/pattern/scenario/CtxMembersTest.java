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

/** Every member of {@code ctx}, in both languages, plain and async, with one scenario for all. */
class CtxMembersTest {
    private static final ScriptRuntime RUNTIME = SharedSandbox.RUNTIME;

    /** {@code await} and {@code async} are put in, or left out. */
    private static final String JAVASCRIPT =
            """
            export const manifest = { params: { type: 'object', required: ['p'] } };
            export ASYNC function run(ctx) {
              const out = [ctx.query, ctx.history[0].content, ctx.attachments.length, ctx.params.p, ctx.session.alias,
                ctx.tools[0].name, ctx.instructions.server];
              ctx.step('Calls');
              out.push(AWAIT ctx.llm('one', { temperature: 0, title: 'first' }));
              out.push((AWAIT ctx.llm([{ role: 'user', content: 'two' }], { schema: { type: 'object', required: ['n'] }, stream: false })).n);
              out.push((AWAIT ctx.llm('three', { model: 'other', tools: [] })).tool_calls[0].function.name);
              out.push((AWAIT ctx.tool('calc', { a: 1 })).result);
              out.push(AWAIT ctx.agent('helper', 'four', { reasoning_mode: 'x' }));
              out.push(AWAIT ctx.react({ query: 'five', structure: ['Use <FINAL_ANSWER>.'], max_steps: 2 }));
              out.push(AWAIT ctx.spec({ tool: 'calc', args: { a: 2 } }));
              out.push(...(AWAIT ctx.parallel([{ llm: 'six' }, { tool: 'calc', args: { a: 3 } }], { concurrency: 1 })));
              out.push(...(AWAIT ctx.map(['seven', 'eight'], MAPPED, { concurrency: 1 })));
              ctx.step('Helpers');
              AWAIT ctx.state.set('s', 1);
              out.push(AWAIT ctx.state.add('s', 2));
              AWAIT ctx.state.append('l', 'x');
              out.push(AWAIT ctx.state.get('s'), AWAIT ctx.state.get('none'), AWAIT ctx.state.all());
              const before = ctx.now();
              AWAIT ctx.sleep(5000);
              out.push(ctx.now() - before >= 5000, ctx.random() < 1);
              const budget = AWAIT ctx.budget;
              out.push(budget.steps, typeof budget.tokens, typeof budget.seconds, typeof budget.used);
              ctx.thought('I think.');
              ctx.emit('seen', { n: 1 });
              out.push(ctx.vote(['a', 'b', 'a']).winner, ctx.vote([{ x: 1, y: 2 }, { y: 2, x: 1 }]).count, ctx.vote([]).winner);
              out.push(ctx.extract('c+', '<C+>in</c+>'), ctx.json('{"a": [1,],}').a[0]);
              ctx.answer(JSON.stringify(out));
            }
            """;

    private static final String PYTHON =
            """
            import json
            MANIFEST = {"params": {"type": "object", "required": ["p"]}}
            ASYNC def run(ctx):
                out = [ctx.query, ctx.history[0].content, len(ctx.attachments), ctx.params.p, ctx.session.alias,
                       ctx.tools[0].name, ctx.instructions["server"]]
                ctx.step("Calls")
                out.append(AWAIT ctx.llm("one", temperature=0, title="first"))
                out.append((AWAIT ctx.llm([{"role": "user", "content": "two"}], schema={"type": "object", "required": ["n"]}, stream=False))["n"])
                out.append((AWAIT ctx.llm("three", {"model": "other", "tools": []}))["tool_calls"][0]["function"]["name"])
                out.append((AWAIT ctx.tool("calc", {"a": 1}))["result"])
                out.append(AWAIT ctx.agent("helper", "four", reasoning_mode="x"))
                out.append(AWAIT ctx.react(query="five", structure=["Use <FINAL_ANSWER>."], max_steps=2))
                out.append(AWAIT ctx.spec({"tool": "calc", "args": {"a": 2}}))
                out.extend(AWAIT ctx.parallel([{"llm": "six"}, {"tool": "calc", "args": {"a": 3}}], concurrency=1))
                out.extend(AWAIT ctx.map(["seven", "eight"], MAPPED, concurrency=1))
                ctx.step("Helpers")
                AWAIT ctx.state.set("s", 1)
                out.append(AWAIT ctx.state.add("s", 2))
                AWAIT ctx.state.append("l", "x")
                out.extend([AWAIT ctx.state.get("s"), AWAIT ctx.state.get("none"), AWAIT ctx.state.all()])
                before = ctx.now()
                AWAIT ctx.sleep(5000)
                out.extend([ctx.now() - before >= 5000, ctx.random() < 1])
                budget = AWAIT ctx.budget
                kind = lambda value: "number" if isinstance(value, (int, float)) else "object"
                out.extend([budget["steps"], kind(budget["tokens"]), kind(budget["seconds"]), kind(budget["used"])])
                ctx.thought("I think.")
                ctx.emit("seen", {"n": 1})
                out.extend([ctx.vote(["a", "b", "a"])["winner"], ctx.vote([{"x": 1, "y": 2}, {"y": 2, "x": 1}])["count"], ctx.vote([])["winner"]])
                out.extend([ctx.extract("c+", "<C+>in</c+>"), ctx.json('{"a": [1,],}')["a"][0]])
                ctx.answer(json.dumps(out, separators=(",", ":")))
            """;

    private static final String SCENARIO =
            """
            scenarios:
              - name: all
                input:
                  query: zero
                  params: {p: P}
                  system: Be kind.
                  history: [{role: user, content: earlier}]
                  max_steps: 9
                tools: [{name: calc, parameters: {type: object}}]
                calls:
                  - model: {contains: one, text: "1", alias: main}
                  - model: {contains: two, text: '{"n": 2}'}
                  - model: {contains: three, alias: other, message: {tool_calls: [{function: {name: f}}]}}
                  - tool: {name: calc, arguments: {a: 1}, result: {result: 3}}
                  - agent: {alias: helper, contains: four, answer: "4"}
                  - model: {contains: five, text: <FINAL_ANSWER>5</FINAL_ANSWER>}
                  - tool: {name: calc, arguments: {a: 2}, result: spec}
                  - model: {contains: six, text: "6"}
                  - tool: {name: calc, arguments: {a: 3}, result: side}
                  - model: {contains: seven, text: "7"}
                  - model: {contains: eight, text: "8"}
                expect:
                  steps: [Calls, Step 1, Helpers]
                  emits: [seen]
                  thoughts_contain: ["1", I think.]
                  answer: '["zero","earlier",0,"P","main","calc","Be kind.","1",2,"f",3,"4","5","spec","6","side","7","8",3,3,null,{"s":3,"l":["x"]},true,true,9,"number","number","object","a",2,null,"in",1]'
            """;

    @TempDir Path folder;

    @Test
    void in_plain_javascript() throws IOException {
        passes("plain.js", plain(JAVASCRIPT).replace("MAPPED", "(llm) => ({ llm })"));
    }

    @Test
    void in_async_javascript() throws IOException {
        passes("async.js", async(JAVASCRIPT).replace("MAPPED", "(x, i, c) => c.llm(x)"));
    }

    @Test
    void in_plain_python() throws IOException {
        passes("plain.py", plain(PYTHON).replace("MAPPED", "lambda x: {\"llm\": x}"));
    }

    @Test
    void in_async_python() throws IOException {
        passes("async.py", async(PYTHON).replace("MAPPED", "lambda x, c: c.llm(x)"));
    }

    @Test
    void asyncio_is_refused_with_advice_whatever_is_asked_of_it() throws IOException {
        Path pattern =
                Files.writeString(
                        folder.resolve("loop.py"),
                        """
                        import asyncio
                        async def run(ctx):
                            async def one():
                                return 1
                            advised = []
                            for name in ("run", "gather", "create_task", "sleep"):
                                try:
                                    await getattr(asyncio, name)(one())
                                except Exception as e:
                                    if "ctx.parallel" in str(e) and "ctx.sleep" in str(e):
                                        advised.append(name)
                            return " ".join(advised)
                        """);
        Files.writeString(
                ScenarioFiles.scenarios(pattern),
                """
                scenarios:
                  - name: refused
                    input: {query: x}
                    expect: {answer: run gather create_task sleep}
                """);
        ScenarioReport report = new ScenarioRunner(RUNTIME).run(pattern);
        assertThat(report.passed()).as(report.text()).isTrue();
    }

    private static String plain(String source) {
        return source.replace("ASYNC ", "").replace("AWAIT ", "");
    }

    private static String async(String source) {
        return source.replace("ASYNC ", "async ").replace("AWAIT ", "await ");
    }

    private void passes(String file, String source) throws IOException {
        Path pattern = Files.writeString(folder.resolve(file), source);
        Files.writeString(ScenarioFiles.scenarios(pattern), SCENARIO);
        ScenarioReport report = new ScenarioRunner(RUNTIME).run(pattern);
        assertThat(report.passed()).as(report.text()).isTrue();
    }
}
