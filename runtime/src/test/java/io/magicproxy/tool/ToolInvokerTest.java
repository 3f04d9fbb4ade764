package io.magicproxy.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.magicproxy.chat.Json;
import io.magicproxy.tool.ToolResult.Failed;
import io.magicproxy.tool.ToolSpec.Conduct;
import io.magicproxy.tool.ToolSpec.Effect;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What holds for every tool, wherever it comes from. */
class ToolInvokerTest {
    private static final String SCHEMA =
            """
            {"type": "object", "properties": {
               "text": {"type": "string", "minLength": 2}, "depth": {"enum": ["low", "high"]},
               "count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
               "filters": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}},
                  "required": ["key"], "additionalProperties": false}}},
             "required": ["text"], "additionalProperties": false}
            """;

    /** One tool, made of a function. */
    private record Made(ToolSpec spec, Function<ToolCall, ToolResult> work)
            implements Tool, ToolSource {
        @Override
        public ToolResult call(ToolCall call) {
            return work.apply(call);
        }

        @Override
        public List<Tool> tools() {
            return List.of(this);
        }

        @Override
        public Optional<Tool> find(String name) {
            return Optional.<Tool>of(this).filter(_ -> name.equals(spec.name()));
        }

        @Override
        public void onChange(Runnable action) {
            // It never changes.
        }
    }

    private static ToolInvoker invoker(
            Duration timeout, int places, Function<ToolCall, ToolResult> work) throws Exception {
        var spec =
                new ToolSpec(
                        "search",
                        "Search",
                        "Searches.",
                        new ToolSchema((ObjectNode) Json.read(SCHEMA)),
                        new Conduct(Effect.NONE, timeout, places));
        return new ToolInvoker(
                new Made(spec, work),
                new ToolInvoker.Settings(20, text -> text.replace("secret", "***")));
    }

    private static ToolInvoker invoker(Function<ToolCall, ToolResult> work) throws Exception {
        return invoker(Duration.ofSeconds(60), 16, work);
    }

    private static ToolCall call(String arguments, Cancellation cancellation) throws Exception {
        return new ToolCall(
                "id",
                (ObjectNode) Json.read(arguments),
                ToolCall.noAgents("none here"),
                _ -> {},
                cancellation);
    }

    private static Failed failure(ToolResult result) {
        assertThat(result).isInstanceOf(Failed.class);
        return (Failed) result;
    }

    private static ToolResult ok(String text) {
        return new ToolResult.Ok(TextNode.valueOf(text));
    }

    private static String problem(String arguments) throws Exception {
        Failed failed =
                failure(
                        invoker(_ -> ok("not to be called"))
                                .call("search", call(arguments, new Cancellation())));
        assertThat(failed.code()).isEqualTo("invalid_arguments");
        return failed.message();
    }

    @Test
    void arguments_that_dont_fit_come_back_with_what_would() throws Exception {
        assertThat(problem("{\"txt\": \"a\", \"depth\": \"deep\", \"count\": \"x\"}"))
                .isEqualTo(
                        "the arguments don't fit the tool's schema: \"depth\" must be one of \"low\", \"high\", not \"deep\";"
                                + " \"text\" is missing; \"txt\" is not known; did you mean \"text\"?;"
                                + " \"count\" must be an integer or null, not the string \"x\"."
                                + " The tool takes {text: string, depth?: \"low\" | \"high\", count?: integer | null, filters?: {key: string}[]}");
        assertThat(problem("{\"text\": \"a\"}"))
                .contains("\"text\" must be at least 2 characters long");
        assertThat(problem("{\"text\": \"ab\", \"filters\": [{\"key\": \"a\"}, {\"kex\": 1}]}"))
                .contains(
                        "\"filters[1].key\" is missing; \"filters[1].kex\" is not known; did you mean \"key\"?");
        assertThat(problem("{\"text\": null}")).contains("\"text\" must be a string, not null");
    }

    @Test
    void a_tool_that_there_is_not_is_told_with_those_that_there_are() throws Exception {
        Failed failed =
                failure(
                        invoker(_ -> ok(""))
                                .call("serch", call("{\"text\":\"ab\"}", new Cancellation())));

        assertThat(failed)
                .isEqualTo(
                        new Failed(
                                "unknown_tool",
                                "there is no tool \"serch\"; did you mean \"search\"?; there are: search"));
    }

    @Test
    void a_large_result_is_refused_and_secrets_are_taken_out() throws Exception {
        ToolCall call = call("{\"text\":\"ab\"}", new Cancellation());

        assertThat(failure(invoker(_ -> ok("x".repeat(50))).call("search", call)).code())
                .isEqualTo("tool_limit");
        assertThat(invoker(_ -> ok("a secret")).call("search", call)).isEqualTo(ok("a ***"));
        assertThat(invoker(_ -> new Failed("tool_error", "secret")).call("search", call))
                .isEqualTo(new Failed("tool_error", "***"));
    }

    @Test
    void a_call_has_the_tools_time_and_no_more() throws Exception {
        var left = new Cancellation[1];
        invoker(
                        Duration.ofSeconds(7),
                        1,
                        call -> {
                            left[0] = call.cancellation();
                            return ok("");
                        })
                .call("search", call("{\"text\":\"ab\"}", new Cancellation()));

        assertThat(left[0].remaining().orElseThrow())
                .isBetween(Duration.ofMillis(1), Duration.ofSeconds(7));
    }

    @Test
    void who_finds_no_place_is_told_so_and_who_gives_up_waits_no_longer() throws Exception {
        var working = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        ToolInvoker invoker =
                invoker(
                        Duration.ofMillis(200),
                        1,
                        _ -> {
                            working.countDown();
                            await(end);
                            return ok("done");
                        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first =
                    threads.submit(() ->
                            invoker.call("search", call("{\"text\":\"ab\"}", new Cancellation())));
            await(working);

            ToolResult waited =
                    invoker.call("search", call("{\"text\":\"ab\"}", new Cancellation()));
            assertThat(failure(waited).code()).isEqualTo("busy");
            assertThat(failure(waited).message()).contains("1 calls", "try again later");
            var gone = new Cancellation();
            gone.cancel(Cancellation.Reason.CLIENT_GONE);
            assertThat(failure(invoker.call("search", call("{\"text\":\"ab\"}", gone))).code())
                    .isEqualTo("cancelled");

            end.countDown();
            assertThat(first.get()).isEqualTo(ok("done"));
            assertThat(invoker.call("search", call("{\"text\":\"ab\"}", new Cancellation())))
                    .isEqualTo(ok("done"));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
