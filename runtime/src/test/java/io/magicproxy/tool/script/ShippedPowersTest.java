package io.magicproxy.tool.script;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.power.GrantConfig;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tools that come along and do more than compute. */
class ShippedPowersTest {
    private static final InProcessRuntime RUNTIME = new InProcessRuntime();
    private static final String KEY = "tvly-0123456789abcdef";

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

    @Test
    void a_web_search_asks_tavily_and_gives_its_hits() throws Exception {
        search();
        server.enqueue(
                Reply.json(
                        200,
                        """
                        {"query": "gateways", "follow_up_questions": null, "answer": null, "images": [],
                         "results": [
                           {"title": "One", "url": "https://one.example/", "content": "%s", "score": 0.98, "raw_content": null},
                           {"title": "Two", "url": "https://two.example/", "content": "About two.", "score": 0.5, "published_date": "2026-01-01"}],
                         "response_time": 1.2, "request_id": "r-1"}
                        """
                                .formatted("x".repeat(5000))));

        JsonNode found =
                scene.ok(
                        "web_search",
                        args("query", "gateways").put("max_results", 2).put("depth", "advanced"));

        assertThat(found.at("/results/0/title").asText()).isEqualTo("One");
        assertThat(found.at("/results/0/content").asText()).hasSize(4001).endsWith("…");
        assertThat(found.at("/results/1"))
                .hasToString(
                        "{\"title\":\"Two\",\"url\":\"https://two.example/\",\"content\":\"About two.\",\"score\":0.5,\"published_date\":\"2026-01-01\"}");
        var request = server.requests().getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/search");
        assertThat(request.headers())
                .containsEntry("authorization", "Bearer " + KEY)
                .containsEntry("content-type", "application/json");
        assertThat(Json.read(request.text()))
                .isEqualTo(
                        Json.read(
                                "{\"query\":\"gateways\",\"max_results\":2,\"search_depth\":\"advanced\"}"));
    }

    @Test
    void a_web_search_has_defaults_and_checks_what_it_is_given() throws Exception {
        search();
        server.enqueue(Reply.json(200, "{\"results\": [], \"answer\": \"yes\"}"));

        assertThat(scene.ok("web_search", args("query", "q")).path("answer").asText())
                .isEqualTo("yes");
        assertThat(Json.read(server.requests().getFirst().text()))
                .isEqualTo(
                        Json.read(
                                "{\"query\":\"q\",\"max_results\":5,\"search_depth\":\"basic\"}"));
        assertThat(scene.failed("web_search", args("query", " ")).message()).contains("empty");
        assertThat(scene.failed("web_search", args("query", "q").put("max_results", 21)).message())
                .contains("from 1 to 20");
        assertThat(scene.failed("web_search", args("query", "q").put("depth", "deep")).code())
                .isEqualTo("invalid_arguments");
        assertThat(scene.failed("web_search", args("question", "q")).code())
                .isEqualTo("invalid_arguments");
    }

    @Test
    void a_web_search_without_a_key_names_the_file_that_lacks() throws Exception {
        search();
        for (String text : List.of("", "TAVILY_API_KEY=\n")) {
            scene.write("env/web_search.env", text);
            assertThat(scene.failed("web_search", args("query", "q")).message())
                    .contains("TAVILY_API_KEY", "env/web_search.env");
        }
        assertThat(server.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "401, 'Unauthorized: missing or invalid API key.', put a valid TAVILY_API_KEY into env/web_search.env",
        "429, 'Your request has been blocked due to excessive requests.', wait a while",
        "432, 'This request exceeds your plan''s set usage limit.', plan is used up",
        "433, 'This request exceeds the pay-as-you-go limit.', limit is used up",
        "400, 'Invalid topic.', ask otherwise",
        "500, '', try again later",
    })
    void what_tavily_refuses_is_told_with_what_to_do(int status, String said, String remedy)
            throws Exception {
        search();
        server.enqueue(
                said.isEmpty()
                        ? Reply.body(status, "text/html", "<h1>oops</h1>".getBytes(UTF_8))
                        : Reply.json(
                                status,
                                Json.text(
                                        Json.object()
                                                .set(
                                                        "detail",
                                                        Json.object()
                                                                .put("error", said + " " + KEY)))));

        assertThat(scene.failed("web_search", args("query", "q")).message())
                .contains("Tavily answered " + status, said, remedy)
                .doesNotContain(KEY);
    }

