package io.magicproxy.tool.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.plugin.Failures;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSource;
import io.magicproxy.tool.power.GrantConfig;
import io.magicproxy.upstream.Cancellation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Loads tools from sources in a test, and calls them as the gateway would. */
final class ToolFiles implements AutoCloseable {
    private final InProcessRuntime runtime = new InProcessRuntime();
    private final ScriptToolLoader loader =
            new ScriptToolLoader(
                    () -> runtime,
                    InstantSource.fixed(Instant.parse("2026-03-01T23:30:00Z")),
                    granted());

    /** What the tests' manifests ask for. */
    private static ToolPowers granted() {
        ToolPowers none = ToolPowers.none();
        var grant = new GrantConfig(List.of("api.example.com"), List.of("docs"), true);
        return new ToolPowers(
                _ -> grant,
                none.environments(),
                none.mask(),
                none.fetcher(),
                none.files(),
                none.limits());
    }

    ScriptTool load(String file, String source) throws ScriptException {
        return loader.load(file.substring(0, file.lastIndexOf('.')), ScriptBundle.of(file, source));
    }

    ScriptTool load(ScriptBundle bundle) throws ScriptException {
        String file = bundle.entry();
        return loader.load(file.substring(0, file.lastIndexOf('.')), bundle);
    }

    static ScriptBundle bundle(String entry, Map<String, String> files) {
        return new ScriptBundle(entry, new TreeMap<>(files));
    }

    JsonNode schema(String file, String source) throws ScriptException {
        return load(file, source).spec().parameters().json();
    }

    /** Why it doesn't load, as people read it. */
    String problem(String file, String source) {
        try {
            load(file, source);
        } catch (ScriptException e) {
            return Failures.text(e.failure());
        }
        throw new AssertionError(file + " loads");
    }

    ToolResult call(String file, String source, String arguments) throws Exception {
        return call(load(file, source), (ObjectNode) Json.read(arguments));
    }

    JsonNode result(String file, String source, String arguments) throws Exception {
        ToolResult result = call(file, source, arguments);
        if (result instanceof ToolResult.Ok(JsonNode value)) {
            return value;
        }
        throw new AssertionError(result);
    }

    ToolResult.Failed failure(String file, String source, String arguments) throws Exception {
        ToolResult result = call(file, source, arguments);
        if (result instanceof ToolResult.Failed failed) {
            return failed;
        }
        throw new AssertionError(result);
    }

    ToolResult call(Tool tool, ObjectNode arguments) {
        var invoker =
                new ToolInvoker(
                        new One(tool), new ToolInvoker.Settings(100_000, UnaryOperator.identity()));
        return invoker.call(
                tool.spec().name(),
                new ToolCall(
                        "call-1",
                        arguments,
                        ToolCall.noAgents("none here"),
                        _ -> {},
                        new Cancellation()));
    }

    private record One(Tool tool) implements ToolSource {
        @Override
        public List<Tool> tools() {
            return List.of(tool);
        }

        @Override
        public Optional<Tool> find(String name) {
            return Optional.of(tool).filter(it -> it.spec().name().equals(name));
        }

        @Override
        public void onChange(Runnable action) {
            // It never changes.
        }
    }

    @Override
    public void close() {
        runtime.close();
    }
}
