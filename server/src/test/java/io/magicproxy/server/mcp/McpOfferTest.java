package io.magicproxy.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.Additions;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.mcp.McpPeer.Events;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSchema;
import io.magicproxy.tool.ToolSource;
import io.magicproxy.tool.ToolSpec;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients are offered: the files in the folders, and the agents, always as they are now. */
class McpOfferTest {
    private static final String DOUBLE =
            """
            export const manifest = { title: 'Doubler', effect: 'none' };
            /**
             * Doubles a number.
             * @param {number} n - From 0 on.
             */
            export function run(n) {
              if (n < 0) throw new Error('only numbers from 0 on');
              return { doubled: n * 2 };
            }
            """;

    private static final String PICTURE =
            """
            /** Draws. */
            export function run() {
              return { content: [
                { type: 'text', text: 'Here it is:' },
                { type: 'image', data: 'AAAA', mimeType: 'image/png' },
              ] };
            }
            """;

    private static final String STEPS =
            """
            export async function run(ctx) {
              ctx.step('look');
              ctx.thought('thinking about ' + ctx.query);
              ctx.step('answer');
              return 'seen: ' + ctx.query + ', before that: ' + ctx.history.length;
            }
            """;

    private static final String PROMPT =
            """
            ---
            title: Polite letter
            description: Writes a letter.
            arguments:
              - name: language
                description: In which language
                if_absent: English
                values: [English, French, Finnish]
            ---
            Write a letter to {recipient} in {language}, as in {{this}}.
            """;

    @TempDir private Path folder;

    @Test
    void a_tool_has_a_schema_and_hints_and_gives_text_and_data() throws Exception {
        write("tools/double.js", DOUBLE);
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);
            JsonNode tool = peer.call("tools/list", "{}").at("/tools/0");

