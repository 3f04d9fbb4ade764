package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class InProcessRuntimeTest extends ScriptRuntimeContract {
    private static final InProcessRuntime RUNTIME = new InProcessRuntime();

    @AfterAll
    static void close() {
        RUNTIME.close();
    }

    @Override
    ScriptRuntime runtime() {
        return RUNTIME;
    }

    @Test
    void a_guest_that_cannot_be_stopped_is_left_behind_and_counted() {
        // No interrupt reaches this builtin; at this length it ends by itself after a while.
        ScriptBundle deaf =
                ScriptBundle.of(
                        "main.mjs",
                        "export const run = () => Array.prototype.indexOf.call({ length: 1e7 }, 1);");
        SandboxLimits limits =
                new SandboxLimits(
                        Duration.ofMillis(50), Duration.ofMinutes(1), Long.MAX_VALUE, 1 << 20, 400);
        try (var runtime = new InProcessRuntime(Duration.ofMillis(100))) {
            assertThatExceptionOfType(ScriptException.class)
                    .isThrownBy(() -> runtime.run(run(deaf, "null", limits), desk))
                    .satisfies(e ->
                            assertThat(e.failure()).isEqualTo(LimitMessages.guestTime(limits)));
            assertThat(runtime.stuck()).isEqualTo(1);
            Instant deadline = Instant.now().plusSeconds(150);
            while (runtime.stuck() > 0 && Instant.now().isBefore(deadline)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
            assertThat(runtime.stuck()).isZero();
        }
    }

    @Test
    void a_closed_sandbox_ends_its_runs_and_takes_no_more() throws Exception {
        var runtime = new InProcessRuntime();
        ScriptBundle waits =
                ScriptBundle.of("main.mjs", "export const run = host => host.call('hold');");
        try (ExecutorService caller = Executors.newSingleThreadExecutor()) {
            Future<String> result =
                    caller.submit(() -> runtime.run(run(waits, "null", LIMITS), desk));
            while (desk.calls().isEmpty() && !result.isDone()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            runtime.close();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(result::get)
                    .withMessageContaining("The sandbox was closed");
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> runtime.run(run(waits, "null", LIMITS), desk));
    }

    @Test
    void our_own_code_in_python_is_compiled_once_and_not_for_each_run() throws ScriptException {
        // The engine keeps all that was ever compiled: 5 MiB of this.
        var functions = new StringBuilder("def run(host, module, input): return 1\n");
        for (int i = 0; i < 2000; i++) {
            functions.append("def f%d(a, b):\n    return [a + b, {'a': a}]\n".formatted(i));
        }
        var prelude = new Prelude("large", "", functions.toString());
        ScriptBundle script = ScriptBundle.of("main.py", "");
        long before = 0;
        for (int i = 0; i < 25; i++) {
            if (i == 5) {
                before = used();
            }
            RUNTIME.run(
                    new GuestRun(
                            "run-" + i,
                            script,
                            prelude,
                            "run",
                            "null",
                            1,
                            Desk.START,
                            LIMITS,
                            new Cancellation()),
                    desk);
        }
        assertThat((used() - before) / 20).isLessThan(1 << 20);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void the_python_engine_is_changed_after_many_sources() throws ScriptException {
        try (var engines = new Engines(2)) {
            LanguageEngine first = engines.enter(version(1));
            first.source(version(1));
            assertThat(engines.enter(version(1))).isSameAs(first);
            first.source(version(2));
            LanguageEngine second = engines.enter(version(3));
            assertThat(second).isNotSameAs(first);
            assertThat(first.isClosed()).isFalse();
            first.leave();
            first.leave();
            assertThat(first.isClosed()).isTrue();
            second.leave();
        }
    }

    private static ScriptBundle version(int n) {
        return ScriptBundle.of("main.py", "def run(host, input): return " + n);
    }
}
