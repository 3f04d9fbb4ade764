package io.magicproxy.tool.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.scenario.ScenarioFiles;
import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.testing.SharedSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tool beside its scenarios: what counts as a difference, and how it is told. */
class ToolScenarioRunnerTest {
    private static final String ASKS =
            """
            export const manifest = { effect: 'none', network: ['api.example.com'] };
            /** Looks something up.
             * @param {string} what */
            export async function run(what) {
              const answer = await tool.fetch('https://api.example.com/v1', {
                headers: { 'X-Key': tool.env.KEY }, body: { what, limit: 2 },
              });
              return { status: answer.status, type: answer.headers['content-type'], found: answer.json() };
            }
            """;
    private static final String SCENARIO =
            """
            scenarios:
              - name: looks up
                arguments: {what: a bird}
                env: {KEY: the-key-of-the-test}
                calls:
                  - fetch:
                      method: POST
                      url: https://api.example.com/v1
                      headers: {x-key: the-key-of-the-test}
                      body: {limit: 2.0, what: a bird}
                      contains: a bird
                      answer: {status: 201, body: {name: wren, n: 1}}
                expect:
                  result_fields: {status: 201, found: {name: wren}}
                  result_contains: [wren, application/json]
            """;

    @TempDir private Path folder;

    @Test
    void a_tool_runs_with_the_answers_that_are_recorded_for_it() throws IOException {
        ScenarioReport report = run("asks.js", ASKS, SCENARIO);

        assertThat(report.passed()).as(report.text()).isTrue();
        assertThat(report.text(true).lines().map(String::strip))
                .endsWith(
                        "fetch POST https://api.example.com/v1 {\"what\":\"a bird\",\"limit\":2}",
                        "gives 201 {\"name\":\"wren\",\"n\":1}",
                        "result {\"status\":201,\"type\":\"application/json\",\"found\":{\"name\":\"wren\",\"n\":1}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url: https://api.example.com/v1 | url: https://api.example.com/v2 | :8:16 scenarios[0].calls[0].fetch.url: another address is fetched",
                "method: POST | method: PUT | :7:19 scenarios[0].calls[0].fetch.method: another method is used",
                "{x-key: the-key-of-the-test} | {x-key: other} | :9:28 scenarios[0].calls[0].fetch.headers.x-key: the header is not sent so",
                "{x-key: the-key-of-the-test} | {x-trace: abc} | actual:   no such header",
                "limit: 2.0 | limit: 3 | :10:17 scenarios[0].calls[0].fetch.body: another body is sent",
                "contains: a bird | contains: a cat | :11:21 scenarios[0].calls[0].fetch.contains: the body doesn't hold a text",
                "status: 201, found | status: 200, found | :14:31 scenarios[0].expect.result_fields.status: this part of the result is another",
                "found: {name: wren} | found: {name: wren, legs: 2} | scenarios[0].expect.result_fields.found.legs: this part of the result is another",
                "[wren, application/json] | [wren, owl] | :15:24 scenarios[0].expect.result_contains: the result doesn't hold a text",
            })
    void what_differs_is_told_with_its_place(String was, String is, String problem)
            throws IOException {
        assertThat(SCENARIO).contains(was);

        assertThat(problem("asks.js", ASKS, SCENARIO.replace(was, is)))
                .contains(problem, "expected: ", "actual:   ");
    }

    @Test
    void a_call_that_was_not_foreseen_fails_though_the_tool_would_bear_it() throws IOException {
        String bears =
                ASKS.replace(
                        "const answer = await",
                        "await tool.fetch('https://api.example.com/more').catch(() => 0); const answer = await");

        assertThat(problem("asks.js", bears, SCENARIO))
                .contains("another address is fetched", "actual:   https://api.example.com/more");
        assertThat(problem("asks.js", ASKS, SCENARIO.replaceAll("(?s)calls:.*?expect", "expect")))
                .contains(
                        "scenarios[0].calls: a call was not foreseen",
                        "actual:   fetch POST https://api.example.com/v1 {\"what\":\"a bird\",\"limit\":2}",
                        "remedy:   add it with its answer to calls, if the tool is right");
    }

