package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.boot.Program.Ended;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say and with which code they end. */
class CommandLineTest {
    private static final String GOOD =
            """
            model_list:
              - model_name: pretend
                provider: simulator
                model_params: {model: chat}
            router_settings:
              model_group_alias: {main: [pretend]}
            """;

    @TempDir private Path folder;

    private String config(String yaml) throws Exception {
        return Files.writeString(folder.resolve("proxy_config.yaml"), yaml).toString();
    }

    @Test
    void help_names_every_command_and_each_command_its_options() {
        Ended help = Program.run(folder, "--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out())
                .contains("start ", "check ", "ask ", "pattern ", "tool ", "tools ", "version ");
        assertThat(help.err()).isEmpty();

        Ended start = Program.run(folder, "start", "--help");
        assertThat(start.exit()).isZero();
        assertThat(start.out())
                .contains("--config", "--host", "--port", "--data-dir", "--keys-dir")
                .contains("MAGIC_PROXY_PORT", "8001");
    }

    @Test
    void the_version_is_told_with_that_of_java() {
        Ended version = Program.run(folder, "version");
        assertThat(version.exit()).isZero();
        assertThat(version.out())
                .startsWith("magic-proxy ")
                .contains("Java " + Runtime.version().feature());
        assertThat(Program.run(folder, "--version")).isEqualTo(version);
    }

    @Test
    void a_mistyped_command_or_option_is_answered_with_the_right_one() {
        assertThat(Program.run(folder, "chekc"))
                .isEqualTo(
                        new Ended(
                                2,
                                "",
                                "magic-proxy: unknown command \"chekc\"; did you mean \"check\"?\n"
                                        + "See: magic-proxy --help"));
        String port =
                "magic-proxy: unknown option \"--prot\"; did you mean \"--port\"?\n"
                        + "See: magic-proxy start --help";
        assertThat(Program.run(folder, "start", "--prot", "0")).isEqualTo(new Ended(2, "", port));
        assertThat(Program.run(folder, "--prot=0")).isEqualTo(new Ended(2, "", port));
        assertThat(Program.run(folder, "start", "twice").err())
                .startsWith("magic-proxy: superfluous argument \"twice\"\n");
    }

    @Test
    void a_value_that_cannot_be_is_wrong_usage_wherever_it_comes_from() {
        Ended asked = Program.run(folder, "start", "--port", "70000");
        assertThat(asked.exit()).isEqualTo(2);
        assertThat(asked.err()).contains("'--port'", "0 to 65535", "\"70000\"");

        Ended fromEnvironment = Program.run(folder, Map.of("MAGIC_PROXY_PORT", "http"), "start");
        assertThat(fromEnvironment.exit()).isEqualTo(2);
        assertThat(fromEnvironment.err()).contains("'--port'", "\"http\"");

        Ended incomplete = Program.run(folder, "ask", "main");
        assertThat(incomplete.exit()).isEqualTo(2);
        assertThat(incomplete.err()).contains("QUESTION", "See: magic-proxy ask --help");
    }

    @Test
    void a_good_configuration_passes_the_check() throws Exception {
        Ended check = Program.run(folder, "check", "--config", config(GOOD));
        assertThat(check.exit()).isZero();
        assertThat(check.out()).endsWith("proxy_config.yaml is fine");
        assertThat(check.err()).isEmpty();
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void a_bad_configuration_fails_the_check_with_every_problem_at_its_place() throws Exception {
        String file =
                config(
                        GOOD.replace("[pretend]", "[pretned]")
                                        .replace("provider: simulator", "provider: simulatr")
                                + "  timeout: soon\n");
        Ended check = Program.run(folder, "check", "--config", file);
        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.out())
                .contains(
                        file + ":3:",
                        "did you mean \"simulator\"?",
                        file + ":6:",
                        "did you mean \"pretend\"?",
                        file + ":7:",
                        "router_settings.timeout")
                .endsWith("3 problems");

        Ended start = Program.run(folder, "start", "--config", file);
        assertThat(start.exit()).isEqualTo(1);
        assertThat(start.err())
                .contains(file + ":3:", file + ":6:", file + ":7:")
                .doesNotContain("\tat ");
    }

    @Test
    void the_check_loads_patterns_and_tools_from_the_folders_that_are_named() throws Exception {
        Path patterns = Files.createDirectory(folder.resolve("thoughts"));
        Files.writeString(patterns.resolve("good.js"), "export const run = () => 'good';");
        Files.writeString(patterns.resolve("bad.js"), "export const run = () => {;\n\n(");
        Path tools = Files.createDirectory(folder.resolve("hands"));
        Files.writeString(
                tools.resolve("fetcher.js"),
                """
                export const manifest = { network: ['example.com'] };
                /** Fetches. */
                export function run() { return 1; }
                """);
        Files.writeString(tools.resolve("fetcher.scenario.yaml"), "scenarios: []\n");
        Files.writeString(tools.resolve("lone.scenario.yaml"), "export function run() {}\n");
        String config = config(GOOD);
        String[] named = {"--patterns", patterns.toString(), "--tools", tools.toString()};
        Ended check =
                Program.run(
                        folder,
                        "check",
                        "--config",
                        config,
                        named[0],
                        named[1],
                        named[2],
                        named[3]);
        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.out())
                .contains(
                        "patterns: 1 of 2 load; tools: 0 of 1 load",
                        "bad.js does not load: ",
                        "bad.js:3:",
                        "fetcher.js does not load: ",
                        "grants:")
                .endsWith("2 problems");
        assertThat(check.err()).isEmpty();
        try (Program program =
                        Program.start(
                                folder, "--port", "0", named[0], named[1], named[2], named[3]);
                HttpClient client = HttpClient.newHttpClient()) {
            String served =
                    Program.send(client, Program.get(program.port(), "/admin/patterns")).body();
            assertThat(served).contains("\"good\"", "\"bad\"");
        }
    }

