package io.magicproxy.pattern.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.scenario.ScenarioFiles;
import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.testing.SharedSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioRunnerTest {
    private static final ScriptRuntime RUNTIME = SharedSandbox.RUNTIME;

    private static final String LOOP =
            """
            export const manifest = { params: { type: 'object', properties: { n: { type: 'integer' } } } };
            export const getPromptStructure = () => [{ tag: 'RULES', content: 'Use <THOUGHT>, <ACTION>. {tools_list_text}' }];
            """;

    private static final String LOOP_SCENARIO =
            """
            scenarios:
              - name: adds
                input: {query: How much is 2 + 3}
                tools:
                  - {name: calculator, description: calculates, parameters: {type: object}}
                calls:
                  - model:
                      alias: main
                      contains: [How much is 2 + 3, calculator]
                      text: |
                        <THOUGHT>I shall add.</THOUGHT>
                        <ACTION>{"tool_name": "calculator", "arguments": {"expression": "2 + 3"}}</ACTION>
                        <FINAL_ANSWER>four</FINAL_ANSWER>
                  - tool: {name: calculator, arguments: {expression: 2 + 3}, result: {result: 5}}
                  - model:
                      contains: '<OBSERVATION>'
                      text: <FINAL_ANSWER>It is 5.</FINAL_ANSWER>
                expect:
                  steps: [Step 1, Thought, Step 2]
                  thoughts_contain: I shall add.
                  answer: It is 5.
            """;

    @TempDir Path folder;

    @Test
    void a_scenario_that_goes_as_expected_passes() throws IOException {
        ScenarioReport report = run("plan.js", LOOP, LOOP_SCENARIO);

        assertThat(report.text()).startsWith("passed").endsWith("plan.js: adds");
        assertThat(report.passed()).isTrue();
    }

    @Test
    void a_call_that_was_not_foreseen_is_named_with_its_number() throws IOException {
        String two = LOOP_SCENARIO.replaceAll("(?s)      - tool:.*?    expect:", "    expect:");

        assertThat(problem("plan.js", LOOP, two))
                .contains(
                        "plan.scenario.yaml:7:7 scenarios[0].calls: call 2 was not foreseen",
                        "actual:   tool calculator {\"expression\":\"2 + 3\"}",
                        "remedy:   add its result to calls");
    }

    @Test
    void a_result_that_is_not_used_is_a_failure() throws IOException {
        String more =
                LOOP_SCENARIO.replace(
                        "    expect:", "      - model: {contains: never, text: x}\n    expect:");

        assertThat(problem("plan.js", LOOP, more))
                .contains("scenarios[0].calls[3]: the result of call 4 was not used")
                .contains(
                        "expected: model (contains \"never\")",
                        "actual:   the pattern made 3 calls");
    }

    @Test
    void another_call_than_the_recorded_one_is_a_failure() throws IOException {
        assertThat(problem("plan.js", LOOP, LOOP_SCENARIO.replace("expression: 2 + 3", "n: 1")))
                .contains(
                        "calls[1].tool.arguments: call 2: calculator is called with other arguments")
                .contains("expected: {\"n\":1}", "actual:   {\"expression\":\"2 + 3\"}");
        assertThat(problem("plan.js", LOOP, LOOP_SCENARIO.replace("alias: main", "alias: other")))
                .contains("call 1: another model is asked", "expected: other", "actual:   main");
        assertThat(problem("plan.js", LOOP, LOOP_SCENARIO.replace("'<OBS", "'no <OBS")))
                .contains("call 3: the messages don't hold a text", "expected: no <OBSERVATION>");
        assertThat(
                        problem(
                                "plan.js",
                                LOOP,
                                LOOP_SCENARIO.replaceFirst(
                                        "- tool: .*", "- model: {text: instead}")))
                .contains(
                        "call 2: another call is made",
                        "expected: model",
                        "actual:   tool calculator");
    }

    @Test
    void wrong_expectations_are_failures_that_show_the_difference() throws IOException {
        assertThat(problem("plan.js", LOOP, LOOP_SCENARIO.replace("answer: It is 5.", "answer: 6")))
                .contains(
                        "scenarios[0].expect.answer: the answer is another",
                        "expected: 6",
                        "actual:   It is 5.");
        assertThat(
                        problem(
                                "plan.js",
                                LOOP,
                                LOOP_SCENARIO
                                        .replace("answer: It", "answer_contains: It")
                                        .replace("is 5.\n", "was\n")))
                .contains(
                        "the answer doesn't hold a text", "expected: It was", "actual:   It is 5.");
        assertThat(problem("plan.js", LOOP, LOOP_SCENARIO.replace("[Step 1, ", "[")))
                .contains(
                        "the steps are others",
                        "expected: [Thought, Step 2]",
                        "actual:   [Step 1, Thought, Step 2]");
        assertThat(
                        problem(
                                "plan.js",
                                LOOP,
                                LOOP_SCENARIO.replace("contain: I shall", "contain: You shall")))
                .contains(
                        "the thoughts don't hold a text",
                        "expected: You shall add.",
                        "actual:   I shall add.");
        assertThat(
                        problem(
                                "plan.js",
                                LOOP,
                                LOOP_SCENARIO.replace("answer: It is 5.", "error_code: max_steps")))
                .contains("it answered", "expected: the error max_steps", "actual:   It is 5.");
    }

    @Test
    void an_error_that_nobody_expected_is_a_failure() throws IOException {
        String fails =
                """
                scenarios:
                  - name: fails
                    input: {query: x}
                    calls:
                      - model: {error: {code: overloaded, message: too much}}
                    expect: {answer: never}
                """;

        assertThat(problem("plan.js", LOOP, fails))
                .contains(
                        "it ended with an error",
                        "expected: an answer",
                        "actual:   overloaded: too much");
        assertThat(run("plan.js", LOOP, fails.replace("answer: never", "error_code: overloaded")))
                .matches(ScenarioReport::passed, "passes");
    }

    @Test
    void two_runs_that_differ_are_told_with_the_call_in_which_they_do() {
        ScenarioRun first = run("1 model main [a]", "x");
        ScenarioRun second = run("1 model main [b]", "x");

        assertThat(second.since(first))
                .singleElement()
                .asString()
                .contains("differs in call 1", "1 model main [a]", "1 model main [b]");
        assertThat(run("1 model main [a]", "y").since(first)).hasSize(1);
        assertThat(first.since(first)).isEmpty();
    }

    @Test
    void a_pattern_whose_runs_differ_fails_though_its_answer_is_right() throws IOException {
        assertThat(
                        problem(
                                "ids.py",
                                "def run(ctx):\n    return ctx.llm(repr(object()))\n",
                                """
                                scenarios:
                                  - name: an address
                                    input: {query: x}
                                    calls: [{model: {text: a}}]
                                    expect: {answer: a}
                                """))
                .contains("the second run differs in call 1, so no replay can work");
    }

    @Test
    void branches_take_their_results_in_the_order_of_the_branches() throws IOException {
        String plain =
                "export const run = ctx => ctx.parallel(['a', 'b', 'c', 'd'].map(llm => ({ llm }))).join(' ');";
        String async =
                """
                async def run(ctx):
                    async def one(x, c):
                        first = await c.llm(x)
                        return first + await c.tool("t", {"of": first})
                    return " ".join(await ctx.map(["a", "b"], one))
                """;

        assertThat(
                        run(
                                "plain.js",
                                plain,
                                """
                                scenarios:
                                  - name: four
                                    input: {query: x}
                                    calls:
                                      - model: {contains: a, text: "1"}
                                      - model: {contains: b, text: "2"}
                                      - model: {contains: c, text: "3"}
                                      - model: {contains: d, text: "4"}
                                    expect: {answer: 1 2 3 4}
                                """))
                .matches(ScenarioReport::passed, "passes");
        assertThat(
                        run(
                                        "side.py",
                                        async,
                                        """
                                        scenarios:
                                          - name: two
                                            input: {query: x}
                                            tools: [{name: t}]
                                            calls:
                                              - model: {contains: a, text: A}
                                              - model: {contains: b, text: B}
                                              - tool: {name: t, arguments: {of: A}, result: "1"}
                                              - tool: {name: t, arguments: {of: B}, result: "2"}
                                            expect: {answer: A1 B2}
                                        """)
                                .text())
                .startsWith("passed");
    }

    @Test
    void agents_state_sleep_and_events_are_part_of_a_scenario() throws IOException {
        String pattern =
                """
                export function run(ctx) {
                  ctx.step('Ask');
                  const before = ctx.now();
                  ctx.sleep(5000);
                  ctx.emit('slept', { ms: ctx.now() - before });
                  ctx.state.add('n', 2);
                  const answer = ctx.agent('helper', 'please ' + ctx.state.add('n', 3) + ctx.params.n);
                  return `${answer} after ${Math.round((ctx.now() - before) / 1000)} s, ${ctx.budget.steps} left`;
                }
                """;

        assertThat(
                        run(
                                        "ask.js",
                                        pattern,
                                        """
                                        scenarios:
                                          - name: asks
                                            input: {query: x, params: {n: 7}, max_steps: 4}
                                            calls:
                                              - agent: {alias: helper, contains: please 57, answer: well}
                                            expect: {steps: [Ask], emits: [slept], answer_contains: [well after, 4 left]}
                                        """)
                                .text())
                .startsWith("passed");
    }

    @Test
    void params_that_the_manifest_does_not_allow_are_a_failure() throws IOException {
        assertThat(
                        problem(
                                "plan.js",
                                LOOP,
                                LOOP_SCENARIO.replace("2 + 3}", "2 + 3, params: {n: many}}")))
                .contains("input.params don't fit the manifest's params");
    }

    @Test
    void what_no_session_would_be_opened_for_fails() throws IOException {
        String needs = LOOP.replace("{ params", "{ requires: ['calculator', 'search'], params");

        assertThat(problem("plan.js", needs, LOOP_SCENARIO))
                .contains("scenarios[0].tools: the pattern requires the tool \"search\"")
                .contains("remedy:   add it to the scenario's tools");
    }

    @Test
    void the_manifests_limit_of_steps_holds() throws IOException {
        String short_ = LOOP.replace("{ params", "{ limits: { max_steps: 1 }, params");

        assertThat(problem("plan.js", short_, LOOP_SCENARIO)).contains("no answer after 1 steps");
    }

    @Test
    void a_report_shows_what_the_run_did() throws IOException {
        assertThat(run("plan.js", LOOP, LOOP_SCENARIO).text(true).lines().map(String::strip))
                .endsWith(
                        "step  Step 1",
                        "model main: … THOUGHT>, <ACTION>. - calculator: calculates Arguments: {\"type\":\"object\"} </RULES> How much is 2 + 3",
                        "step  Thought",
                        "gives <THOUGHT>I shall add.</THOUGHT> <ACTION>{\"tool_name\": \"calculator\", \"arguments\": {\"expression\": \"2 + …",
                        "tool calculator {\"expression\":\"2 + 3\"}",
                        "gives {\"result\":5}",
                        "step  Step 2",
                        "model main: … alculator\", \"arguments\": {\"expression\": \"2 + 3\"}}</ACTION> <OBSERVATION> {\"result\":5} </OBSERVATION>",
                        "gives <FINAL_ANSWER>It is 5.</FINAL_ANSWER>",
                        "answer It is 5.");
        assertThat(run("plan.js", LOOP, LOOP_SCENARIO).text().lines()).hasSize(1);
    }

    @Test
    void mistakes_in_the_file_are_told_with_their_line_and_the_remedy() throws IOException {
        assertThat(run("plan.js", LOOP, LOOP_SCENARIO.replace("calls:", "cals:")).text())
                .contains("plan.scenario.yaml:6:5")
                .contains("did you mean \"calls\"");
        assertThat(run("plan.js", LOOP, LOOP_SCENARIO.replace(", result: {result: 5}", "")).text())
                .contains("plan.scenario.yaml:14", "needs exactly one of result or error");
        assertThat(
                        run(
                                        "plan.js",
                                        LOOP,
                                        LOOP_SCENARIO.replace(
                                                "- {name: calculator,", "- {name: c,"))
                                .text())
                .contains("the tool \"calculator\" is not among the scenario's tools");
        assertThat(
                        run("plan.js", LOOP, LOOP_SCENARIO.replace("      answer: It is 5.\n", ""))
                                .text())
                .contains("expects nothing of the end");
        assertThat(run("plan.js", LOOP, "scenarios: []").text()).contains("has no scenario");
        assertThat(run("plan.js", LOOP, "scenarios: [").text()).contains("plan.scenario.yaml:1:");
    }

    @Test
    void a_pattern_that_does_not_load_or_has_no_scenarios_does_not_pass() throws IOException {
        assertThat(run("plan.js", "export const run = (", LOOP_SCENARIO).text())
                .contains("doesn't load: plan.js:1:");
        assertThat(run("none.js", LOOP, LOOP_SCENARIO).passed()).isTrue();
        Files.delete(folder.resolve("none.scenario.yaml"));
        assertThat(new ScenarioRunner(RUNTIME).run(folder.resolve("none.js")).text())
                .contains(
                        "has no scenarios; write",
                        "none.scenario.yaml, such as:",
                        "expect: {answer:");
        Files.delete(folder.resolve("plan.js"));
        assertThat(new ScenarioRunner(RUNTIME).run(folder.resolve("plan.js")).text())
                .contains("there is no such pattern");
    }

    private static ScenarioRun run(String call, String answer) {
        return new ScenarioRun(
                List.of(call), new ScenarioRun.End.Answered(answer), List.of(), List.of());
    }

    private String problem(String file, String pattern, String scenarios) throws IOException {
        ScenarioReport report = run(file, pattern, scenarios);
        assertThat(report.passed()).isFalse();
        return report.text();
    }

    private ScenarioReport run(String file, String pattern, String scenarios) throws IOException {
        Path path = folder.resolve(file);
        Files.writeString(path, pattern);
        Files.writeString(ScenarioFiles.scenarios(path), scenarios);
        return new ScenarioRunner(RUNTIME).run(path);
    }
}
