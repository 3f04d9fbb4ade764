package io.magicproxy.sandbox;

import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs that do what patterns do, beside a hostile one: they ask, and wait in the middle until
 * {@link #letGo}, so that all of them are there as long as it is.
 */
final class Innocents implements AutoCloseable {
    private static final ScriptBundle JS =
            ScriptBundle.of(
                    "innocent.mjs",
                    """
                    export const run = async (host, n) => {
                      let sum = 0;
                      for (let i = 0; i < 3; i++) sum += await host.start('echo', n);
                      sum += await host.start('wait', n);
                      return sum + host.call('echo', n);
                    };\
                    """);
    private static final ScriptBundle PYTHON =
            ScriptBundle.of(
                    "innocent.py",
                    """
                    async def run(host, n):
                        total = 0
                        for _ in range(3): total += await host.start('echo', n)
                        total += await host.start('wait', n)
                        return total + host.call('echo', n)\
                    """);
    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofMinutes(1), Duration.ofMinutes(10), 10_000_000, 1 << 20, 2000);

    private final ScriptRuntime runtime;
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<String>> results = new ArrayList<>();
    private final AtomicInteger starts = new AtomicInteger();

    // Guarded by this.
    private final Map<String, Runnable> waiting = new LinkedHashMap<>();
    private boolean open;

    /** Each of them waits when this returns. */
    Innocents(ScriptRuntime runtime, int javascript, int python) throws InterruptedException {
        this.runtime = runtime;
        for (int i = 0; i < javascript + python; i++) {
            int n = i;
            ScriptBundle script = i < javascript ? JS : PYTHON;
            results.add(callers.submit(() -> run(script, n)));
        }
        awaitAll(javascript + python);
    }

    private synchronized void awaitAll(int count) throws InterruptedException {
        while (waiting.size() < count) {
            wait();
        }
    }

    private String run(ScriptBundle script, int n) throws ScriptException {
        ScriptRuntime counted = new Counted();
        return new RestartedRuns(counted)
                .run(
                        new GuestRun(
                                "innocent-" + n,
                                script,
                                ScriptRuntimeScene.PRELUDE,
                                "run",
                                Integer.toString(n),
                                n,
                                Desk.START,
                                LIMITS,
                                new Cancellation()),
                        new Waiter());
    }

    private final class Counted implements ScriptRuntime {
        @Override
        public String run(GuestRun run, HostCalls host) throws ScriptException {
            starts.incrementAndGet();
            return runtime.run(run, host);
        }

        @Override
        public void close() {}
    }

    private final class Waiter implements HostCalls {
        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            Runnable answer = () -> reply.accept(new HostReply.Answer(call.value(), Desk.START));
            if (call.op().equals("wait") && !letIn(call.value(), answer)) {
                return;
            }
            answer.run();
        }

        @Override
        public void tell(HostCall call) {}
    }

    /** True if nobody has to wait any more. */
    private synchronized boolean letIn(String who, Runnable answer) {
        waiting.put(who, answer);
        notifyAll();
        return open;
    }

    /** Lets all finish; those that must start again don't wait any more. */
    void letGo() {
        List<Runnable> answers;
        synchronized (this) {
            open = true;
            answers = List.copyOf(waiting.values());
        }
        answers.forEach(Runnable::run);
    }

    /** Those that didn't come to their right result, and why. */
    List<String> failed() throws InterruptedException {
        List<String> failed = new ArrayList<>();
        for (int n = 0; n < results.size(); n++) {
            try {
                String result = results.get(n).get();
                if (!result.equals(Integer.toString(5 * n))) {
                    failed.add(n + " gave " + result);
                }
            } catch (java.util.concurrent.ExecutionException e) {
                failed.add(n + " failed: " + e.getCause());
            }
        }
        return failed;
    }

    /** How often one had to start again because its host was lost. */
    int restarts() {
        return starts.get() - results.size();
    }

    @Override
    public void close() {
        callers.shutdownNow();
        callers.close();
    }
}