    @Test
    void an_answer_that_nobody_asked_for_fails() throws IOException {
        String more =
                SCENARIO.replace(
                        "    expect:",
                        "      - fetch: {method: GET, url: 'https://api.example.com/', answer: {}}\n    expect:");

        assertThat(problem("asks.js", ASKS, more))
                .contains(
                        "asks.scenario.yaml:13:9 scenarios[0].calls[1]: this answer was not used",
                        "expected: fetch GET https://api.example.com/",
                        "remedy:   take it out, if the tool is right");
    }

    @Test
    void fetches_side_by_side_get_their_own_answers_in_whatever_order_they_come()
            throws IOException {
        String all =
                """
                export const manifest = { network: ['*'] };
                /** All. */
                export async function run() {
                  const each = ['c', 'a', 'b'].map(async (x) => (await tool.fetch(`https://${x}.example/`)).text);
                  return (await Promise.all(each)).join(' ');
                }
                """;

        assertThat(
                        run(
                                        "all.js",
                                        all,
                                        """
                                        scenarios:
                                          - name: three
                                            calls:
                                              - fetch: {url: 'https://a.example', answer: {body: A}}
                                              - fetch: {url: 'https://b.example/', answer: {body: B}}
                                              - fetch: {url: 'https://c.example/', answer: {body: C}}
                                            expect: {result: C A B}
                                        """)
                                .text())
                .startsWith("passed");
    }

    @Test
    void the_same_request_again_gets_the_next_answer() throws IOException {
        String tries =
                """
                MANIFEST = {"network": ["api.example.com"]}

                def run(times: int):
                    return [tool.fetch("https://api.example.com/").status for _ in range(times)]
                """;

        assertThat(
                        run(
                                        "tries.py",
                                        tries,
                                        """
                                        scenarios:
                                          - name: tries again
                                            arguments: {times: 2}
                                            calls:
                                              - fetch: {url: 'https://api.example.com/', answer: {status: 503}}
                                              - fetch: {url: 'https://api.example.com/', answer: {}}
                                            expect: {result: [503, 200]}
                                        """)
                                .text())
                .startsWith("passed");
    }

    @Test
    void files_agents_secrets_and_the_clock_are_the_scenarios() throws IOException {
        String does =
                """
                from datetime import datetime, timezone

                MANIFEST = {"files": ["docs"], "agents": True}

                def run(name: str) -> dict:
                    tool.progress(1, 2, "reading")
                    before = datetime.now(timezone.utc)
                    asked = tool.agent("sage", "What of " + tool.files.read(name) + "?")
                    later = (datetime.now(timezone.utc) - before).total_seconds()
                    return {"asked": asked, "at": before.isoformat()[:19], "later": later, "key": tool.env["KEY"], "line": tool.env["LINE"]}
                """;
        String scenarios =
                """
                scenarios:
                  - name: reads and asks
                    arguments: {name: docs/a.md}
                    env: {KEY: 'a "quoted" key \\ of two', LINE: "a\\nb"}
                    files: {docs/a.md: the guide}
                    clock: 2026-03-01T23:30:00Z
                    calls:
                      - agent: {alias: sage, contains: the guide, answer: Much.}
                    expect: {result: {asked: Much., at: '2026-03-01T23:30:00', later: 1, key: '[secret]', line: "a\\nb"}}
                  - name: what isn't granted isn't read
                    arguments: {name: other/a.md}
                    env: {KEY: x, LINE: y}
                    files: {other/a.md: secret}
                    expect: {error_code: not_allowed, error_contains: does may not read other/a.md}
                  - name: what isn't there isn't read
                    arguments: {name: docs/b.md}
                    expect: {error_code: not_found}
                  - name: an agent fails
                    arguments: {name: docs/a.md}
                    files: {docs/a.md: x}
                    calls:
                      - agent: {alias: sage, error: {code: max_steps, message: too long}}
                    expect: {error_code: max_steps, error_contains: too long}
                """;
        ScenarioReport report = run("does.py", does, scenarios);

        assertThat(report.passed()).as(report.text()).isTrue();
        assertThat(report.results().getFirst().trace())
                .startsWith(
                        "progress 1/2 reading", "agent sage: What of the guide?", "  gives Much.");
        assertThat(
                        problem(
                                "does.py",
                                does,
                                scenarios.replace(
                                        "alias: sage, contains", "alias: fool, contains")))
                .contains("calls[0].agent.alias: another agent is asked");
        assertThat(
                        problem(
                                "does.py",
                                does,
                                scenarios.replace("contains: the guide", "contains: a guide")))
                .contains("calls[0].agent.contains: the question doesn't hold a text");
    }

