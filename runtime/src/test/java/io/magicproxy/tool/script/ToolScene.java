package io.magicproxy.tool.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSource;
import io.magicproxy.tool.files.GrantedFiles;
import io.magicproxy.tool.net.HostFetch;
import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.tool.secret.SecretMask;
import io.magicproxy.tool.secret.ToolEnvironments;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tools with all that they can be given: grants, secrets, files, agents, and the real network. */
final class ToolScene implements AutoCloseable {
    private static final String JS_SCHEMA =
            "export const schema = {description: 'x', parameters: {type: 'object'}};\n";
    private static final String PY_SCHEMA =
            "SCHEMA = {'description': 'x', 'parameters': {'type': 'object'}}\n";
    private static final int SMALL = 1 << 20;

    final List<ToolCall.Progress> progress = new CopyOnWriteArrayList<>();
    final List<JsonNode> questions = new CopyOnWriteArrayList<>();
    volatile ToolCall.Agents agents = this::answer;
    private final Path folder;
    private final UpstreamClient client =
            UpstreamClient.create(UpstreamConfig.defaults().idleConnections(0));
    private final Map<String, GrantConfig> grants = new ConcurrentHashMap<>();
    private final Map<String, Tool> tools = new ConcurrentHashMap<>();
    private final ScriptToolLoader loader;
    private final ToolInvoker invoker;

    ToolScene(ScriptRuntime runtime, Path folder) {
        this(runtime, folder, ToolPowers.Limits.defaults().run());
    }

    ToolScene(ScriptRuntime runtime, Path folder, SandboxLimits limits) {
        this.folder = folder;
        var environments = new ToolEnvironments(folder.resolve("env"));
        var mask = new SecretMask(environments::secrets);
        var powers =
                new ToolPowers(
                        tool -> grants.getOrDefault(tool, GrantConfig.nothing()),
                        environments,
                        mask,
                        new HostFetch(client),
                        new GrantedFiles(folder, () -> List.of(folder.resolve("keys_pool")), SMALL),
                        new ToolPowers.Limits(limits, SMALL));
        this.loader = new ScriptToolLoader(() -> runtime, InstantSource.system(), powers);
        this.invoker = new ToolInvoker(source(), new ToolInvoker.Settings(256 << 10, mask));
    }

    private ToolSource source() {
        return new ToolSource() {
            @Override
            public List<Tool> tools() {
                return List.copyOf(tools.values());
            }

            @Override
            public Optional<Tool> find(String name) {
                return Optional.ofNullable(tools.get(name));
            }

            @Override
            public void onChange(Runnable action) {}
        };
    }

    void grant(String tool, GrantConfig grant) {
        grants.put(tool, grant);
    }

    void grantNetwork(String tool, String... hosts) {
        grant(tool, new GrantConfig(List.of(hosts), List.of(), false));
    }

    void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** A tool in JavaScript, or in Python if its file ends so; the schema is put before it. */
    void load(String file, String source) throws ScriptException {
        loadWhole(file, (file.endsWith(".py") ? PY_SCHEMA : JS_SCHEMA) + source);
    }

    void loadWhole(String file, String source) throws ScriptException {
        String name = file.substring(0, file.lastIndexOf('.'));
        tools.put(name, loader.load(name, ScriptBundle.of(file, source)));
    }

    /** One of the tools that come along. */
    void loadShipped(String file) throws Exception {
        loadWhole(file, Files.readString(Path.of("..", "tools", file)));
    }

    ToolResult call(String tool, ObjectNode arguments, Cancellation cancellation) {
        var call =
                new ToolCall(
                        "run-1:2",
                        arguments,
                        (alias, query, options, given) -> agents.ask(alias, query, options, given),
                        progress::add,
                        cancellation);
        return invoker.call(tool, call);
    }

    ToolResult call(String tool, ObjectNode arguments) {
        return call(tool, arguments, new Cancellation(Duration.ofSeconds(60)));
    }

    JsonNode ok(String tool, ObjectNode arguments) {
        ToolResult result = call(tool, arguments);
        assertThat(result).isInstanceOf(ToolResult.Ok.class);
        return ((ToolResult.Ok) result).value();
    }

    JsonNode ok(String tool) {
        return ok(tool, Json.object());
    }

    ToolResult.Failed failed(String tool, ObjectNode arguments) {
        ToolResult result = call(tool, arguments);
        assertThat(result).isInstanceOf(ToolResult.Failed.class);
        return (ToolResult.Failed) result;
    }

    ToolResult.Failed failed(String tool) {
        return failed(tool, Json.object());
    }

    private ToolResult answer(
            String alias, String query, JsonNode options, Cancellation cancellation) {
        ObjectNode question = Json.object().put("alias", alias).put("query", query);
        question.set("options", options);
        questions.add(question);
        return new ToolResult.Ok(
                Json.object().put("answer", alias + " says yes").put("session_id", "s1"));
    }

    @Override
    public void close() {
        client.close();
    }
}