    @Test
    void the_web_search_reaches_its_own_host_only() throws Exception {
        scene.grantNetwork("web_search", "api.tavily.com");
        scene.loadShipped("web_search.js");
        scene.write(
                "env/web_search.env",
                "TAVILY_API_KEY=" + KEY + "\nPUBLIC_TAVILY_URL=" + server.url());

        assertThat(scene.failed("web_search", args("query", "q")).message())
                .contains("may not call localhost", "network: [api.tavily.com, localhost:");
        assertThat(server.connections()).isZero();
    }

    private void search() throws Exception {
        scene.grantNetwork("web_search", "api.tavily.com", "localhost:" + server.port());
        scene.loadShipped("web_search.js");
        scene.write(
                "env/web_search.env",
                "TAVILY_API_KEY=" + KEY + "\nPUBLIC_TAVILY_URL=" + server.url() + "/");
    }

    @Test
    void a_page_is_read_without_what_only_browsers_need() throws Exception {
        pages();
        String html =
                """
                <!doctype html><html><head><title> A &amp; B </title><style>p { color: red }</style>
                <script>if (a < b) document.write("<p>no</p>");</script></head>
                <body><!-- <p>hidden</p> --><nav><a href="/home">Home</a> <a href="#top">Top</a></nav>
                <h1>The   heading</h1>
                <p>One <b>bold</b>
                word &mdash; &#8364;5 &lt;tag&gt; &unknown; a < b</p>
                <ul><li>first</li><li>second <a href='../two.html?x=1&amp;y=2' title="a > b">link</a></li></ul>
                <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
                <pre>  kept
                    as is</pre>
                <a href="javascript:alert(1)">bad</a><a href="mailto:x@y">mail</a><a href=//other.example/p>Other</a>
                <SCRIPT>no()</SCRIPT><noscript>enable</noscript><svg><text>no</text></svg>
                <p>end</body></html>
                """;
        server.enqueue(Reply.body(200, "text/html; charset=utf-8", html.getBytes(UTF_8)));

        JsonNode page = scene.ok("http_get", args("url", server.url() + "/dir/sub/page.html"));

        assertThat(page.path("title").asText()).isEqualTo("A & B");
        assertThat(page.path("text").asText())
                .isEqualTo(
                        """
                        Home Top

                        # The heading

                        One bold word — €5 <tag> &unknown; a < b

                        - first
                        - second link

                        a | b
                        1 | 2

                          kept
                            as is

                        badmailOther

                        end\
                        """);
        assertThat(page.path("links"))
                .hasToString(
                        "[{\"text\":\"Home\",\"url\":\"BASE/home\"},{\"text\":\"link\",\"url\":\"BASE/dir/two.html?x=1&y=2\"},{\"text\":\"Other\",\"url\":\"http://other.example/p\"}]"
                                .replace("BASE", server.url()));
        assertThat(page.path("status").asInt()).isEqualTo(200);
        assertThat(page.has("more")).isFalse();
    }

    @Test
    void a_long_page_comes_in_parts() throws Exception {
        pages();
        String text = "0123456789".repeat(100);
        server.always(request -> Reply.body(200, "text/plain", text.getBytes(UTF_8)));

        JsonNode first = scene.ok("http_get", args("url", server.url()).put("max_chars", 600));
        assertThat(first.path("text").asText()).hasSize(600);
        assertThat(first.path("more").asInt()).isEqualTo(600);
        assertThat(first.path("length").asInt()).isEqualTo(1000);
        JsonNode rest =
                scene.ok(
                        "http_get",
                        args("url", server.url()).put("start", 600).put("max_chars", 600));
        assertThat(rest.path("text").asText()).hasSize(400);
        assertThat(rest.has("more")).isFalse();
    }