    @Test
    void a_missing_configuration_is_named_with_the_remedy() {
        for (String command : new String[] {"check", "start"}) {
            Ended ended = Program.run(folder, command, "--config", "nowhere.yaml");
            assertThat(ended.exit()).isEqualTo(1);
            assertThat(ended.err())
                    .isEqualTo(
                            "magic-proxy: there is no configuration at nowhere.yaml; name one with --config");
        }
        Ended none = Program.run(folder, "ask", "main", "hi", "--port", "1");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).contains("proxy_config.yaml", "--config");
    }

    @Test
    void start_picks_a_free_port_tells_its_url_and_is_ready() throws Exception {
        config(GOOD);
        try (Program program = Program.start(folder, "--port", "0");
                HttpClient client = HttpClient.newHttpClient()) {
            int port = program.port();
            assertThat(port).isPositive();
            var ready = Program.send(client, Program.get(port, "/health/readiness"));
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(program.process().awaitOut("can run:", Program.LONG)).contains("main");

            Ended second = Program.run(folder, "start", "--port", "" + port, "--data-dir", "other");
            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.err())
                    .contains("port " + port + " of 127.0.0.1 can't be used", "--port 0")
                    .doesNotContain("\tat ");

            Ended sameData = Program.run(folder, "start", "--port", "0");
            assertThat(sameData.exit()).isEqualTo(1);
            assertThat(sameData.err())
                    .contains("another gateway uses the data folder", "--data-dir")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void patterns_are_tested_by_their_files_their_scenarios_or_their_folder() throws Exception {
        Files.writeString(
                folder.resolve("twice.js"),
                "export const run = (ctx) => { ctx.step('Ask'); return ctx.llm(ctx.query) + ctx.tool('dot'); };");
        Path scenarios =
                Files.writeString(
                        folder.resolve("twice.scenario.yaml"),
                        """
                        scenarios:
                          - name: asks and adds
                            input: {query: "Are you there?"}
                            tools: [{name: dot}]
                            calls:
                              - model: {contains: Are you there, text: "Yes"}
                              - tool: {name: dot, result: .}
                            expect: {steps: [Ask], answer: Yes.}
                        """);
        Ended passed = Program.run(folder, "pattern", "test", "twice.scenario.yaml");
        assertThat(passed.exit()).as(passed.err()).isZero();
        assertThat(passed.err()).isEmpty();
        assertThat(passed.out())
                .startsWith("passed twice.js: asks and adds\n    step  Ask\n")
                .contains("model main: Are you there?", "gives Yes", "tool dot {}")
                .endsWith("    answer Yes.\n1 passed, 0 failed");

        Files.writeString(
                scenarios, Files.readString(scenarios).replace("answer: Yes.", "answer: No."));
        Files.writeString(folder.resolve("untested.py"), "def run(ctx):\n    return 1\n");
        Files.writeString(folder.resolve("_helper.js"), "");
        Ended failed = Program.run(folder, "pattern", "test", "--quiet", ".");
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.out())
                .contains(
                        "not tested: ./untested.py has no scenarios; write ./untested.scenario.yaml",
                        "FAILED twice.js: asks and adds",
                        "twice.scenario.yaml:8:36 scenarios[0].expect.answer: the answer is another",
                        "expected: No.",
                        "actual:   Yes.")
                .endsWith("0 passed, 1 failed");

        Ended without = Program.run(folder, "pattern", "test", "untested.py", "nowhere.js");
        assertThat(without.exit()).isEqualTo(1);
        assertThat(without.err()).isEqualTo("magic-proxy: there is no nowhere.js");
        assertThat(without.out())
                .contains("untested.py: has no scenarios; write untested.scenario.yaml, such as:")
                .contains("scenarios:\n  - name: answers", "docs/patterns.md");
    }

    @Test
    void tools_are_tested_by_their_files_their_scenarios_their_folder_or_their_names()
            throws Exception {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(
                tools.resolve("look.js"),
                """
                export const manifest = { network: ['api.example.com'] };
                /** Looks. */
                export function run() { return tool.fetch('https://api.example.com/').text; }
                """);
        Path scenarios =
                Files.writeString(
                        tools.resolve("look.scenario.yaml"),
                        """
                        scenarios:
                          - name: looks
                            calls:
                              - fetch: {url: 'https://api.example.com/', answer: {body: seen}}
                            expect: {result: seen}
                        """);
        Ended passed = Program.run(folder, "tool", "test", "look", "--tools", "tools");
        assertThat(passed.exit()).as(passed.err()).isZero();
        assertThat(passed.err()).isEmpty();
        assertThat(passed.out())
                .isEqualTo(
                        """
                        passed tools/look.js: looks
                            fetch GET https://api.example.com/
                              gives 200 seen
                            result "seen"
                        1 passed, 0 failed\
                        """);

        Files.writeString(scenarios, Files.readString(scenarios).replace("t: seen}", "t: gone}"));
        Files.writeString(tools.resolve("untested.py"), "def run() -> int:\n    return 1\n");
        Ended failed = Program.run(folder, "tool", "test", "--quiet", "tools", "nowhere");
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).isEqualTo("magic-proxy: there is no nowhere");
        assertThat(failed.out())
                .contains(
                        "not tested: tools/untested.py has no scenarios; write tools/untested.scenario.yaml",
                        "FAILED tools/look.js: looks",
                        "tools/look.scenario.yaml:5:22 scenarios[0].expect.result: the result is another",
                        "expected: \"gone\"",
                        "actual:   \"seen\"")
                .endsWith("0 passed, 1 failed");

        Ended alone = Program.run(folder, "tool");
        assertThat(alone.exit()).isEqualTo(2);
        assertThat(alone.err()).contains("tool test FILE");
    }

    @Test
    void pattern_alone_says_what_it_can_do() {
        Ended alone = Program.run(folder, "pattern");
        assertThat(alone.exit()).isEqualTo(2);
        assertThat(alone.err()).contains("pattern test FILE");
        Ended mistyped = Program.run(folder, "pattern", "tset");
        assertThat(mistyped.exit()).isEqualTo(2);
        assertThat(mistyped.err()).contains("did you mean \"test\"?");
    }

    @Test
    void a_host_that_is_nowhere_is_named_with_the_remedy() throws Exception {
        config(GOOD);
        Ended ended = Program.run(folder, "start", "--host", "256.0.0.1", "--port", "0");
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).contains("256.0.0.1", "--host").doesNotContain("\tat ");
    }

    @Test
    void ask_starts_a_gateway_for_itself_if_none_runs() throws Exception {
        config(GOOD);
        String nobody = Integer.toString(freePort());
        Ended answer = Program.run(folder, "ask", "main", "Are you there?", "--port", nobody);
        assertThat(answer.exit()).isZero();
        assertThat(answer.out()).contains("[simulator]", "Are you there?");
        assertThat(answer.err()).isEmpty();

        Ended elsewhere =
                Program.run(folder, "ask", "main", "hi", "--host", "127.0.0.1", "--port", nobody);
        assertThat(elsewhere.exit()).isEqualTo(1);
        assertThat(elsewhere.err())
                .contains("no gateway answers at 127.0.0.1:" + nobody, "--host")
                .doesNotContain("\tat ");

        Ended unknown = Program.run(folder, "ask", "mian", "hi", "--port", nobody);
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err()).contains("\"mian\"", "/v1/models").doesNotContain("\tat ");
    }

    @Test
    void an_answer_that_comes_before_the_scripts_are_loaded_leaves_no_errors_behind()
            throws Exception {
        config(GOOD);
        Path patterns = Files.createDirectory(folder.resolve("patterns"));
        for (int i = 0; i < 5; i++) {
            Files.writeString(patterns.resolve("p" + i + ".py"), "def run(ctx): return 'x'\n");
        }
        Ended answer =
                Program.run(folder, "ask", "main", "hi", "--port", Integer.toString(freePort()));
        assertThat(answer.exit()).isZero();
        assertThat(answer.err()).isEmpty();
    }

    @Test
    void ask_shows_how_an_agent_works_beside_its_answer() throws Exception {
        config(
                """
                model_list:
                  - model_name: thinker
                    provider: simulator
                    model_params: {model: chat, agent_settings: {reasoning_mode: steps}}
                sandbox_settings: {isolation: in_process}
                """);
        Path patterns = Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(
                patterns.resolve("steps.js"),
                """
                export async function run(ctx) {
                  ctx.step('Look around');
                  ctx.thought('Where is it?');
                  try { await ctx.tool('lamp', {on: true}); } catch (error) { ctx.emit('dark', {}); }
                  ctx.answer('here \\u001B[31mit');
                  return 'here \\u001B[31mit';
                }
                """);
        String nobody = Integer.toString(freePort());

        Ended asked = Program.run(folder, "ask", "thinker", "Where?", "--port", nobody);

        assertThat(asked.exit()).as(asked.err()).isZero();
        assertThat(asked.out()).isEqualTo("here [31mit");
        assertThat(asked.err())
                .containsSubsequence(
                        "Look around",
                        "Where is it?",
                        "→ lamp {\"on\":true}",
                        "✗ there is no tool",
                        "• dark",
                        "1 steps, 0 model calls, 0 tokens; session ");
    }

    @Test
    void ask_uses_the_gateway_that_runs_with_the_key_it_wants() throws Exception {
        config(GOOD + "security_settings: {master_key: mk-of-the-command-line-test}\n");
        try (Program gateway = Program.start(folder, "--port", "0")) {
            String port = Integer.toString(gateway.port());
            Files.delete(folder.resolve("proxy_config.yaml"));

            Ended refused = Program.run(folder, "ask", "main", "hi", "--port", port);
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains("(401)");

            Ended answer =
                    Program.run(
                            folder,
                            Map.of("MAGIC_PROXY_KEY", "mk-of-the-command-line-test"),
                            "ask",
                            "main",
                            "Are you there?",
                            "--port",
                            port);
            assertThat(answer.exit()).as(answer.err()).isZero();
            assertThat(answer.out()).contains("[simulator]", "Are you there?");
        }
    }

    @Test
    void ask_prints_the_answer_as_it_comes_and_says_if_it_breaks_off() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
            upstream.enqueue(
                    Reply.sse("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a line\\n\"}}]}")
                            .hangAfter(1));
            config(
                    """
                    model_list:
                      - model_name: real
                        provider: openai
                        model_params: {model: gpt-x, api_base: %s/v1, api_key: sk-of-the-command-line}
                    router_settings:
                      model_group_alias: {main: [real]}
                    """
                            .formatted(upstream.url()));
            try (Program ask =
                    Program.start(
                            folder, "ask", "main", "hi", "--port", Integer.toString(freePort()))) {
                ask.process().awaitOut("a line", Program.LONG);
                assertThat(ask.process().isAlive()).isTrue();
                upstream.dropConnections();
                assertThat(ask.process().awaitExit(Program.LONG)).isEqualTo(1);
                assertThat(String.join("\n", ask.process().err()))
                        .contains("magic-proxy: ")
                        .doesNotContain("\tat ");
            }
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
