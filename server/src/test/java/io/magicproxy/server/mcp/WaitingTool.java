package io.magicproxy.server.mcp;

import io.magicproxy.chat.Json;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolCall.Progress;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSchema;
import io.magicproxy.tool.ToolSource;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The tool {@code wait}: it has a result when the test says so, or is given up before. */
final class WaitingTool implements ToolSource, Tool {
    private final int concurrency;
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CompletableFuture<ToolResult> result = new CompletableFuture<>();
    private final CompletableFuture<Cancellation.Reason> givenUp = new CompletableFuture<>();

    WaitingTool() {
        this(16);
    }

    WaitingTool(int concurrency) {
        this.concurrency = concurrency;
    }

    int calls() {
        return calls.get();
    }

    @Override
    public ToolSpec spec() {
        return new ToolSpec(
                "wait",
                "wait",
                "Waits.",
                new ToolSchema(Json.object().put("type", "object")),
                new ToolSpec.Conduct(
                        ToolSpec.Effect.IDEMPOTENT, Duration.ofSeconds(60), concurrency));
    }

    @Override
    public ToolResult call(ToolCall call) {
        if (call.arguments().path("talk").asBoolean()) {
            call.progress().accept(new Progress(1, 2, "begun"));
        }
        calls.incrementAndGet();
        begun.countDown();
        try (var _ =
                call.cancellation()
                        .onCancel(() -> {
                            givenUp.complete(call.cancellation().reason().orElseThrow());
                            result.complete(new ToolResult.Failed("cancelled", "given up"));
                        })) {
            return result.get(60, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            return new ToolResult.Failed("tool_error", e.toString());
        }
    }

    void awaitBegun() throws InterruptedException {
        if (!begun.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the tool was not called");
        }
    }

    void finish(String text) {
        result.complete(new ToolResult.Ok(Json.object().textNode(text)));
    }

    /** Why the call was given up; waits for it. */
    Cancellation.Reason reason() throws Exception {
        return givenUp.get(30, TimeUnit.SECONDS);
    }

    boolean givenUp() {
        return givenUp.isDone();
    }

    @Override
    public List<Tool> tools() {
        return List.of(this);
    }

    @Override
    public Optional<Tool> find(String name) {
        return name.equals("wait") ? Optional.of(this) : Optional.empty();
    }

    @Override
    public void onChange(Runnable action) {
        // It stays.
    }
}