    @Test
    void a_page_is_read_in_its_own_letters_wherever_a_redirect_leads() throws Exception {
        pages();
        server.enqueue(
                Reply.json(302, "{}", "Location", "/there"),
                Reply.body(
                        200,
                        "text/html; charset=windows-1251",
                        "<title>Привет</title><p>мир".getBytes(Charset.forName("windows-1251"))));

        JsonNode page = scene.ok("http_get", args("url", server.url()));

        assertThat(page.path("title").asText()).isEqualTo("Привет");
        assertThat(page.path("text").asText()).isEqualTo("мир");
        assertThat(page.path("url").asText()).isEqualTo(server.url() + "/there");
    }

    @Test
    void texts_are_given_as_they_are_and_what_is_no_text_is_refused() throws Exception {
        pages();
        server.enqueue(
                Reply.json(404, "{\"a\": \"<b>\"}"),
                Reply.body(200, "image/png", new byte[] {1, 2, 3}),
                Reply.body(200, "text/html", new byte[3 << 20]));

        JsonNode json = scene.ok("http_get", args("url", server.url()));
        assertThat(json.path("status").asInt()).isEqualTo(404);
        assertThat(json.path("text").asText()).isEqualTo("{\"a\": \"<b>\"}");
        assertThat(scene.failed("http_get", args("url", server.url())).message())
                .contains("image/png", "no text");
        assertThat(scene.failed("http_get", args("url", server.url())).code())
                .isEqualTo("fetch_too_large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/",
                "http://localhost:1/",
                "http://[::1]/",
                "http://2130706433/",
                "file:///etc/passwd"
            })
    void the_page_reader_is_no_way_into_the_inner_network(String url) throws Exception {
        scene.grantNetwork("http_get", "*");
        scene.loadShipped("http_get.js");

        assertThat(scene.failed("http_get", args("url", url)).code())
                .isIn("not_allowed", "bad_request");
    }

    @Test
    void pages_made_to_take_long_do_not() throws Exception {
        pages();
        for (String bad :
                List.of(
                        "<a href='",
                        "<a \"'>",
                        "<script>",
                        "<!--",
                        "<a ",
                        "</",
                        "&#",
                        "<p><pre>",
                        "<title",
                        "< <a>")) {
            server.enqueue(Reply.body(200, "text/html", bad.repeat(20_000).getBytes(UTF_8)));
            ToolResult result = scene.call("http_get", args("url", server.url()));
            assertThat(result).as(bad).isInstanceOf(ToolResult.Ok.class);
        }
    }

    private void pages() throws Exception {
        scene.grantNetwork("http_get", "*", "localhost");
        scene.loadShipped("http_get.js");
    }

    @Test
    void expert_advice_asks_the_alias_that_it_is_told_or_its_own() throws Exception {
        assertThatThrownBy(() -> scene.loadShipped("expert_advice.py"))
                .hasMessageContaining("expert_advice:\n      agents: true");
        scene.grant("expert_advice", new GrantConfig(List.of(), List.of(), true));
        scene.loadShipped("expert_advice.py");

        JsonNode advice = scene.ok("expert_advice", args("question", "Is it deductible?"));
        assertThat(advice.path("advice").asText()).isEqualTo("smart says yes");
        assertThat(scene.progress).contains(new ToolCall.Progress(0, 1, "asking smart"));

        scene.write("env/expert_advice.env", "PUBLIC_EXPERT_ALIAS=lawyer");
        assertThat(
                        scene.ok(
                                        "expert_advice",
                                        args("question", "Is it?").put("expert", "a tax lawyer"))
                                .path("alias")
                                .asText())
                .isEqualTo("lawyer");
        assertThat(scene.questions.getLast().path("query").asText())
                .startsWith("You are a tax lawyer.")
                .endsWith("\n\nIs it?");
        assertThat(
                        scene.ok("expert_advice", args("question", "Is it?").put("alias", "other"))
                                .path("advice")
                                .asText())
                .isEqualTo("other says yes");
        assertThat(scene.failed("expert_advice", args("question", " ")).message())
                .contains("empty");
    }

    private static ObjectNode args(String name, String value) {
        return Json.object().put(name, value);
    }
}