    @Test
    void the_grant_holds_and_is_what_the_manifest_asks_for_if_nothing_is_said() throws IOException {
        String free =
                ASKS.replace("['api.example.com']", "['*']")
                        .replace("'https://api.example.com/v1'", "what");

        for (List<String> one :
                List.of(
                        List.of(
                                "http://localhost/",
                                "",
                                "localhost leads to 127.0.0.1, a loopback address"),
                        List.of("http://[fd00:ec2::254]/", "", "tools never call such an address"),
                        List.of(
                                "https://b.example/",
                                "grant: {network: [a.example]}",
                                "asks may not call b.example"))) {
            assertThat(
                            run(
                                            "asks.js",
                                            free,
                                            """
                                            scenarios:
                                              - name: refused
                                                arguments: {what: '%s'}
                                                %s
                                                expect: {error_code: not_allowed, error_contains: "%s"}
                                            """
                                                    .formatted(one.toArray()))
                                    .text())
                    .startsWith("passed");
        }
        assertThat(
                        problem(
                                "asks.js",
                                ASKS,
                                SCENARIO.replace(
                                        "    calls:", "    grant: {agents: true}\n    calls:")))
                .contains(
                        "asks.scenario.yaml:5:12 scenarios[0].grant: with this grant the tool wouldn't load",
                        "network: [api.example.com]");
    }

