package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.magicproxy.sandbox.ScriptFailure.HostLost;
import io.magicproxy.sandbox.ScriptFailure.Limit;
import io.magicproxy.sandbox.ScriptFailure.LimitExceeded;
import io.magicproxy.sandbox.ScriptFailure.Stopped;
import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.HostSettings.Times;
import io.magicproxy.sandbox.host.HostStatus;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.upstream.Cancellation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deaths of hosts, and what becomes of the runs in them. */
@Timeout(240)
class ScriptHostsTest {
    private static final ScriptBundle HOLD =
            ScriptBundle.of(
                    "main.mjs",
                    "export const run = async (host, key) => await host.start('hold', key);");
    private static final ScriptBundle QUICK =
            ScriptBundle.of("main.mjs", "export const run = (host, input) => input;");

    @TempDir static Path cache;

    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final Desk desk = new Desk();
    private final ScriptHosts hosts = new ScriptHosts(settings(Times.defaults()));

    @AfterEach
    void close() {
        hosts.close();
        callers.close();
    }

    private static HostSettings settings(Times times) {
        return new HostSettings(
                Set.of(Language.JAVASCRIPT), 1, 3, 256, cache, Optional.empty(), times);
    }

    private static GuestRun run(String id, ScriptBundle script, String input, Duration guest) {
        return run(id, script, input, guest, new Cancellation());
    }

    private static GuestRun run(
            String id, ScriptBundle script, String input, Duration guest, Cancellation stop) {
        var limits = new SandboxLimits(guest, Duration.ofMinutes(5), Long.MAX_VALUE, 4 << 20, 400);
        return new GuestRun(
                id, script, ScriptRuntimeScene.PRELUDE, "run", input, 1, Desk.START, limits, stop);
    }

    /** The result, or the failure's name and message. */
    private Object attempt(GuestRun run) {
        try {
            return hosts.run(run, desk);
        } catch (ScriptException e) {
            return e.failure();
        }
    }

    private Future<Object> submit(GuestRun run) {
        return callers.submit(() -> attempt(run));
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Starts runs that all wait for the desk. */
    private List<Future<Object>> waiting(int count) {
        List<Future<Object>> runs = new ArrayList<>();
        int before = desk.calls().size();
        for (int i = 0; i < count; i++) {
            runs.add(submit(run("w" + i, HOLD, Integer.toString(i), Duration.ofMinutes(1))));
        }
        until(() -> desk.calls().size() >= before + count);
        return runs;
    }

    private void quickRunWorks() {
        Object end = attempt(run("quick", QUICK, "7", Duration.ofMinutes(1)));
        for (int again = 0; end instanceof HostLost && again < 3; again++) {
            // It came to a host that was dying of somebody else's run.
            end = attempt(run("quick", QUICK, "7", Duration.ofMinutes(1)));
        }
        assertThat(end).isEqualTo("7");
    }

    private HostStatus only() {
        until(() -> hosts.hosts().size() == 1 && hosts.hosts().getFirst().ready());
        return hosts.hosts().getFirst();
    }

    @Test
    void a_killed_host_is_replaced_and_its_runs_can_start_again() throws Exception {
        List<Future<Object>> runs = waiting(20);
        HostStatus host = only();
        assertThat(host.runs()).isEqualTo(20);
        ProcessHandle.of(host.pid()).orElseThrow().destroyForcibly();
        for (Future<Object> run : runs) {
            assertThat(run.get()).isInstanceOf(HostLost.class);
        }
        quickRunWorks();
        assertThat(only().pid()).isNotEqualTo(host.pid());
        // None was at work, so none is suspected: all share the new host.
        List<Future<Object>> again = waiting(20);
        assertThat(only().runs()).isEqualTo(20);
        releaseAll(again);
    }

    private void releaseAll(List<Future<Object>> runs) throws Exception {
        ScriptBundle release =
                ScriptBundle.of(
                        "release.mjs",
                        "export const run = (host, n) => { for (let i = 0; i < n; i++) host.call('release', i); };");
        assertThat(
                        attempt(
                                run(
                                        "release",
                                        release,
                                        Integer.toString(runs.size()),
                                        Duration.ofMinutes(1))))
                .isEqualTo("null");
        for (int i = 0; i < runs.size(); i++) {
            assertThat(runs.get(i).get()).isEqualTo(Integer.toString(i));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "main.mjs | export const run = () => Array.prototype.indexOf.call({length: 2**53 - 1}, 1);",
                "main.mjs | export const run = () => Array.from({length: 2**32 - 1});",
                "main.py  | def run(host, input): return sum(range(10**12))",
                "main.py  | def run(host, input): return any(__import__('itertools').repeat(0))",
            })
    void a_builtin_that_cannot_be_interrupted_costs_only_its_own_run(String entry, String source)
            throws Exception {
        ScriptBundle deaf = ScriptBundle.of(entry, source);
        List<Future<Object>> beside = waiting(3);
        long before = only().pid();
        Object end = submit(run("deaf", deaf, "null", Duration.ofMillis(300))).get();
        for (int again = 0; end instanceof HostLost && again < 3; again++) {
            // With others in its host, it may not be known as the cause at first.
            end = submit(run("deaf", deaf, "null", Duration.ofMillis(300))).get();
        }
        assertThat(end).isInstanceOf(LimitExceeded.class);
        assertThat(((LimitExceeded) end).limit()).isIn(Limit.GUEST_TIME, Limit.MEMORY);
        if (entry.endsWith(".mjs")) {
            // The host that it spins in goes, which ends the others, or it did end in time.
            until(() ->
                    beside.stream().allMatch(Future::isDone)
                            || hosts.hosts().stream().anyMatch(it -> it.pid() == before));
        }
        quickRunWorks();
        assertThat(hosts.hosts()).hasSizeLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "export const run = () => { const all = []; for (;;) all.push(new Array(1000).fill({})); };",
                "export const run = () => new Array(120_000_000).fill(1.5).length;",
                "export const run = host => { const all = []; for (let i = 0; ; i++) { all.push('x'.repeat(100000) + i); host.call('echo', all.at(-1).length); } };",
            })
    void a_memory_bomb_ends_with_its_limit_and_the_others_with_their_results(String bomb)
            throws Exception {
        List<Future<Object>> beside = waiting(5);
        List<Object> ends = new ArrayList<>();
        var script = ScriptBundle.of("main.mjs", bomb);
        do {
            ends.add(attempt(run("bomb", script, "null", Duration.ofMinutes(2))));
        } while (ends.getLast() instanceof HostLost && ends.size() < 4);
        assertThat(ends.getLast()).isInstanceOf(LimitExceeded.class);
        assertThat(((LimitExceeded) ends.getLast()).limit()).isEqualTo(Limit.MEMORY);
        assertThat(ends).hasSizeLessThanOrEqualTo(2);
        List<Future<Object>> again = new ArrayList<>();
        int lost = 0;
        for (int i = 0; i < beside.size(); i++) {
            Future<Object> first = beside.get(i);
            if (first.isDone()) {
                assertThat(first.get()).isInstanceOf(HostLost.class);
                lost++;
                first = submit(run("w" + i, HOLD, Integer.toString(i), Duration.ofMinutes(1)));
            }
            again.add(first);
        }
        long holds = 5L + lost;
        // More suspects than hosts for them: each waits only until the one before is cleared.
        until(() -> desk.calls().stream().filter(it -> it.startsWith("hold")).count() >= holds);
        releaseAll(again);
        quickRunWorks();
    }

