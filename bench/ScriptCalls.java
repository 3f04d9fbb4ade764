import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.Prelude;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.sandbox.host.HostFiles;
import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.HostStatus;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.upstream.Cancellation;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;

/**
 * What scripts cost in hosts, and in this process for comparison. Run it from the project's folder:
 * java -cp server/target/magic-proxy.jar bench/ScriptCalls.java
 */
public final class ScriptCalls {
    static final int CALLS = 5000;
    static final int ROUNDS = 7;
    static final int WARM_UP = 3;

    static final Prelude PRELUDE =
            new Prelude(
                    "bench",
                    "({ run: (host, module, input) => module.run(host, input) })",
                    "def run(host, module, input):\n    return module.run(host, input)\n");
    static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofMinutes(5), Duration.ofMinutes(5), Long.MAX_VALUE, 1 << 20, 2000);

    /** Scripts that make as many calls as their input says. */
    static final Map<String, ScriptBundle> CALLING = new LinkedHashMap<>();

    /** Scripts that do nothing. */
    static final Map<String, ScriptBundle> IDLE = new LinkedHashMap<>();

    static {
        CALLING.put(
                "call, JavaScript",
                ScriptBundle.of(
                        "main.mjs",
                        "export const run = (host, n) => { for (let i = 0; i < n; i++) host.call('echo', i); };"));
        CALLING.put(
                "call, JavaScript, async",
                ScriptBundle.of(
                        "main.mjs",
                        "export const run = async (host, n) => { for (let i = 0; i < n; i++) await host.start('echo', i); };"));
        CALLING.put(
                "call, Python",
                ScriptBundle.of(
                        "main.py", "def run(host, n):\n    for i in range(n): host.call('echo', i)"));
        CALLING.put(
                "call, Python, async",
                ScriptBundle.of(
                        "main.py",
                        "async def run(host, n):\n    for i in range(n): await host.start('echo', i)"));
        IDLE.put("run, JavaScript", ScriptBundle.of("main.mjs", "export const run = () => 1;"));
        IDLE.put("run, Python", ScriptBundle.of("main.py", "def run(host, n): return 1"));
        IDLE.put(
                "run, Python with json, re, datetime",
                ScriptBundle.of(
                        "main.py", "import json, re, datetime\ndef run(host, n): return 1"));
    }

    /** Answers at once, and notes when each call came. */
    static final class Answering implements HostCalls {
        final List<Long> times = new ArrayList<>();

        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            times.add(System.nanoTime());
            reply.accept(new HostReply.Answer(call.value(), Instant.EPOCH));
        }

        @Override
        public void tell(HostCall call) {}

        double[] gaps() {
            double[] gaps = new double[times.size() - 1];
            for (int i = 0; i < gaps.length; i++) {
                gaps[i] = (times.get(i + 1) - times.get(i)) / 1e3;
            }
            return gaps;
        }
    }

    static double[] calls(ScriptRuntime runtime, ScriptBundle script) throws Exception {
        var answering = new Answering();
        runtime.run(run(script, CALLS), answering);
        return answering.gaps();
    }

    static double[] runs(ScriptRuntime runtime, ScriptBundle script) throws Exception {
        double[] times = new double[script.language() == Language.PYTHON ? 20 : 200];
        for (int i = 0; i < times.length; i++) {
            long begin = System.nanoTime();
            runtime.run(run(script, 1), new Answering());
            times[i] = (System.nanoTime() - begin) / 1e3;
        }
        return times;
    }

    static GuestRun run(ScriptBundle script, int input) {
        return new GuestRun(
                "bench",
                script,
                PRELUDE,
                "run",
                Integer.toString(input),
                1,
                Instant.EPOCH,
                LIMITS,
                new Cancellation());
    }

    static double at(double[] times, double share) {
        double[] sorted = DoubleStream.of(times).sorted().toArray();
        return sorted[(int) (share * (sorted.length - 1))];
    }

    interface Measured {
        double[] times(ScriptRuntime runtime, ScriptBundle script) throws Exception;
    }

    /** Medians over the rounds, in which the two take turns. */
    static void row(String name, ScriptBundle script, Measured measured, List<ScriptRuntime> two)
            throws Exception {
        double[][] p50 = new double[2][ROUNDS];
        double[][] p99 = new double[2][ROUNDS];
        double[] ratio = new double[ROUNDS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (int i = 0; i < 2; i++) {
                double[] times = measured.times(two.get(i), script);
                if (round >= 0) {
                    p50[i][round] = at(times, 0.5);
                    p99[i][round] = at(times, 0.99);
                }
            }
            if (round >= 0) {
                ratio[round] = p50[0][round] / p50[1][round];
            }
        }
        System.out.printf(
                "| %s | %,.0f | %,.0f | %,.0f | %,.0f | %.1f | %.1f–%.1f |%n",
                name,
                at(p50[0], 0.5),
                at(p99[0], 0.5),
                at(p50[1], 0.5),
                at(p99[1], 0.5),
                at(ratio, 0.5),
                at(ratio, 0),
                at(ratio, 1));
    }

    static HostSettings settings(Set<Language> warm, boolean prepared) throws Exception {
        var plain =
                new HostSettings(
                        warm,
                        1,
                        1,
                        384,
                        Files.createTempDirectory("bench"),
                        java.util.Optional.empty(),
                        HostSettings.Times.defaults());
        return prepared ? HostFiles.installed().orElseThrow().in(plain) : plain;
    }

    static void starts(boolean prepared) throws Exception {
        for (Language language : Language.values()) {
            double[] millis = new double[3];
            double[] cpu = new double[3];
            for (int i = 0; i < millis.length; i++) {
                long begin = System.nanoTime();
                try (var hosts = new ScriptHosts(settings(Set.of(language), prepared))) {
                    while (hosts.hosts().stream().noneMatch(HostStatus::ready)) {
                        Thread.sleep(1);
                    }
                    millis[i] = (System.nanoTime() - begin) / 1e6;
                    cpu[i] = cpuMillis(hosts.hosts().getFirst().pid());
                }
            }
            System.out.printf(
                    "| %s, %s | %,.0f | %,.0f |%n",
                    language,
                    prepared ? "prepared files" : "without",
                    at(millis, 0.5),
                    at(cpu, 0.5));
        }
    }

    static double cpuMillis(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(it -> it.info().totalCpuDuration())
                .map(Duration::toMillis)
                .orElse(0L);
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("| a host's start | ready after (ms) | its CPU time (ms) |");
        System.out.println("|---|---:|---:|");
        starts(true);
        starts(false);
        System.out.println();
        System.out.println(
                "| µs | host p50 | host p99 | in process p50 | p99 | ratio | lowest–highest round |");
        System.out.println("|---|---:|---:|---:|---:|---:|---:|");
        try (var hosts = new ScriptHosts(settings(Set.of(Language.values()), true));
                var inProcess = new InProcessRuntime()) {
            List<ScriptRuntime> two = List.of(hosts, inProcess);
            for (var it : CALLING.entrySet()) {
                row(it.getKey(), it.getValue(), ScriptCalls::calls, two);
            }
            for (var it : IDLE.entrySet()) {
                row(it.getKey(), it.getValue(), ScriptCalls::runs, two);
            }
        }
    }
}