            assertThat(tool.path("name").asText()).isEqualTo("double");
            assertThat(tool.path("description").asText()).isEqualTo("Doubles a number.");
            assertThat(tool.at("/inputSchema/required/0").asText()).isEqualTo("n");
            assertThat(tool.path("title").asText()).isEqualTo("Doubler");
            assertThat(tool.at("/annotations/readOnlyHint").asBoolean()).isTrue();
            assertThat(
                            peer.call("tools/list", "{}")
                                    .at("/tools/1/annotations/destructiveHint")
                                    .asBoolean())
                    .isTrue();
            JsonNode result = peer.tool("double", "{\"n\":4}");
            assertThat(result.at("/structuredContent/doubled").asInt()).isEqualTo(8);
            assertThat(result.at("/content/0/text").asText()).isEqualTo("{\"doubled\":8}");
            assertThat(result.has("isError")).isFalse();
        }
    }

    @Test
    void what_goes_wrong_in_a_call_helps_the_caller_to_do_better() throws Exception {
        write("tools/double.js", DOUBLE);
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);

            JsonNode invalid = peer.tool("double", "{\"m\":4}");
            assertThat(invalid.path("isError").asBoolean()).isTrue();
            assertThat(invalid.at("/content/0/text").asText())
                    .contains("invalid_arguments", "\"n\" is missing");
            JsonNode thrown = peer.tool("double", "{\"n\":-1}");
            assertThat(thrown.path("isError").asBoolean()).isTrue();
            assertThat(thrown.at("/content/0/text").asText()).contains("only numbers from 0 on");
            JsonNode unknown = peer.tool("dubble", "{}");
            assertThat(unknown.path("code").asInt()).isEqualTo(-32602);
            assertThat(unknown.path("message").asText()).contains("dubble", "double");
        }
    }

    @Test
    void a_script_may_give_content_of_other_kinds() throws Exception {
        write("tools/picture.js", PICTURE);
        write("tools/flawed.js", PICTURE.replace("data: 'AAAA', ", ""));
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);

            JsonNode result = peer.tool("picture", "{}");
            assertThat(result.at("/content/1/type").asText()).isEqualTo("image");
            assertThat(result.at("/content/1/data").asText()).isEqualTo("AAAA");
            assertThat(result.has("structuredContent")).isFalse();
            JsonNode flawed = peer.tool("flawed", "{}");
            assertThat(flawed.path("isError").asBoolean()).isTrue();
            assertThat(flawed.at("/content/0/text").asText()).contains("content[1] needs \"data\"");
        }
    }

    @Test
    void what_the_guide_shows_works() throws Exception {
        String guide =
                Files.readString(
                        Path.of(System.getProperty("project.root", "..")).resolve("docs/mcp.md"));
        write("tools/swatch.js", block(guide, "// tools/swatch.js"));
        write("system_prompts/polite.md", block(guide, "---\ntitle: Polite letter"));
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);

            JsonNode shown = peer.tool("swatch", "{\"colour\":\"teal\"}");
            assertThat(shown.at("/content/1/resource/text").asText())
                    .contains("<svg", "fill=\"teal\"");
            assertThat(
                            peer.call(
                                            "prompts/get",
                                            "{\"name\":\"polite\",\"arguments\":{\"recipient\":\"Bo\"}}")
                                    .at("/messages/0/content/text")
                                    .asText())
                    .isEqualTo("Write a letter to Bo in English.\n");
        }
    }

    /** The code block that begins with these words. */
    private static String block(String guide, String beginning) {
        int start = guide.indexOf("\n" + beginning) + 1;
        assertThat(start).as(beginning).isPositive();
        return guide.substring(start, guide.indexOf("\n```", start)) + "\n";
    }

    @Test
    void a_saved_tool_is_announced_a_broken_one_is_not_and_a_deleted_one_goes() throws Exception {
        write("tools/double.js", DOUBLE);
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);
            try (Events told = peer.listen()) {
                write("tools/triple.js", DOUBLE.replace("n * 2", "n * 3"));
                announced(told, "notifications/tools/list_changed");
                assertThat(peer.toolNames()).containsExactly("double", "triple", "ask_thinker");

                write("tools/triple.js", "export const run = (");
                JsonNode warned = told.message();
                assertThat(warned.path("method").asText()).isEqualTo("notifications/message");
                assertThat(warned.at("/params/level").asText()).isEqualTo("warning");
                assertThat(warned.at("/params/data").asText()).contains("triple.js");
                write("tools/picture.js", PICTURE);
                announced(told, "notifications/tools/list_changed");
                assertThat(peer.toolNames())
                        .containsExactly("double", "picture", "triple", "ask_thinker");
                assertThat(
                                peer.tool("triple", "{\"n\":5}")
                                        .at("/structuredContent/doubled")
                                        .asInt())
                        .isEqualTo(15);

                Files.delete(folder.resolve("tools/triple.js"));
                announced(told, "notifications/tools/list_changed");
                assertThat(peer.toolNames()).containsExactly("double", "picture", "ask_thinker");
            }
        }
    }

    @Test
    void a_warning_shows_no_secret() throws Exception {
        write("tools/double.js", DOUBLE);
        write("env/double.env", "TOKEN=a-secret-of-double\n");
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);
            assertThat(peer.toolNames()).contains("double");
            try (Events told = peer.listen()) {
                write("tools/triple.js", "throw new Error('I know a-secret-of-double');");

                JsonNode warned = told.message();
                assertThat(warned.at("/params/data").asText())
                        .contains("triple.js does not load", "I know [secret]");
            }
        }
    }

    @Test
    void prompts_are_files_with_arguments_that_can_be_completed() throws Exception {
        write("system_prompts/letter.md", PROMPT);
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);
            JsonNode prompt = peer.call("prompts/list", "{}").at("/prompts/0");
            assertThat(prompt.path("title").asText()).isEqualTo("Polite letter");
            assertThat(prompt.at("/arguments/0/name").asText()).isEqualTo("language");
            assertThat(prompt.at("/arguments/0/required").asBoolean()).isFalse();
            assertThat(prompt.at("/arguments/1/name").asText()).isEqualTo("recipient");
            assertThat(prompt.at("/arguments/1/required").asBoolean()).isTrue();

            JsonNode filled =
                    peer.call(
                            "prompts/get",
                            "{\"name\":\"letter\",\"arguments\":{\"recipient\":\"Ann\"}}");
            assertThat(filled.at("/messages/0/content/text").asText())
                    .isEqualTo("Write a letter to Ann in English, as in {this}.\n");
            assertThat(peer.call("prompts/get", "{\"name\":\"letter\"}").path("message").asText())
                    .contains("recipient");
            JsonNode completion =
                    peer.call(
                            "completion/complete",
                            "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"letter\"},\"argument\":{\"name\":\"language\",\"value\":\"f\"}}");
            assertThat(completion.at("/completion/values").toString())
                    .isEqualTo("[\"French\",\"Finnish\"]");

            try (Events told = peer.listen()) {
                write("system_prompts/broken.md", "---\ntitel: x\n---\nText");
                write("system_prompts/note.txt", "Take a note.");
                announced(told, "notifications/prompts/list_changed");
                assertThat(peer.call("prompts/list", "{}").path("prompts")).hasSize(2);
            }
        }
    }

    @Test
    void manifests_are_resources_and_subscribers_hear_of_each_change() throws Exception {
        write("manifests/style.md", "---\ndescription: How we write\n---\nShort sentences.");
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);
            JsonNode resource = peer.call("resources/list", "{}").at("/resources/0");
            assertThat(resource.path("uri").asText()).isEqualTo("manifest:///style.md");
            assertThat(resource.path("description").asText()).isEqualTo("How we write");
            assertThat(resource.path("mimeType").asText()).isEqualTo("text/markdown");
            assertThat(read(peer)).isEqualTo("Short sentences.\n");
            assertThat(
                            peer.call("resources/templates/list", "{}")
                                    .at("/resourceTemplates/0/uriTemplate")
                                    .asText())
                    .isEqualTo("manifest:///{file}");
            assertThat(
                            peer.call(
                                            "completion/complete",
                                            "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"manifest:///{file}\"},\"argument\":{\"name\":\"file\",\"value\":\"s\"}}")
                                    .at("/completion/values/0")
                                    .asText())
                    .isEqualTo("style.md");
            JsonNode missing =
                    peer.call("resources/read", "{\"uri\":\"manifest:///../proxy_config.yaml\"}");
            assertThat(missing.path("code").asInt()).isEqualTo(-32002);
            assertThat(missing.at("/data/uri").asText()).contains("proxy_config");

            peer.call("resources/subscribe", "{\"uri\":\"manifest:///style.md\"}");
            try (Events told = peer.listen()) {
                write("manifests/style.md", "Long sentences.");
                JsonNode first = told.message();
                JsonNode updated =
                        first.path("method").asText().endsWith("list_changed")
                                ? told.message()
                                : first;
                assertThat(updated.path("method").asText())
                        .isEqualTo("notifications/resources/updated");
                assertThat(updated.at("/params/uri").asText()).isEqualTo("manifest:///style.md");
                assertThat(read(peer)).isEqualTo("Long sentences.\n");
            }
        }
    }

    private static String read(McpPeer peer) throws Exception {
        return peer.call("resources/read", "{\"uri\":\"manifest:///style.md\"}")
                .at("/contents/0/text")
                .asText();
    }

    @Test
    void an_agent_that_offers_itself_is_a_tool_whose_steps_are_its_progress() throws Exception {
        write("patterns/steps.js", STEPS);
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);
            assertThat(peer.toolNames()).containsExactly("ask_thinker");
            peer.call("logging/setLevel", "{\"level\":\"debug\"}");
            List<String> told = new ArrayList<>();
            JsonNode answer;
            try (Events stream =
                    peer.post(
                            McpPeer.request(
                                    50,
                                    "tools/call",
                                    "{\"name\":\"ask_thinker\",\"arguments\":{\"query\":\"the sea\"},\"_meta\":{\"progressToken\":5}}"))) {
                answer = stream.message();
                while (!answer.has("id")) {
                    told.add(
                            answer.at("/params/message")
                                    .asText(answer.at("/params/data").asText()));
                    answer = stream.message();
                }
            }

            assertThat(told).containsExactly("look", "thinking about the sea", "answer");
            JsonNode result = answer.path("result");
            assertThat(result.at("/content/0/text").asText())
                    .isEqualTo("seen: the sea, before that: 0");
            String session = result.at("/structuredContent/session_id").asText();
            JsonNode next =
                    peer.tool(
                            "ask_thinker",
                            "{\"query\":\"and the sky\",\"session_id\":\"" + session + "\"}");
            assertThat(next.at("/content/0/text").asText())
                    .isEqualTo("seen: and the sky, before that: 2");
        }
    }

    @Test
    void a_tool_may_ask_an_agent_on_its_callers_account() throws Exception {
        write("patterns/steps.js", STEPS);
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .config(CONFIG)
                        .additions(
                                new Additions(List.of(new DelegatingTool()), List.of(), List.of()))
                        .start()) {
            McpPeer peer = McpPeer.of(gateway);

            JsonNode asked = peer.tool("delegate", "{\"alias\":\"thinker\"}");
            assertThat(asked.at("/structuredContent/answer").asText())
                    .isEqualTo("seen: delegated, before that: 0");
            JsonNode unknown = peer.tool("delegate", "{\"alias\":\"thinkr\"}");
            assertThat(unknown.path("isError").asBoolean()).isTrue();
            assertThat(unknown.at("/content/0/text").asText()).contains("thinkr");
        }
    }

    /** Passes a question on. */
    private static final class DelegatingTool implements ToolSource, Tool {
        @Override
        public ToolSpec spec() {
            return new ToolSpec(
                    "delegate",
                    "delegate",
                    "Delegates.",
                    new ToolSchema(Json.object().put("type", "object")),
                    new ToolSpec.Conduct(ToolSpec.Effect.NONE, Duration.ofSeconds(60), 1));
        }

        @Override
        public ToolResult call(ToolCall call) {
            return call.agents()
                    .ask(
                            call.arguments().path("alias").asText(),
                            "delegated",
                            Json.object(),
                            call.cancellation());
        }

        @Override
        public List<Tool> tools() {
            return List.of(this);
        }

        @Override
        public Optional<Tool> find(String name) {
            return name.equals("delegate") ? Optional.of(this) : Optional.empty();
        }

        @Override
        public void onChange(Runnable action) {
            // It stays.
        }
    }

    @Test
    void a_reload_that_offers_no_agent_any_more_is_announced() throws Exception {
        write("patterns/steps.js", STEPS);
        try (TestGateway gateway = start()) {
            McpPeer peer = McpPeer.of(gateway);
            assertThat(peer.toolNames()).containsExactly("ask_thinker");
            try (Events told = peer.listen()) {
                write("proxy_config.yaml", CONFIG.replace("expose_as_tool: true", ""));
                announced(told, "notifications/tools/list_changed");
                assertThat(peer.toolNames()).isEmpty();
            }
        }
    }

    @Test
    void an_agents_words_may_be_files_and_it_does_not_run_without_them() throws Exception {
        write("system_prompts/voice.md", "---\ntitle: A voice\n---\nYou speak like a sailor.");
        write("manifests/prices.txt", "Prices are in euros.");
        write(
                "patterns/plain.js",
                "export const getPromptStructure = () => [{tag: '', content: 'Answer.'}];");
        try (ScriptedUpstream upstream = ScriptedUpstream.start();
                TestGateway gateway =
                        TestGateway.in(folder)
                                .config(
                                        """
                                        model_list:
                                          - model_name: sailor
                                            provider: openai
                                            model_params:
                                              model: m
                                              api_base: %s
                                              api_key: key-of-the-test
                                              agent_settings: {reasoning_mode: plain, system_prompt: voice.md, manifests: [prices.txt, Be kind.]}
                                          - model_name: mute
                                            provider: simulator
                                            model_params: {model: m, agent_settings: {reasoning_mode: plain, system_prompt: voise.md}}
                                        sandbox_settings: {isolation: in_process}
                                        """
                                                .formatted(upstream.url()))
                                .start()) {
            upstream.always(_ ->
                    Reply.sse(
                            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Ahoy\"},\"finish_reason\":\"stop\"}]}",
                            "[DONE]"));
            HttpResponse<String> answer =
                    gateway.post("/v1/chat/completions", TestGateway.chat("sailor", ""));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(upstream.requests().getFirst().text())
                    .contains("You speak like a sailor.", "Prices are in euros.", "Be kind.")
                    .doesNotContain("A voice", "voice.md");
            HttpResponse<String> refused =
                    gateway.post("/v1/chat/completions", TestGateway.chat("mute", ""));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("voise.md", "system_prompts/", "voice.md");
        }
    }

    private static void announced(Events told, String method) throws Exception {
        assertThat(told.message().path("method").asText()).isEqualTo(method);
    }

    private void write(String file, String text) throws Exception {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static final String CONFIG =
            """
            model_list:
              - {model_name: sim, provider: simulator, model_params: {model: m}}
              - model_name: thinker-profile
                provider: simulator
                model_params:
                  model: m
                  agent_settings:
                    reasoning_mode: steps
                    expose_as_tool: true
            router_settings: {model_group_alias: {thinker: [thinker-profile]}}
            sandbox_settings: {isolation: in_process}
            """;

    private TestGateway start() throws Exception {
        return TestGateway.in(folder).config(CONFIG).start();
    }
}
