package io.magicproxy.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.Prelude;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptFailure.Denied;
import io.magicproxy.sandbox.ScriptFailure.HostLost;
import io.magicproxy.upstream.Cancellation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class LyingHostTest {
    @TempDir static Path cache;

    private final CountDownLatch slow = new CountDownLatch(1);

    private ScriptHosts hosts(HostCommand command) {
        return hosts(command, times(Duration.ofSeconds(30), Duration.ofSeconds(30)));
    }

    private static ScriptHosts hosts(HostCommand command, HostSettings.Times times) {
        return new ScriptHosts(
                new HostSettings(Set.of(), 1, 2, 64, cache, Optional.empty(), times),
                language -> command);
    }

    private static HostSettings.Times times(Duration start, Duration silence) {
        var usual = HostSettings.Times.defaults();
        return new HostSettings.Times(
                start, usual.heartbeat(), silence, usual.grace(), usual.stop(), usual.idle());
    }

    /** Answers nothing but with much, and takes its time with what it is told. */
    private final class Deaf implements HostCalls {
        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            if (call.op().equals("large")) {
                reply.accept(new HostReply.Answer("1".repeat(1 << 20), Instant.EPOCH));
            }
        }

        @Override
        public void tell(HostCall call) {
            try {
                slow.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static GuestRun run(Duration wall) {
        return run("r", "export const run = () => 1;", wall, new Cancellation());
    }

    private static GuestRun run(
            String id, String source, Duration wall, Cancellation cancellation) {
        return new GuestRun(
                id,
                ScriptBundle.of("main.mjs", source),
                new Prelude("p", "({})", ""),
                "run",
                "null",
                1,
                Instant.EPOCH,
                new SandboxLimits(Duration.ofSeconds(20), wall, 1000, 1 << 20, 100),
                cancellation);
    }

    private ScriptFailure failure(ScriptHosts hosts, GuestRun run) {
        try {
            throw new AssertionError("it ended with " + hosts.run(run, new Deaf()));
        } catch (ScriptException e) {
            return e.failure();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "call of another's run",
                "result of another's run",
                "two results",
                "call twice",
                "calls without end",
                "second hello",
                "unknown failure",
                "unknown type",
                "no json",
                "null fields",
                "huge",
                "negative",
            })
    void a_lie_costs_the_host_its_life_and_a_second_one_the_run_its_chance(String lie) {
        try (ScriptHosts hosts = hosts(FakeHost.command(lie))) {
            ScriptFailure first = failure(hosts, run(Duration.ofMinutes(1)));
            assertThat(first).isInstanceOf(HostLost.class);
            assertThat(first.message()).contains("broke the protocol");
            assertThat(failure(hosts, run(Duration.ofMinutes(1)))).isInstanceOf(Denied.class);
        }
    }

    @Test
    void a_script_that_has_cost_hosts_their_lives_is_tried_alone_from_the_start() {
        try (ScriptHosts hosts = hosts(FakeHost.command("no json"))) {
            assertThat(failure(hosts, run(Duration.ofMinutes(1)))).isInstanceOf(HostLost.class);
            assertThat(failure(hosts, run(Duration.ofMinutes(1)))).isInstanceOf(Denied.class);
            GuestRun sameScript =
                    run(
                            "another",
                            "export const run = () => 1;",
                            Duration.ofMinutes(1),
                            new Cancellation());
            assertThat(failure(hosts, sameScript)).isInstanceOf(Denied.class);
            GuestRun otherScript =
                    run(
                            "other",
                            "export const run = () => 2;",
                            Duration.ofMinutes(1),
                            new Cancellation());
            assertThat(failure(hosts, otherScript)).isInstanceOf(HostLost.class);
        }
    }

    @Test
    void a_result_that_is_no_json_is_an_error() {
        try (ScriptHosts hosts = hosts(FakeHost.command("no result"))) {
            ScriptFailure failure = failure(hosts, run(Duration.ofMinutes(1)));
            assertThat(failure).isInstanceOf(ScriptFailure.Thrown.class);
            assertThat(failure.message()).contains("not JSON");
        }
    }

    @Test
    void one_that_speaks_but_doesnt_listen_is_killed() {
        HostSettings.Times times = times(Duration.ofSeconds(30), Duration.ofSeconds(3));
        try (ScriptHosts hosts = hosts(FakeHost.command("deaf"), times)) {
            assertThat(failure(hosts, run(Duration.ofMinutes(1))).message())
                    .contains("no sign of life");
        }
    }

    @Test
    void one_that_takes_long_to_come_up_is_waited_for_as_long_as_it_gives_signs_of_life() {
        HostSettings.Times times = times(Duration.ofMillis(1500), Duration.ofSeconds(1));
        try (ScriptHosts hosts = hosts(FakeHost.command("never ready"), times)) {
            GuestRun run =
                    run(
                            "patient",
                            "export const run = () => 1;",
                            Duration.ofMinutes(1),
                            new Cancellation(Duration.ofMillis(2500)));
            assertThat(failure(hosts, run)).isInstanceOf(ScriptFailure.Stopped.class);
            assertThat(hosts.hosts()).isNotEmpty();
        }
    }

    @Test
    void a_host_that_says_more_than_it_may_is_killed_before_that_fills_this_process() {
        try (ScriptHosts hosts = hosts(FakeHost.command("flood"))) {
            Thread.ofVirtual()
                    .start(() -> {
                        while (hosts.hosts().stream().noneMatch(it -> it.runs() == 1)) {
                            Thread.onSpinWait();
                        }
                        while (hosts.hosts().stream().anyMatch(it -> it.runs() == 1)) {
                            Thread.onSpinWait();
                        }
                        slow.countDown();
                    });
            assertThat(failure(hosts, run(Duration.ofMinutes(1))).message())
                    .contains("broke the protocol");
        }
    }

    @Test
    void one_that_doesnt_know_the_token_gets_no_run() {
        try (ScriptHosts hosts = hosts(FakeHost.command("token"))) {
            ScriptFailure failure = failure(hosts, run(Duration.ofMinutes(1)));
            assertThat(failure).isInstanceOf(HostLost.class);
            assertThat(failure.message()).contains("isn't the host that was started");
        }
    }

    @Test
    void one_that_says_nothing_is_killed() {
        HostSettings.Times times = times(Duration.ofSeconds(30), Duration.ofSeconds(1));
        try (ScriptHosts hosts = hosts(FakeHost.command("silence"), times)) {
            assertThat(failure(hosts, run(Duration.ofMinutes(1))).message())
                    .contains("no sign of life");
        }
    }

    @Test
    void a_process_that_doesnt_start_is_said_so_with_its_last_words() {
        HostCommand broken =
                work -> List.of(System.getProperty("java.home") + "/bin/java", "-Xno_such_option");
        try (ScriptHosts hosts = hosts(broken)) {
            ScriptFailure failure = failure(hosts, run(Duration.ofMinutes(1)));
            assertThat(failure).isInstanceOf(HostLost.class);
            assertThat(failure.message())
                    .contains("did not start", "exit code 1", "no_such_option");
        }
        HostCommand missing = work -> List.of("/no/such/java");
        try (ScriptHosts hosts = hosts(missing)) {
            assertThat(failure(hosts, run(Duration.ofMinutes(1))).message())
                    .contains("did not start", "/no/such/java");
        }
    }
}
