package io.magicproxy.sandbox;

import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.sandbox.host.TestHosts;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A process with a host in which a guest spins; prints the host's pid and goes on until it is
 * killed.
 */
final class KilledGateway {
    private KilledGateway() {}

    public static void main(String[] arguments) throws ScriptException {
        HostSettings settings = TestHosts.settings(Set.of(), 1, 128, HostSettings.Times.defaults());
        try (var hosts = TestHosts.start(settings)) {
            hosts.run(spin(), new Printer(hosts));
        }
    }

    private static GuestRun spin() {
        return new GuestRun(
                "spin",
                ScriptBundle.of(
                        "main.mjs",
                        "export const run = host => { host.tell('begun');"
                                + " return Array.prototype.indexOf.call({length: 2**53 - 1}, 1); };"),
                ScriptRuntimeScene.PRELUDE,
                "run",
                "null",
                1,
                Desk.START,
                new SandboxLimits(
                        Duration.ofHours(1), Duration.ofHours(1), Long.MAX_VALUE, 1 << 20, 400),
                new Cancellation());
    }

    private record Printer(ScriptHosts hosts) implements HostCalls {
        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {}

        @SuppressWarnings("SystemOut") // Read by the test that started this process.
        @Override
        public void tell(HostCall call) {
            System.out.println(hosts.hosts().getFirst().pid());
        }
    }
}
