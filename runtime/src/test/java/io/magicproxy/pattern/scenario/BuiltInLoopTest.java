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

/** The loop of declarative patterns, by scenarios. */
class BuiltInLoopTest {
    private static final ScriptRuntime RUNTIME = SharedSandbox.RUNTIME;
    private static final String TAGS =
            "Use <THOUGHT>, <PLAN> and <FINAL_ANSWER>. {tool_instructions} {tools_list_text}";
    private static final String TOOL =
            "tools: [{name: calc, description: Calculates., parameters: {type: object}}]\n";

    @TempDir Path folder;

    @Test
    void a_list_makes_sections_and_a_map_has_a_part_that_is_written_anew() throws IOException {
        passes(
                "[{ tag: 'RULES', content: 'Use <PLAN>. {current_date}' }, 'No tag.']",
                """
                calls:
                  - model: {contains: ["<RULES>\\nUse <PLAN>. 2026-01-01\\n</RULES>\\n\\nNo tag."], text: <FINAL_ANSWER>ok}
                expect: {answer: ok}
                """);
        passes(
                "({ static_system: 'Use <DRAFT>.', dynamic_context: [{ tag: 'SO_FAR', content: 'draft: {draft_context}' }] })",
                """
                calls:
                  - model: {contains: "draft:", text: '<DRAFT>one</DRAFT><ACTION></ACTION>'}
                  - model: {contains: "<SO_FAR>\\ndraft: one\\n</SO_FAR>", text: '<DRAFT>two</DRAFT><ACTION/>'}
                  - model: {contains: "<SO_FAR>\\ndraft: two\\n</SO_FAR>", text: <FINAL_ANSWER>ok}
                expect: {answer: ok, steps: [Step 1, Draft, Step 2, Draft, Step 3]}
                """);
    }

    @Test
    void the_question_stands_last_whatever_the_pattern_adds_to_it() throws IOException {
        passes(
                "({ static_system: 'Use <PLAN>. {tool_instructions}', dynamic_context: 'Today.' })",
                TOOL
                        + """
                        calls:
                          - model: {contains: "Today.\\n\\nx", text: '<ACTION>{"tool_name": "calc"}</ACTION>'}
                          - tool: {name: calc, result: one}
                          - model: {contains: ["\\nx\\n<ACTION>", "Today.\\n\\n<OBSERVATION>\\none"], text: <FINAL_ANSWER>ok}
                        expect: {answer: ok}
                        """);
    }

    @Test
    void every_placeholder_is_filled_and_what_looks_like_one_stays() throws IOException {
        passes(
                "['A {system_instruction} B {tools_list_text} C {server_status_text} D {current_date} E {draft_context} F {other} {{x}} <FINAL_ANSWER> {tool_instructions}']",
                TOOL
                        + """
                        calls:
                          - model:
                              contains:
                                - "A Be kind. B - calc: Calculates. Arguments: {\\"type\\":\\"object\\"} C Tools available: 1. D 2026-01-01 E  F {other} {{x}}"
                                - "<ACTION>{\\"tool_name\\": \\"name\\""
                              text: <FINAL_ANSWER>ok
                        expect: {answer: ok}
                        """,
                "system: Be kind.");
    }

    @Test
    void the_servers_words_follow_the_patterns_and_the_prompt_says_which_win() throws IOException {
        passes(
                "['Use <PLAN>.']",
                """
                calls:
                  - model:
                      contains:
                        - "those that stand first win.\\n\\nUse <PLAN>.\\n\\n<SERVER_INSTRUCTIONS>\\nBe kind.\\n</SERVER_INSTRUCTIONS>"
                      text: <FINAL_ANSWER>ok
                expect: {answer: ok}
                """,
                "system: Be kind.");
    }

    @Test
    void the_tags_of_a_structure_open_steps_also_those_that_name_its_sections() throws IOException {
        passes(
                "[{ tag: 'THOUGHT', content: 'Think first.' }, { tag: 'PLAN', content: 'Then plan.' }, { tag: 'FINAL_ANSWER', content: 'Then answer.' }]",
                """
                calls:
                  - model: {text: '<thought>hm</thought><Plan a="b">do</PLAN><final_answer>ok</final_answer>'}
                expect: {answer: ok, steps: [Step 1, Thought, Plan]}
                """);
        passes(
                "['Write <thought>, then <final_answer>.']",
                """
                calls:
                  - model: {text: <THOUGHT>hm</THOUGHT><FINAL_ANSWER>ok</FINAL_ANSWER>}
                expect: {answer: ok, steps: [Step 1, Thought]}
                """);
    }

    @Test
    void a_model_that_answers_without_tags_has_answered() throws IOException {
        passes(
                "['" + TAGS + "']",
                """
                calls:
                  - model: {text: " Just 5. "}
                expect: {answer: Just 5., steps: [Step 1]}
                """);
    }

