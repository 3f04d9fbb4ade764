package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Measures what runs cost. The figures are for reading; only the results are checked. */
@Tag("drill")
class SandboxDrill {
    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofSeconds(60), Duration.ofMinutes(5), Long.MAX_VALUE, 1 << 20, 400);
    private static final ScriptBundle JS =
            ScriptBundle.of(
                    "main.mjs",
                    "export const run = async (host, n) => await host.start('echo', n);");
    private static final ScriptBundle PYTHON =
            ScriptBundle.of(
                    "main.py", "async def run(host, n): return await host.start('echo', n)");

    @Test
    void what_a_run_costs() throws Exception {
        try (var runtime = new InProcessRuntime()) {
            report("JavaScript, one after the other", times(runtime, JS, 500));
            report("Python, one after the other", times(runtime, PYTHON, 60));
        }
    }

    @Test
    void what_a_host_call_costs() throws Exception {
        try (var runtime = new InProcessRuntime()) {
            callCost(
                    runtime,
                    ScriptBundle.of(
                            "main.mjs",
                            "export const run = (host, n) => { for (let i = 0; i < n; i++) host.call('echo', i); };"));
            callCost(
                    runtime,
                    ScriptBundle.of(
                            "main.mjs",
                            "export const run = async (host, n) => { for (let i = 0; i < n; i++) await host.start('echo', i); };"));
            callCost(
                    runtime,
                    ScriptBundle.of(
                            "main.py",
                            "def run(host, n):\n    for i in range(n): host.call('echo', i)"));
            callCost(
                    runtime,
                    ScriptBundle.of(
                            "main.py",
                            "async def run(host, n):\n    for i in range(n): await host.start('echo', i)"));
        }
    }

    @Test
    void three_hundred_javascript_runs_at_once() throws Exception {
        together(JS, 300);
    }

    @Test
    void a_hundred_python_runs_at_once() throws Exception {
        together(PYTHON, 100);
    }

    private static void callCost(InProcessRuntime runtime, ScriptBundle script) throws Exception {
        int calls = 20_000;
        for (int round = 0; round < 3; round++) {
            long begin = System.nanoTime();
            runtime.run(run(script, calls), new Desk());
            say(
                    "%s: %.1f us a call"
                            .formatted(
                                    script.source().lines().findFirst().orElse(""),
                                    (System.nanoTime() - begin) / 1e3 / calls));
        }
    }

    /** All are in a host call at the same time before any is answered. */
    private static void together(ScriptBundle script, int count) throws Exception {
        try (var runtime = new InProcessRuntime();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 3; round++) {
                var gate = new Gate(count);
                long begin = System.nanoTime();
                List<Callable<String>> runs = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    int n = i;
                    runs.add(() -> runtime.run(run(script, n), gate));
                }
                List<Future<String>> results = new ArrayList<>();
                runs.forEach(it -> results.add(callers.submit(it)));
                gate.full.await();
                long full = System.nanoTime();
                System.gc();
                long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
                gate.open();
                for (int i = 0; i < count; i++) {
                    assertThat(results.get(i).get()).isEqualTo(Integer.toString(i));
                }
                say(
                        "%d x %s at once: all waiting after %d ms (heap then %d MiB), all done %d ms later"
                                .formatted(
                                        count,
                                        script.entry(),
                                        (full - begin) / 1_000_000,
                                        used >> 20,
                                        (System.nanoTime() - full) / 1_000_000));
            }
        }
    }

    private static List<Long> times(InProcessRuntime runtime, ScriptBundle script, int count)
            throws Exception {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime();
            runtime.run(run(script, i), new Desk());
            times.add((System.nanoTime() - begin) / 1000);
        }
        return times;
    }

    private static void report(String what, List<Long> times) {
        long first = times.getFirst();
        List<Long> later = new ArrayList<>(times.subList(times.size() / 2, times.size()));
        Collections.sort(later);
        say(
                "%s: first %d us, median of the second half %d us, p95 %d us"
                        .formatted(
                                what,
                                first,
                                later.get(later.size() / 2),
                                later.get(later.size() * 95 / 100)));
    }

    private static GuestRun run(ScriptBundle script, int n) {
        return ScriptRuntimeScene.run(script, Integer.toString(n), LIMITS);
    }

    @SuppressWarnings("SystemOut") // A drill's result is what it prints.
    private static void say(String line) {
        System.out.println(line);
    }

    private static final class Gate implements HostCalls {
        private final CountDownLatch full;
        private final List<Runnable> waiting = Collections.synchronizedList(new ArrayList<>());

        Gate(int count) {
            full = new CountDownLatch(count);
        }

        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            waiting.add(() -> reply.accept(new HostReply.Answer(call.value(), Desk.START)));
            full.countDown();
        }

        @Override
        public void tell(HostCall call) {}

        void open() {
            List.copyOf(waiting).forEach(Runnable::run);
        }
    }
}
