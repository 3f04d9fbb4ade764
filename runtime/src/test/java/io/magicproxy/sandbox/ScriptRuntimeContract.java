package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.ScriptFailure.Limit;
import io.magicproxy.sandbox.ScriptFailure.LimitExceeded;
import io.magicproxy.sandbox.ScriptFailure.Stopped;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every script runtime keeps: this class, the limits, and all that it extends. One subclass an
 * implementation runs it all.
 */
@Timeout(180)
abstract class ScriptRuntimeContract extends WallsContract {
    private static final SandboxLimits SHORT =
            new SandboxLimits(
                    Duration.ofMillis(200), Duration.ofSeconds(60), Long.MAX_VALUE, 1 << 20, 400);

    private static SandboxLimits limits(
            Duration guest, Duration wall, long statements, int bytes, int frames) {
        return new SandboxLimits(guest, wall, statements, bytes, frames);
    }

    private static void exceeded(ScriptFailure failure, Limit limit) {
        assertThat(failure).isInstanceOf(LimitExceeded.class);
        assertThat(((LimitExceeded) failure).limit()).isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "export const run = () => { for (;;); };",
                "export const run = () => { for (;;) try { for (;;); } catch {} finally { continue; } };",
                "export const run = () => { const f = () => Promise.resolve().then(f); return f(); };",
                "export const run = async () => { for (;;) await null; };",
                "export const run = async host => { for (;;) await host.start('echo', 1); };",
                "for (;;);",
            })
    void javascript_that_never_ends_is_ended(String source) {
        exceeded(failure(ScriptBundle.of("main.mjs", source), SHORT), Limit.GUEST_TIME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def run(host, input):\n    while True: pass",
                """
                def run(host, input):
                    while True:
                        try:
                            while True: pass
                        except BaseException: pass\
                """,
                "async def run(host, input):\n    while True: await host.start('echo', 1)",
                "while True: pass",
                """
                class Odd(Exception):
                    def __str__(self):
                        while True: pass
                def run(host, input): raise Odd()\
                """,
            })
    void python_that_never_ends_is_ended(String source) {
        exceeded(failure(ScriptBundle.of("main.py", source), SHORT), Limit.GUEST_TIME);
    }

    @Test
    void waiting_for_the_host_is_wall_time_not_guest_time() throws Exception {
        SandboxLimits limits =
                limits(
                        Duration.ofSeconds(30),
                        Duration.ofMillis(1500),
                        Long.MAX_VALUE,
                        1 << 20,
                        400);
        List<ScriptBundle> scripts =
                List.of(
                        ScriptBundle.of(
                                "main.mjs", "export const run = host => host.call('hold', 1);"),
                        ScriptBundle.of(
                                "main.mjs", "export const run = host => host.start('hold', 2);"),
                        ScriptBundle.of(
                                "main.py",
                                "async def run(host, input): await host.start('hold', 3)"));
        List<Callable<ScriptFailure>> runs = new ArrayList<>();
        scripts.forEach(script -> runs.add(() -> failure(script, limits)));
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<ScriptFailure> failure : callers.invokeAll(runs)) {
                exceeded(failure.get(), Limit.WALL_TIME);
            }
        }
    }

    @Test
    void statements_are_counted() {
        SandboxLimits few =
                limits(Duration.ofSeconds(60), Duration.ofSeconds(120), 20_000, 1 << 20, 400);
        exceeded(
                failure(
                        ScriptBundle.of(
                                "main.mjs",
                                "export const run = () => { for (let i = 0; i < 1e6; i++) { i += 0; } };"),
                        few),
                Limit.STATEMENTS);
        exceeded(
                failure(
                        ScriptBundle.of(
                                "main.py",
                                "def run(host, input):\n    for x in range(10**6):\n        x += 1\n"),
                        few),
                Limit.STATEMENTS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "main.mjs | export const run = () => { for (;;) { try { console.log('x'.repeat(1000)); } catch {} } };",
                "main.mjs | export const run = host => { host.call('echo', 'x'.repeat(2 ** 20)); };",
                "main.mjs | export const run = host => { host.tell('say', 'ü'.repeat(2 ** 19)); };",
                "main.mjs | export const run = () => 'x'.repeat(2 ** 20);",
                "main.py  | def run(host, input): return [print('x' * 1000) for _ in range(2000)]",
                "main.py  | def run(host, input): return host.call('echo', 'x' * 2**20)",
                "main.py  | def run(host, input): return 'x' * 2**20",
            })
    void output_is_limited(String entry, String source) {
        exceeded(
                failure(
                        ScriptBundle.of(entry, source),
                        limits(
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(120),
                                Long.MAX_VALUE,
                                1 << 20,
                                400)),
                Limit.OUTPUT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "main.mjs | export function run() { return run() + 1; }",
                "main.mjs | export function run() { try { return run() + 1; } catch { return run(); } }",
                "main.mjs | const a = []; a[0] = a; const b = { toString() { return String(b); } }; export const run = () => String(b);",
                "main.py  | def run(host, input): return run(host, input) + 1",
            })
    void recursion_is_limited(String entry, String source) {
        exceeded(failure(ScriptBundle.of(entry, source), LIMITS), Limit.STACK);
    }

    @Test
    void calls_may_nest_as_deep_as_the_limit_says() throws ScriptException {
        assertThat(
                        js(
                                "const f = n => n === 0 ? 0 : 1 + f(n - 1); export const run = () => f(300);"))
                .isEqualTo("300");
        assertThat(
                        python(
                                """
                                def f(n): return 0 if n == 0 else 1 + f(n - 1)
                                def run(host, input): return f(300)\
                                """))
                .isEqualTo("300");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "main.mjs | export const run = host => { host.tell('begun'); for (;;); };",
                "main.mjs | export const run = host => { host.tell('begun'); host.call('hold', 1); };",
                "main.mjs | export const run = host => { host.tell('begun'); return host.start('hold', 2); };",
                "main.py  | async def run(host, input): host.tell('begun'); await host.start('hold', 3)",
            })
    void a_cancelled_run_ends_whatever_it_does(String entry, String source) {
        var cancellation = new Cancellation();
        HostCalls cancelling =
                new HostCalls() {
                    @Override
                    public void call(HostCall call, java.util.function.Consumer<HostReply> reply) {
                        desk.call(call, reply);
                    }

                    @Override
                    public void tell(HostCall call) {
                        Thread.ofPlatform()
                                .start(() -> cancellation.cancel(Cancellation.Reason.CLIENT_GONE));
                    }
                };
        try {
            runtime()
                    .run(
                            run(ScriptBundle.of(entry, source), "null", LIMITS, cancellation),
                            cancelling);
            throw new AssertionError("the script came to its end");
        } catch (ScriptException e) {
            assertThat(e.failure()).isInstanceOf(Stopped.class);
        }
    }

    @Test
    void a_run_cancelled_before_it_begins_does_nothing() {
        var cancellation = new Cancellation();
        cancellation.cancel(Cancellation.Reason.SHUTDOWN);
        try {
            runtime()
                    .run(
                            run(
                                    ScriptBundle.of(
                                            "main.mjs",
                                            "export const run = host => host.call('echo');"),
                                    "null",
                                    LIMITS,
                                    cancellation),
                            desk);
            throw new AssertionError("the script came to its end");
        } catch (ScriptException e) {
            assertThat(e.failure()).isInstanceOf(Stopped.class);
            assertThat(desk.calls()).isEmpty();
        }
    }

    @Test
    void big_and_odd_values_pass_unharmed() throws ScriptException {
        assertThat(
                        js(
                                "export const run = host => host.call('echo', 'é🎈'.repeat(400_000)).length;"))
                .isEqualTo("1200000");
        assertThat(
                        python(
                                "async def run(host, input): return len(await host.start('echo', 'é🎈' * 200_000))"))
                .isEqualTo("400000");
        assertThat(
                        js(
                                "export const run = host => host.call('echo', '\\ud800\\u0000\"\\\\').length;"))
                .isEqualTo("4");
        assertThat(
                        python(
                                "def run(host, input): return host.call('echo', [2**80, 1e300, -0.0, {'': {}}])"))
                .isEqualTo("[1208925819614629174706176,1e+300,-0.0,{\"\":{}}]");
    }

    @Test
    void fifty_runs_at_once_dont_notice_a_hostile_one() throws Exception {
        List<Callable<String>> runs = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int n = i;
            ScriptBundle script =
                    i % 10 == 0
                            ? ScriptBundle.of(
                                    "main.py",
                                    """
                                    async def run(host, input):
                                        return await host.start('echo', input) + host.call('echo', input)\
                                    """)
                            : ScriptBundle.of(
                                    "main.mjs",
                                    "export const run = async (host, input) =>"
                                            + " await host.start('echo', input) + host.call('echo', input);");
            runs.add(() -> runtime().run(run(script, Integer.toString(n), LIMITS), new Desk()));
        }
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ScriptFailure> hostile =
                    callers.submit(() ->
                            failure(
                                    ScriptBundle.of(
                                            "main.mjs", "export const run = () => { for (;;); };"),
                                    SHORT));
            List<Future<String>> results = callers.invokeAll(runs);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(Integer.toString(2 * i));
            }
            exceeded(hostile.get(), Limit.GUEST_TIME);
        }
    }
}