    @Test
    void words_before_the_first_tag_are_thoughts_and_count_for_the_model() throws IOException {
        passes(
                "['" + TAGS + "']",
                TOOL
                        + """
                        calls:
                          - model: {text: 'I must calculate. <ACTION>{"tool_name": "calc"}</ACTION> It is 6.'}
                          - tool: {name: calc, arguments: {}, result: 5}
                          - model: {contains: "I must calculate. <ACTION>{\\"tool_name\\": \\"calc\\"}</ACTION>\\n<OBSERVATION>\\n5", text: <FINAL_ANSWER>5</FINAL_ANSWER>}
                        expect: {answer: "5", thoughts_contain: I must calculate.}
                        """);
    }

    @Test
    void a_call_that_stands_alone_without_tags_is_one_and_other_json_is_an_answer()
            throws IOException {
        passes(
                "['" + TAGS + "']",
                TOOL
                        + """
                        calls:
                          - model: {text: "```json\n{\\"tool_name\\": \\"calc\\", \\"arguments\\": {\\"n\\": 1}}\n```"}
                          - tool: {name: calc, arguments: {n: 1}, result: one}
                          - model: {contains: "<OBSERVATION>", text: '{"tool_name": "none", "arguments": {}}'}
                        expect: {answer: '{"tool_name": "none", "arguments": {}}'}
                        """);
        passes(
                "['" + TAGS + "']",
                TOOL
                        + """
                        calls: [{model: {text: '{"name": "calc", "price": 7}'}}]
                        expect: {answer: '{"name": "calc", "price": 7}'}
                        """);
    }

    @Test
    void an_action_may_speak_of_tags() throws IOException {
        passes(
                "['" + TAGS + "']",
                TOOL
                        + """
                        calls:
                          - model: {text: '<ACTION>{"tool_name": "calc", "arguments": {"text": "<THOUGHT>x</THOUGHT></ACTION>"}}</ACTION>'}
                          - tool: {name: calc, arguments: {text: "<THOUGHT>x</THOUGHT></ACTION>"}, result: ok}
                          - model: {text: <FINAL_ANSWER>ok}
                        expect: {answer: ok}
                        """);
    }

    @Test
    void the_same_action_again_is_a_hint_and_a_third_time_the_end() throws IOException {
        String same = "  - model: {text: '<ACTION>{\"tool_name\": \"calc\"}</ACTION>'}\n";
        String calls = TOOL + "calls:\n" + same + "  - tool: {name: calc, result: 1}\n" + same;
        passes(
                "['" + TAGS + "']",
                calls
                        + "  - model: {contains: You did exactly this before, text: <FINAL_ANSWER>ok}\nexpect: {answer: ok}");
        passes("['" + TAGS + "']", calls + same + "expect: {error_code: repeated_action}");
    }

    @Test
    void the_last_turn_makes_no_action_and_takes_what_there_is_for_the_answer() throws IOException {
        String first =
                TOOL
                        + """
                        calls:
                          - model: {text: '<ACTION>{"tool_name": "calc", "arguments": {"n": 1}}</ACTION>'}
                          - tool: {name: calc, result: 1}
                        """;
        passes(
                "['" + TAGS + "']",
                first
                        + "  - model: {contains: your last but one step, text: '<THOUGHT>So.</THOUGHT> It is 1.'}\nexpect: {answer: It is 1.}",
                "max_steps: 2");
        passes(
                "['" + TAGS + "']",
                first
                        + "  - model: {text: '<ACTION>{\"tool_name\": \"calc\", \"arguments\": {\"n\": 2}}</ACTION>'}\nexpect: {error_code: max_steps}",
                "max_steps: 2");
    }

    @Test
    void native_calls_count_as_actions_and_words_beside_them_are_no_answer() throws IOException {
        passes(
                "['Help.']",
                TOOL
                        + """
                        calls:
                          - model:
                              message:
                                content: Let me see.
                                tool_calls:
                                  - {id: a, type: function, function: {name: calc, arguments: '{"n": 1}'}}
                                  - {id: b, type: function, function: {name: calc, arguments: '{"n": 2}'}}
                          - tool: {name: calc, arguments: {n: 1}, result: one}
                          - tool: {name: calc, arguments: {n: 2}, error: broken}
                          - model: {contains: [one, "Error: broken"], text: It is one.}
                        expect: {answer: It is one., thoughts_contain: Let me see.}
                        """);
        passes(
                "['" + TAGS + "']",
                TOOL
                        + """
                        calls:
                          - model: {message: {content: null, tool_calls: [{id: a, type: function, function: {name: calc, arguments: ''}}]}}
                          - tool: {name: calc, arguments: {}, result: one}
                          - model: {text: <FINAL_ANSWER>one}
                        expect: {answer: one}
                        """);
    }

    private void passes(String structure, String rest, String... input) throws IOException {
        Path pattern = folder.resolve("loop.js");
        Files.writeString(pattern, "export const getPromptStructure = () => " + structure + ";");
        String more = input.length == 0 ? "" : ", " + String.join(", ", input);
        Files.writeString(
                ScenarioFiles.scenarios(pattern),
                "scenarios:\n  - name: only\n    input: {query: x" + more + "}\n" + rest.indent(4));
        ScenarioReport report = new ScenarioRunner(RUNTIME).run(pattern);
        assertThat(report.passed()).as(report.text()).isTrue();
    }
}