    @Test
    void an_error_is_expected_by_its_code_or_its_words_and_a_result_is_none() throws IOException {
        assertThat(
                        problem(
                                "asks.js",
                                ASKS,
                                SCENARIO.replace("what: a bird}\n    env", "what: 5}\n    env")))
                .contains("scenarios[0].calls[0]: this answer was not used");
        String fails =
                """
                scenarios:
                  - name: no words
                    arguments: {what: 5}
                    expect: {error_code: %s, error_contains: %s}
                """;
        assertThat(
                        run(
                                        "asks.js",
                                        ASKS,
                                        fails.formatted("invalid_arguments", "must be a string"))
                                .text())
                .startsWith("passed");
        assertThat(problem("asks.js", ASKS, fails.formatted("tool_error", "must be a string")))
                .contains(
                        ":4:26 scenarios[0].expect.error_code: it ended with another error",
                        "actual:   invalid_arguments: ");
        assertThat(
                        problem(
                                "asks.js",
                                ASKS,
                                fails.formatted("invalid_arguments", "must be a number")))
                .contains(
                        "scenarios[0].expect.error_contains: the error's message doesn't hold a text");
        assertThat(
                        problem(
                                "asks.js",
                                ASKS,
                                SCENARIO.replaceAll(
                                        "(?s)expect:.*", "expect: {error_code: tool_error}\n")))
                .contains(
                        "scenarios[0].expect: it gave a result", "expected: the error tool_error");
        assertThat(
                        problem(
                                "asks.js",
                                ASKS,
                                SCENARIO.replaceAll(
                                        "answer: .*",
                                        "error: {code: fetch_timeout, message: too slow}")))
                .contains(
                        "scenarios[0].expect: it ended with an error",
                        "actual:   fetch_timeout: HostError: too slow");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "arguments: | argumens: | :3:5 scenarios[0].argumens: is not a known key; did you mean \"arguments\"?",
                "answer: {status: 201, body: {name: wren, n: 1}} | # nothing | :6:9 scenarios[0].calls[0]: needs exactly one of answer or error",
                "- fetch: | - fetsch: | did you mean \"fetch\"?",
                "url: https://api.example.com/v1 | url: api.example.com | :6:9 scenarios[0].calls[0]: has a url that can't be fetched: the address must be like https://host/path",
                "url: https://api.example.com/v1 | # nothing | needs \"url\"",
                "answer: {status: 201, body: {name: wren, n: 1}} | error: {code: timeout} | its code is one of fetch_failed, fetch_timeout, fetch_too_large, not_allowed",
                "env: {KEY: the | clock: tomorrow | :4:12 scenarios[0].clock: must be a time in UTC, such as 2026-01-01T12:00:00Z",
                "env: {KEY: the | env: {MY KEY: the | :4:19 scenarios[0].env.MY KEY: is no name of a variable",
                "env: {KEY: the-key-of-the-test} | files: {../x: y} | :4:19 scenarios[0].files.../x: must be a path below the configuration's folder",
                "env: {KEY: the-key-of-the-test} | grant: {network: ['https://x.example']} | write the host alone, without https://",
                "result_contains: | error_contains: | expects a result and an error; a call has one of them",
            })
    void mistakes_in_the_file_are_told_with_their_line_and_the_remedy(
            String was, String is, String problem) throws IOException {
        assertThat(SCENARIO).contains(was);
        String text = SCENARIO.replace(was, is);
        if (is.startsWith("clock")) {
            text = text.replaceAll("tomorrow.*", "tomorrow");
        }

        assertThat(problem("asks.js", ASKS, text))
                .contains("FAILED", "asks.scenario.yaml:", problem);
    }

    @Test
    void a_file_without_expectations_or_scenarios_or_that_is_no_yaml_does_not_pass()
            throws IOException {
        assertThat(problem("asks.js", ASKS, SCENARIO.replaceAll("(?s)    expect:.*", "")))
                .contains(
                        "expects nothing; give expect one of result, result_fields, result_contains");
        assertThat(problem("asks.js", ASKS, "scenarios: []")).contains("has no scenario");
        assertThat(problem("asks.js", ASKS, "scenarios: [")).contains("asks.scenario.yaml:1:");
    }

    @Test
    void a_tool_that_does_not_load_or_has_no_scenarios_does_not_pass() throws IOException {
        assertThat(problem("asks.js", "export const run = (", SCENARIO))
                .contains("doesn't load: asks.js:1:");
        assertThat(
                        problem(
                                "asks.js",
                                ASKS.replace("api.example.com'],", "https://api.example.com'],")
                                        .replace("['api", "['https://api"),
                                SCENARIO))
                .contains("doesn't load: asks.js:1:");
        Files.delete(folder.resolve("asks.scenario.yaml"));
        assertThat(runner().run(folder.resolve("asks.js")).text())
                .contains(
                        "has no scenarios; write", "asks.scenario.yaml, such as:", "docs/tools.md");
    }

    private static ToolScenarioRunner runner() {
        return new ToolScenarioRunner(SharedSandbox.RUNTIME);
    }

    private String problem(String file, String tool, String scenarios) throws IOException {
        ScenarioReport report = run(file, tool, scenarios);
        assertThat(report.passed()).as(report.text()).isFalse();
        return report.text();
    }

    private ScenarioReport run(String file, String tool, String scenarios) throws IOException {
        Path path = folder.resolve(file);
        Files.writeString(path, tool);
        Files.writeString(ScenarioFiles.scenarios(path), scenarios);
        return runner().run(path);
    }
}
