package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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
                        "export const run = () => Array.prototype.indexOf.call({ length: 1e8 }, 1);");
        SandboxLimits limits =
                new SandboxLimits(
                        Duration.ofMillis(100),
                        Duration.ofMinutes(1),
                        Long.MAX_VALUE,
                        1 << 20,
                        400);
        ScriptFailure failure = failure(deaf, limits);
        assertThat(failure)
                .isInstanceOfSatisfying(
                        ScriptFailure.LimitExceeded.class,
                        it -> assertThat(it.limit()).isEqualTo(ScriptFailure.Limit.GUEST_TIME));
        assertThat(RUNTIME.stuck()).isEqualTo(1);
        Instant deadline = Instant.now().plusSeconds(150);
        while (RUNTIME.stuck() > 0 && Instant.now().isBefore(deadline)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        assertThat(RUNTIME.stuck()).isZero();
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
