package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A gateway with a folder of tools, and an agent that calls what a test wants called. */
final class ToolScene implements AutoCloseable {
    /** Its answer: for each call the code, or "ok", and the observation. */
    private static final String CALLER =
            """
            export async function run(ctx) {
              const seen = [];
              for (const [name, args] of ctx.params.calls) {
                try {
                  seen.push(['ok', await ctx.tool(name, args)]);
                } catch (e) {
                  seen.push([e.code, e.message]);
                }
              }
              return JSON.stringify(seen);
            }
            """;

    private final Path folder;
    private final TestGateway gateway;
    private final String[] headers;

    private ToolScene(Path folder, TestGateway gateway, String... headers) {
        this.folder = folder;
        this.gateway = gateway;
        this.headers = headers;
    }

    /**
     * @param settings further YAML
     */
    static ToolScene start(Path folder, String isolation, String settings) throws Exception {
        return with(
                folder,
                """
                model_list:
                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                sandbox_settings: {isolation: %s}
                %s
                """
                        .formatted(isolation, settings));
    }

    /**
     * With a configuration of its own, whose alias {@code sim} the agent is.
     *
     * @param headers sent with every request
     */
    static ToolScene with(Path folder, String config, String... headers) throws Exception {
        Files.createDirectories(folder.resolve("tools"));
        Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(folder.resolve("patterns/caller.js"), CALLER);
        return new ToolScene(folder, TestGateway.in(folder).config(config).start(), headers);
    }

    TestGateway gateway() {
        return gateway;
    }

    /** As editors do: whole at once. */
    void save(String file, String source) throws IOException {
        Path fresh = Files.writeString(folder.resolve("fresh"), source);
        Files.move(
                fresh, folder.resolve("tools").resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    void delete(String file) throws IOException {
        Files.delete(folder.resolve("tools").resolve(file));
    }

    /** Until the tool's version is another one. */
    void saveAndAwait(String file, String source) throws Exception {
        String name = file.substring(0, file.lastIndexOf('.'));
        String before = version(name);
        save(file, source);
        Waiting.until(() -> !version(name).equals(before));
    }

    /** "" if there is no such tool. */
    String version(String name) throws Exception {
        return Json.read(get("/tools/" + name)).path("version").asText();
    }

    String get(String path) throws Exception {
        return gateway.get(path, headers).body();
    }

    HttpResponse<String> post(String name, String arguments, String... more) throws Exception {
        String[] all = Arrays.copyOf(headers, headers.length + more.length);
        System.arraycopy(more, 0, all, headers.length, more.length);
        return gateway.post("/tools/" + name, arguments, all);
    }

    /** The result of a call by HTTP. */
    JsonNode result(String name, String arguments) throws Exception {
        HttpResponse<String> answer = post(name, arguments);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.read(answer.body()).path("result");
    }

    /**
     * What an agent sees of its calls.
     *
     * @param calls such as {@code [["calculator", {"expression": "1"}]]}
     */
    JsonNode observed(String calls) throws Exception {
        return Json.read(finished(calls).at("/payload/text").asText());
    }

    private JsonNode finished(String calls) throws Exception {
        return events(calls).getLast();
    }

    List<JsonNode> events(String calls) throws Exception {
        return session("caller", "{\"calls\":" + calls + "}");
    }

    /** All events of a session that runs this pattern. */
    List<JsonNode> session(String pattern, String params) throws Exception {
        String body =
                gateway.post(
                                "/v1/react/sessions",
                                "{\"user_query\":\"go\",\"model_alias\":\"sim\",\"reasoning_mode\":\""
                                        + pattern
                                        + "\",\"params\":"
                                        + params
                                        + "}",
                                headers)
                        .body();
        List<JsonNode> events = new ArrayList<>();
        for (String line : body.lines().toList()) {
            if (line.startsWith("data: ")) {
                events.add(Json.read(line.substring(6)));
            }
        }
        assertThat(events).as(body).isNotEmpty();
        return events;
    }

    @Override
    public void close() {
        gateway.close();
    }
}
