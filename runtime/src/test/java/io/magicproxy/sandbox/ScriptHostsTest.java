package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.magicproxy.sandbox.ScriptFailure.HostLost;
import io.magicproxy.sandbox.ScriptFailure.Limit;
import io.magicproxy.sandbox.ScriptFailure.LimitExceeded;
import io.magicproxy.sandbox.ScriptFailure.Stopped;
import io.magicproxy.sandbox.host.HostSettings.Times;
import io.magicproxy.sandbox.host.HostStatus;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.sandbox.host.TestHosts;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Deaths of hosts, and what becomes of the runs in them. The tests share the hosts: each leaves
 * them alive. {@link HostileScriptsTest} tells what scripts can do to them.
 */
@Timeout(240)
class ScriptHostsTest {
    private static final ScriptBundle HOLD =
            ScriptBundle.of(
                    "main.mjs",
                    "export const run = async (host, key) => await host.start('hold', key);");
    private static final ScriptBundle QUICK =
            ScriptBundle.of("main.mjs", "export const run = (host, input) => input;");
    private static final ScriptBundle RELEASE =
            ScriptBundle.of(
                    "release.mjs",
                    "export const run = (host, n) => { for (let i = 0; i < n; i++) host.call('release', i); };");
    private static final String SEARCH =
            "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); };";

    private static final AtomicInteger IDS = new AtomicInteger();
    private static ScriptHosts hosts;

    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final Desk desk = new Desk();
    private final String id = "test-" + IDS.incrementAndGet() + "-";

    @BeforeAll
    static void open() {
        hosts = open(Times.defaults());
    }

    private static ScriptHosts open(Times times) {
        return TestHosts.start(TestHosts.settings(Set.of(Language.JAVASCRIPT), 3, 128, times));
    }

    @AfterEach
    void wait_for_runs() {
        callers.close();
    }

    @AfterAll
    static void close() {
        hosts.close();
    }

    private GuestRun run(String name, ScriptBundle script, String input, Duration guest) {
        return run(name, script, input, guest, new Cancellation());
    }

    private GuestRun run(
            String name, ScriptBundle script, String input, Duration guest, Cancellation stop) {
        var limits = new SandboxLimits(guest, Duration.ofMinutes(5), Long.MAX_VALUE, 4 << 20, 400);
        return new GuestRun(
                id + name,
                script,
                ScriptRuntimeScene.PRELUDE,
                "run",
                input,
                1,
                Desk.START,
                limits,
                stop);
    }

    /** The result or the failure. */
    private Object attempt(ScriptHosts where, GuestRun run) {
        try {
            return where.run(run, desk);
        } catch (ScriptException e) {
            return e.failure();
        }
    }

    private Object attempt(GuestRun run) {
        return attempt(hosts, run);
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Starts runs that all wait for the desk. */
    private List<Future<Object>> waiting(ScriptHosts where, int count) {
        List<Future<Object>> runs = new ArrayList<>();
        int before = desk.calls().size();
        for (int i = 0; i < count; i++) {
            GuestRun run = run("w" + i, HOLD, Integer.toString(i), Duration.ofMinutes(1));
            runs.add(callers.submit(() -> attempt(where, run)));
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

    private static HostStatus only(ScriptHosts where) {
        until(() -> where.hosts().size() == 1 && where.hosts().getFirst().ready());
        return where.hosts().getFirst();
    }

    private void release(List<Future<Object>> runs) throws Exception {
        String count = Integer.toString(runs.size());
        assertThat(attempt(run("release", RELEASE, count, Duration.ofMinutes(1))))
                .isEqualTo("null");
        for (int i = 0; i < runs.size(); i++) {
            assertThat(runs.get(i).get()).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void a_killed_host_is_replaced_and_its_runs_can_start_again() throws Exception {
        HostStatus host = only(hosts);
        List<Future<Object>> runs = waiting(hosts, 20);
        assertThat(only(hosts).runs()).isEqualTo(20);
        ProcessHandle.of(host.pid()).orElseThrow().destroyForcibly();
        for (Future<Object> run : runs) {
            assertThat(run.get()).isInstanceOf(HostLost.class);
        }
        quickRunWorks();
        assertThat(only(hosts).pid()).isNotEqualTo(host.pid());
        // None was at work, so none is suspected: all share the new host.
        List<Future<Object>> again = waiting(hosts, 20);
        assertThat(only(hosts).runs()).isEqualTo(20);
        release(again);
    }

    @Test
    void a_memory_bomb_is_tried_again_alone_and_then_known_for_what_it_is() throws Exception {
        only(hosts);
        List<Future<Object>> beside = waiting(hosts, 5);
        var bomb =
                ScriptBundle.of(
                        "main.mjs",
                        "export const run = host => { const all = []; for (let i = 0; ; i++) {"
                                + " all.push('x'.repeat(100_000) + i); host.call('echo', all.at(-1).length); } };");
        assertThat(attempt(run("bomb", bomb, "null", Duration.ofMinutes(2))))
                .isInstanceOf(HostLost.class);
        for (Future<Object> run : beside) {
            assertThat(run.get()).isInstanceOf(HostLost.class);
        }
        List<Future<Object>> again = waiting(hosts, 5);
        Object end = attempt(run("bomb", bomb, "null", Duration.ofMinutes(2)));
        assertThat(end).isInstanceOf(LimitExceeded.class);
        assertThat(((LimitExceeded) end).limit()).isEqualTo(Limit.MEMORY);
        // It died by itself this time.
        assertThat(again).noneMatch(Future::isDone);
        release(again);
    }

    @Test
    void a_run_that_was_told_to_stop_and_cannot_ends_all_the_same() throws Exception {
        var stop = new Cancellation();
        ScriptBundle deaf =
                ScriptBundle.of(
                        "main.mjs",
                        "export const run = host => { host.tell('begun'); return " + SEARCH);
        long pid = only(hosts).pid();
        GuestRun run = run("deaf", deaf, "null", Duration.ofMinutes(4), stop);
        Future<Object> end = callers.submit(() -> attempt(run));
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
        HostStatus host = only(hosts);
        List<Future<Object>> runs = waiting(hosts, 2);
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
        GuestRun run = run("talker", talker, "null", Duration.ofMinutes(1));
        Future<Object> said = callers.submit(() -> attempt(run));
        quickRunWorks();
        assertThat(said.get()).isEqualTo("\"said\"");
        assertThat(desk.calls()).hasSize(3000);
    }

    @Test
    void closing_ends_runs_and_processes() throws Exception {
        ScriptHosts own = open(Times.defaults());
        List<Future<Object>> runs = waiting(own, 3);
        ProcessHandle process = ProcessHandle.of(only(own).pid()).orElseThrow();
        own.close();
        for (Future<Object> run : runs) {
            assertThat(run.get()).isInstanceOf(Stopped.class);
        }
        until(() -> !process.isAlive());
        assertThatIllegalStateException()
                .isThrownBy(() -> own.run(run("x", QUICK, "1", Duration.ofMinutes(1)), desk));
    }

    @Test
    void when_the_gateway_is_killed_its_hosts_end() throws Exception {
        Process gateway =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx128m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KilledGateway.class.getName())
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
