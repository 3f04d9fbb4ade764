package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.HostStatus;
import io.magicproxy.sandbox.host.ScriptHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures what hosts cost. The figures are for reading; only the results are checked. */
@Tag("drill")
class ScriptHostsDrill {
    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofSeconds(60), Duration.ofMinutes(5), Long.MAX_VALUE, 1 << 20, 400);

    @TempDir static Path cache;

    private static HostSettings settings(Language language) {
        return new HostSettings(
                Set.of(language),
                1,
                1,
                384,
                cache,
                Optional.empty(),
                HostSettings.Times.defaults());
    }

    @Test
    void how_long_a_host_takes_to_start() throws IOException {
        for (Language language : List.of(Language.JAVASCRIPT, Language.PYTHON, Language.PYTHON)) {
            long begin = System.nanoTime();
            try (var hosts = new ScriptHosts(settings(language))) {
                while (hosts.hosts().stream().noneMatch(HostStatus::ready)) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
                long millis = (System.nanoTime() - begin) / 1_000_000;
                String memory =
                        Files.readString(
                                        Path.of(
                                                "/proc",
                                                Long.toString(hosts.hosts().getFirst().pid()),
                                                "status"))
                                .lines()
                                .filter(line -> line.startsWith("VmRSS"))
                                .findFirst()
                                .orElse("");
                say("%s: warm after %d ms, %s".formatted(language, millis, memory));
            }
        }
    }

    @Test
    void what_a_host_call_costs() throws Exception {
        calls(
                Language.JAVASCRIPT,
                ScriptBundle.of(
                        "main.mjs",
                        "export const run = (host, n) => { for (let i = 0; i < n; i++) host.call('echo', i); };"));
        calls(
                Language.PYTHON,
                ScriptBundle.of(
                        "main.py",
                        "def run(host, n):\n    for i in range(n): host.call('echo', i)"));
    }

    private static void calls(Language language, ScriptBundle script) throws ScriptException {
        try (var hosts = new ScriptHosts(settings(language))) {
            var clock = new Clock();
            for (int round = 0; round < 3; round++) {
                clock.times.clear();
                hosts.run(ScriptRuntimeScene.run(script, "10000", LIMITS), clock);
            }
            assertThat(clock.times).hasSize(10_000);
            report(language + ", a host call and back", clock.gaps());
        }
    }

    @Test
    void what_a_run_costs() throws ScriptException {
        run(
                Language.JAVASCRIPT,
                ScriptBundle.of("main.mjs", "export const run = (host, n) => n;"),
                500);
        run(Language.PYTHON, ScriptBundle.of("main.py", "def run(host, n): return n"), 60);
    }

    private static void run(Language language, ScriptBundle script, int count)
            throws ScriptException {
        try (var hosts = new ScriptHosts(settings(language))) {
            List<Long> times = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long begin = System.nanoTime();
                hosts.run(ScriptRuntimeScene.run(script, "1", LIMITS), new Desk());
                times.add((System.nanoTime() - begin) / 1000);
            }
            report(language + ", a run", times.subList(count / 2, count));
        }
    }

    private static void report(String what, List<Long> times) {
        List<Long> sorted = new ArrayList<>(times);
        Collections.sort(sorted);
        say(
                "%s: p50 %d us, p99 %d us"
                        .formatted(
                                what,
                                sorted.get(sorted.size() / 2),
                                sorted.get(sorted.size() * 99 / 100)));
    }

    @SuppressWarnings("SystemOut") // A drill's result is what it prints.
    private static void say(String line) {
        System.out.println(line);
    }

    /** Answers at once, and notes when each call came. */
    private static final class Clock implements HostCalls {
        private final List<Long> times = new ArrayList<>();

        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            times.add(System.nanoTime());
            reply.accept(new HostReply.Answer(call.value(), Desk.START));
        }

        @Override
        public void tell(HostCall call) {}

        List<Long> gaps() {
            List<Long> gaps = new ArrayList<>();
            for (int i = 1; i < times.size(); i++) {
                gaps.add((times.get(i) - times.get(i - 1)) / 1000);
            }
            return gaps;
        }
    }
}