    @Test
    void a_run_that_was_told_to_stop_and_cannot_ends_all_the_same() throws Exception {
        var stop = new Cancellation();
        ScriptBundle deaf =
                ScriptBundle.of(
                        "main.mjs",
                        "export const run = host => { host.tell('begun');"
                                + " return Array.prototype.indexOf.call({length: 2**53 - 1}, 1); };");
        long pid = only().pid();
        Future<Object> end = submit(run("deaf", deaf, "null", Duration.ofMinutes(4), stop));
        until(() -> desk.calls().contains("begun null"));
        stop.cancel(Cancellation.Reason.CLIENT_GONE);
        assertThat(end.get()).isInstanceOf(Stopped.class);
        until(() -> hosts.hosts().stream().noneMatch(it -> it.pid() == pid));
        quickRunWorks();
    }

    @Test
    void a_cancellation_with_a_deadline_rings_in_time() {
        Object end =
                attempt(
                        run(
                                "late",
                                HOLD,
                                "1",
                                Duration.ofMinutes(1),
                                new Cancellation(Duration.ofMillis(300))));
        assertThat(end).isInstanceOf(Stopped.class);
        assertThat(((Stopped) end).message()).contains("DEADLINE");
    }

    @Test
    void a_frozen_host_is_killed() throws Exception {
        List<Future<Object>> runs = waiting(2);
        HostStatus host = only();
        signal("STOP", host.pid());
        for (Future<Object> run : runs) {
            assertThat(run.get()).isInstanceOf(HostLost.class);
        }
        quickRunWorks();
    }

    private static void signal(String name, long pid) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
        assertThat(kill.waitFor()).isZero();
    }

    @Test
    void a_guest_that_talks_without_end_waits_for_who_listens() throws Exception {
        ScriptBundle talker =
                ScriptBundle.of(
                        "main.mjs",
                        "export const run = host => { for (let i = 0; i < 3000; i++)"
                                + " host.tell('say', 'x'.repeat(10000)); return 'said'; };");
        Future<Object> said = submit(run("talker", talker, "null", Duration.ofMinutes(1)));
        quickRunWorks();
        assertThat(said.get()).isEqualTo("\"said\"");
        assertThat(desk.calls()).hasSize(3000);
    }

    @Test
    void closing_ends_runs_and_processes() throws Exception {
        List<Future<Object>> runs = waiting(3);
        ProcessHandle process = ProcessHandle.of(only().pid()).orElseThrow();
        hosts.close();
        for (Future<Object> run : runs) {
            assertThat(run.get()).isInstanceOf(Stopped.class);
        }
        until(() -> !process.isAlive());
        assertThatIllegalStateException()
                .isThrownBy(() -> hosts.run(run("x", QUICK, "1", Duration.ofMinutes(1)), desk));
    }

    @Test
    void when_the_gateway_is_killed_its_hosts_end() throws Exception {
        Process gateway =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:+UseSerialGC",
                                "-Xmx128m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KilledGateway.class.getName(),
                                cache.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (var out = gateway.inputReader()) {
            ProcessHandle host = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            assertThat(host.isAlive()).isTrue();
            gateway.destroyForcibly().waitFor();
            until(() -> !host.isAlive());
        } finally {
            gateway.destroyForcibly();
        }
    }
}
