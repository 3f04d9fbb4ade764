package io.magicproxy.tool.script;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.upstream.Cancellation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script sees of its powers. */
@Timeout(120)
class ToolPowersTest {
    private static final InProcessRuntime RUNTIME = new InProcessRuntime();
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path folder;
    private final ScriptedUpstream server = ScriptedUpstream.start();
    private ToolScene scene = new ToolScene(RUNTIME, Path.of(""));

    @BeforeEach
    void open() {
        scene.close();
        scene = new ToolScene(RUNTIME, folder);
    }

    @AfterEach
    void close() {
        scene.close();
        server.close();
    }

    @AfterAll
    static void closeRuntime() {
        RUNTIME.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.js: export function run({ url }) { const r = tool.fetch(url, { method: 'POST', headers: { 'X-K': 'v' }, body: { a: [1] } });"
                        + " return [r.status, r.ok, r.headers['content-type'], r.text, r.json().b, r.url]; }",
                "waits.js: export async function run({ url }) { const r = await tool.fetch(url, { method: 'POST', headers: { 'X-K': 'v' }, body: { a: [1] } });"
                        + " return [r.status, r.ok, r.headers['content-type'], r.text, r.json().b, r.url]; }",
                "plain.py: def run(args):\n  r = tool.fetch(args['url'], method='POST', headers={'X-K': 'v'}, body={'a': [1]})\n"
                        + "  return [r.status, r.ok, r.headers['content-type'], r.text, r.json()['b'], r.url]",
                "waits.py: async def run(args):\n  r = await tool.fetch(args['url'], {'method': 'POST'}, headers={'X-K': 'v'}, body={'a': [1]})\n"
                        + "  return [r.status, r.ok, r.headers['content-type'], r.text, r.json()['b'], r.url]",
            })
    void a_script_fetches_as_its_language_does(String script) throws Exception {
        load(script);
        scene.grantNetwork(name(script), "localhost");
        server.enqueue(Reply.json(201, "{\"b\": \"é\"}"));

        JsonNode got = scene.ok(name(script), Json.object().put("url", server.url() + "/x"));

        assertThat(got)
                .hasToString(
                        "[201,true,\"application/json\",\"{\\\"b\\\": \\\"é\\\"}\",\"é\",\""
                                + server.url()
                                + "/x\"]");
        var request = server.requests().getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.text()).isEqualTo("{\"a\":[1]}");
        assertThat(request.headers())
                .containsEntry("x-k", "v")
                .containsEntry("content-type", "application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "both.js: export async function run({ url }) { const rs = await Promise.all(['a', 'b'].map((x) => tool.fetch(url + x))); return rs.map((r) => r.text); }",
                "both.py: async def run(args):\n  a = tool.fetch(args['url'] + 'a')\n  b = tool.fetch(args['url'] + 'b')\n  return [(await a).text, (await b).text]",
            })
    void an_async_script_fetches_side_by_side(String script) throws Exception {
        load(script);
        scene.grantNetwork(name(script), "localhost");
        var together = new CountDownLatch(2);
        server.always(request -> {
            together.countDown();
            try {
                return together.await(20, TimeUnit.SECONDS)
                        ? Reply.json(200, request.path().substring(1))
                        : Reply.json(500, "alone");
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(scene.ok(name(script), Json.object().put("url", server.url() + "/")))
                .hasToString("[\"a\",\"b\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "errors.js: export function run({ url, options }) { try { tool.fetch(url, options); } catch (e) { return [e.name, e.code, e.message]; } }",
                "errors.py: def run(args):\n  try:\n    tool.fetch(args['url'], args.get('options'))\n  except Exception as e:\n    return [type(e).__name__, e.code, str(e)]",
            })
    void a_failed_fetch_is_an_error_that_a_script_can_catch(String script) throws Exception {
        load(script);
        scene.grantNetwork(name(script), "localhost");

        assertThat(error(script, "https://other.example/", "{}"))
                .contains("HostError", "not_allowed", "other.example", "sandbox_settings");
        assertThat(error(script, "http://127.0.0.1/", "{}")).contains("not_allowed");
        assertThat(error(script, "ftp://a/", "{}")).contains("bad_request", "https://host/path");
        assertThat(error(script, server.url(), "{\"timeout\": 5}"))
                .contains("bad_request", "no option timeout; it has body, headers, max_bytes");
        assertThat(error(script, server.url(), "{\"timeout_ms\": 0}")).contains("from 1 to");
        assertThat(error(script, server.url(), "{\"max_bytes\": 0}")).contains("from 1 to");
        server.enqueue(Reply.body(200, "text/plain", new byte[(1 << 20) + 1]));
        assertThat(error(script, server.url(), "{\"max_bytes\": 99999999}"))
                .contains("fetch_too_large", "1048576");
        assertThat(error(script, server.url(), "{\"headers\": {\"Host\": \"x\"}}"))
                .contains("bad_request", "not the tool's to set");
        assertThat(error(script, server.url(), "{\"headers\": [1]}")).contains("bad_request");
        server.enqueue(Reply.body(200, "text/plain", "0123456789".getBytes(UTF_8)), Reply.hang());
        assertThat(error(script, server.url(), "{\"max_bytes\": 9}")).contains("fetch_too_large");
        assertThat(error(script, server.url(), "{\"timeout_ms\": 300}")).contains("fetch_timeout");
    }

    private String error(String script, String url, String options) throws Exception {
        var arguments = Json.object().put("url", url);
        arguments.set("options", Json.read(options));
        return scene.ok(name(script), arguments).toString();
    }

    @Test
    void an_error_that_nobody_catches_is_the_calls() throws Exception {
        scene.load(
                "probe.js", "export function run() { return tool.fetch('https://a.example/'); }");

        var failed = scene.failed("probe");

        assertThat(failed.code()).isEqualTo("not_allowed");
        assertThat(failed.message()).contains("probe may not call a.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "env.js: export function run() { return [tool.env.KEY, Object.keys(tool.env).length, tool.env.toString === undefined, tool.callId]; }",
                "env.py: def run(args): return [tool.env['KEY'], len(tool.env), tool.env.get('toString') is None, tool.call_id]",
            })
    void a_tools_secrets_are_there_while_it_is_called(String script) throws Exception {
        scene.write("env/env.env", "KEY=abc");
        load(script);
        assertThat(scene.ok("env")).hasToString("[\"abc\",1,true,\"run-1:2\"]");

        scene.write("env/env.env", "KEY=xyz");
        assertThat(scene.ok("env").path(0).asText()).isEqualTo("xyz");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "env.js: export function run() { 'use strict'; const tried = [];"
                        + " for (const f of [() => { tool.env.KEY = 'x'; }, () => { delete tool.env.KEY; }, () => { tool.env = {}; }, () => { globalThis.tool = {}; }])"
                        + " { try { f(); } catch { tried.push(1); } } return [tried.length, tool.env.KEY]; }",
                "env.py: def run(args):\n  tried = 0\n  for code in ['tool.env[\"KEY\"] = \"x\"', 'del tool.env[\"KEY\"]', 'tool.env = {}', 'tool.env.clear()']:\n"
                        + "    try:\n      exec(code)\n    except Exception:\n      tried += 1\n  return [tried, tool.env['KEY']]",
            })
    void a_tools_secrets_are_read_only(String script) throws Exception {
        scene.write("env/env.env", "KEY=abc");
        load(script);

        assertThat(scene.ok("env")).hasToString("[4,\"abc\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "early.js: export const early = typeof tool; export function run() { return [early, typeof tool]; }",
                "early.py: try:\n  early = type(tool).__name__\nexcept NameError:\n  early = 'undefined'\ndef run(args): return [early, type(tool).__name__]",
            })
    void there_are_no_powers_before_the_call(String script) throws Exception {
        load(script);

        assertThat(scene.ok("early").path(0).asText()).isEqualTo("undefined");
        assertThat(scene.ok("early").path(1).asText()).isIn("object", "Tool");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mine.js: export function run() { return { all: tool.env, name: 'search', key: tool.env.SEARCH_KEY ?? 'none' }; }",
                "mine.py: def run(args): return {'all': dict(tool.env), 'name': 'search', 'key': tool.env.get('SEARCH_KEY', 'none')}",
            })
    void another_tools_secrets_are_not_there(String script) throws Exception {
        scene.write("env/search.env", "SEARCH_KEY=the-secret-of-search");
        scene.write("env/mine.env", "MINE=1");
        load(script);

        assertThat(scene.ok("mine", Json.object().put("tool", "search").put("name", "search")))
                .hasToString("{\"all\":{\"MINE\":\"1\"},\"name\":\"search\",\"key\":\"none\"}");
    }

    @Test
    void secrets_are_masked_in_results_errors_progress_and_questions() throws Exception {
        scene.write(
                "env/leaky.env",
                "KEY=the-secret-of-leaky\nNUMBER=1234567890\nPUBLIC_URL=https://a.example/");
        scene.write("env/other.env", "KEY=the-secret-of-other");
        scene.grant("leaky", new GrantConfig(List.of(), List.of(), true));
        scene.load(
                "leaky.js",
                """
                export function run({ fail }) {
                  tool.progress(1, 2, 'with ' + tool.env.KEY);
                  tool.agent('expert', 'What is ' + tool.env.KEY + '?', { params: { k: [tool.env.KEY] } });
                  if (fail) throw new Error('bad key ' + tool.env.KEY);
                  return { [tool.env.KEY]: ['x' + tool.env.KEY, Number(tool.env.NUMBER), 'the-secret-of-other'], url: tool.env.PUBLIC_URL };
                }
                """);

        assertThat(scene.ok("leaky"))
                .hasToString(
                        "{\"[secret]\":[\"x[secret]\",\"[secret]\",\"[secret]\"],\"url\":\"https://a.example/\"}");
        assertThat(scene.failed("leaky", Json.object().put("fail", true)).message())
                .contains("bad key [secret]");
        assertThat(scene.progress.getFirst())
                .isEqualTo(new ToolCall.Progress(1, 2, "with [secret]"));
        assertThat(scene.questions.getFirst())
                .hasToString(
                        "{\"alias\":\"expert\",\"query\":\"What is [secret]?\",\"options\":{\"params\":{\"k\":[\"[secret]\"]}}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "asks.js: export async function run() { return await tool.agent('expert', 'why?', { tools: [] }); }",
                "asks.py: def run(args): return tool.agent('expert', 'why?', tools=[])",
            })
    void an_agent_is_asked_if_that_is_granted(String script) throws Exception {
        load(script);
        assertThat(scene.failed("asks").message())
                .contains("asks may not ask agents", "asks:\n      agents: true");
        assertThat(scene.questions).isEmpty();

        scene.grant("asks", new GrantConfig(List.of(), List.of(), true));
        assertThat(scene.ok("asks").asText()).isEqualTo("expert says yes");
        assertThat(scene.questions.getFirst().path("options")).hasToString("{\"tools\":[]}");

        scene.agents = (_, _, _, _) -> new ToolResult.Failed("unknown_model", "there is no expert");
        assertThat(scene.failed("asks").code()).isEqualTo("unknown_model");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reads.js: export function run({ path }) { return tool.files.read(path); }",
                "reads.py: async def run(args): return await tool.files.read(args['path'])",
            })
    void granted_files_are_read_and_no_others(String script) throws Exception {
        scene.write("docs/guide.md", "the guide");
        scene.write("keys_pool/keys_pool_openai.env", "sk-1");
        load(script);
        scene.grant("reads", new GrantConfig(List.of(), List.of("."), false));

        assertThat(scene.ok("reads", Json.object().put("path", "docs/guide.md")).asText())
                .isEqualTo("the guide");
        var failed =
                scene.failed("reads", Json.object().put("path", "keys_pool/keys_pool_openai.env"));
        assertThat(failed.code()).isEqualTo("not_allowed");
    }

    @Test
    void a_grant_that_is_taken_back_is_gone_at_once() throws Exception {
        scene.load("probe.js", "export function run({ url }) { return tool.fetch(url).status; }");
        scene.grantNetwork("probe", "localhost");
        server.always(request -> Reply.json(200, "{}"));
        var arguments = Json.object().put("url", server.url());
        assertThat(scene.ok("probe", arguments).asInt()).isEqualTo(200);

        scene.grant("probe", GrantConfig.nothing());
        assertThat(scene.failed("probe", arguments).code()).isEqualTo("not_allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "asking.js: export const manifest = { network: ['api.example.com', '*.example.org:8443'], files: 'docs', agents: true };\nexport function run() {}",
                "asking.py: MANIFEST = {'network': ['api.example.com', '*.example.org:8443'], 'files': ['docs'], 'agents': True}\ndef run(args): pass",
            })
    void a_tool_that_asks_for_what_it_is_not_granted_does_not_load(String script) throws Exception {
        assertThatThrownBy(() -> load(script))
                .isInstanceOf(ScriptException.class)
                .hasMessageContaining(
                        """
                        to allow it, let proxy_config.yaml say:

                        sandbox_settings:
                          grants:
                            asking:
                              network: [api.example.com, "*.example.org:8443"]
                              files: [docs]
                              agents: true\
                        """);

        scene.grant("asking", new GrantConfig(List.of("*"), List.of("docs"), true));
        load(script);
        assertThat(scene.ok("asking").isNull()).isTrue();
    }

    @Test
    void waiting_for_a_host_is_no_work_of_the_tool() throws Exception {
        var limits =
                new SandboxLimits(
                        Duration.ofMillis(800), Duration.ofMinutes(2), 10_000_000, 1 << 20, 500);
        try (var strict = new ToolScene(RUNTIME, folder, limits)) {
            strict.load("slow.js", "export function run({ url }) { return tool.fetch(url).text; }");
            strict.grantNetwork("slow", "localhost");
            // Four times the limit by the clock would end it, if it counted.
            server.enqueue(Reply.json(200, "late").after(Duration.ofMillis(4_500)));

            assertThat(strict.ok("slow", Json.object().put("url", server.url())).asText())
                    .isEqualTo("late");
        }
    }

    @Test
    void a_fetch_under_way_is_given_up_when_the_call_is_cancelled_or_over() throws Exception {
        scene.load(
                "hangs.js",
                """
                export async function run({ url, leave }) {
                  const answer = tool.fetch(url);
                  if (!leave) return (await answer).text;
                  await tool.fetch(url + '/quick');
                  return 'left';
                }
                """);
        scene.grantNetwork("hangs", "localhost");
        server.always(r -> r.path().equals("/quick") ? Reply.json(200, "") : Reply.hang());
        var cancellation = new Cancellation(LONG);
        Thread.ofVirtual()
                .start(() -> {
                    server.awaitRequest(LONG);
                    cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
                });
        var arguments = Json.object().put("url", server.url());

        assertThat(scene.call("hangs", arguments, cancellation))
                .isInstanceOf(ToolResult.Failed.class);
        server.awaitClosed(LONG);

        assertThat(scene.ok("hangs", arguments.put("leave", true)).asText()).isEqualTo("left");
        server.requests().stream()
                .filter(request -> request.path().equals("/"))
                .forEach(request -> assertThat(request.closed()).succeedsWithin(LONG));
    }

    @Test
    void a_call_whose_time_is_up_gives_up_its_fetch_and_its_question() throws Exception {
        scene.load("hangs.js", "export function run({ url }) { return tool.fetch(url).text; }");
        scene.grantNetwork("hangs", "localhost");
        server.always(request -> Reply.hang());

        ToolResult result =
                scene.call(
                        "hangs",
                        Json.object().put("url", server.url()),
                        new Cancellation(Duration.ofMillis(1500)));
        assertThat(result).isInstanceOf(ToolResult.TimedOut.class);
        server.awaitClosed(LONG);

        var givenUp = new CountDownLatch(1);
        scene.agents =
                (_, _, _, cancellation) -> {
                    var _ = cancellation.onCancel(givenUp::countDown);
                    try {
                        var _ = givenUp.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return new ToolResult.Failed("cancelled", "given up");
                };
        scene.grant("asks", new GrantConfig(List.of(), List.of(), true));
        scene.load("asks.js", "export function run() { return tool.agent('slow', 'q'); }");
        assertThat(scene.call("asks", Json.object(), new Cancellation(Duration.ofMillis(1500))))
                .isInstanceOf(ToolResult.TimedOut.class);
        assertThat(givenUp.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_flood_of_fetches_is_dammed() throws Exception {
        scene.load(
                "floods.js",
                """
                export async function run({ url }) {
                  const all = await Promise.allSettled(Array.from({ length: 100 }, () => tool.fetch(url, { timeout_ms: 3000 })));
                  return all.filter((one) => one.reason?.code === 'tool_limit').length;
                }
                """);
        scene.grantNetwork("floods", "localhost");
        server.always(request -> Reply.hang());

        assertThat(scene.ok("floods", Json.object().put("url", server.url())).asInt())
                .isEqualTo(100 - 32);
        assertThat(server.connections()).isLessThanOrEqualTo(32);
    }

    private void load(String script) throws ScriptException {
        String[] parts = script.split(": ", 2);
        scene.load(parts[0], parts[1]);
    }

    private static String name(String script) {
        return script.substring(0, script.indexOf('.'));
    }
}
