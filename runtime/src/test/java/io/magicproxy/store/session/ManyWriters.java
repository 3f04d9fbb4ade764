package io.magicproxy.store.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sessions that append side by side, each as fast as it can. */
public final class ManyWriters {
    private static final int SESSIONS = 64;
    private static final int EACH = 1_000;

    private ManyWriters() {}

    /** Returns how many events were written, and prints how long they took. */
    public static int append(Journal journal, String name) throws Exception {
        List<Callable<List<Long>>> all = new ArrayList<>();
        for (int w = 0; w < SESSIONS; w++) {
            String runId = name + "." + w;
            journal.open(Drafts.run(runId, "session of " + runId));
            long epoch = journal.claim(runId, "worker").orElseThrow();
            all.add(() -> appended(journal, runId, epoch));
        }
        Duration cpu = cpu();
        long start = System.nanoTime();
        List<Long> times = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Long>> done : threads.invokeAll(all)) {
                times.addAll(done.get());
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        times.sort(Long::compare);
        System.out.printf(
                "%d sessions: %.0f appends/s, p50 %.2f ms, p99 %.2f ms, %.0f us of CPU each%n",
                SESSIONS,
                times.size() / seconds,
                times.get(times.size() / 2) / 1e6,
                times.get(times.size() * 99 / 100) / 1e6,
                cpu().minus(cpu).toNanos() / 1e3 / times.size());
        return times.size();
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static List<Long> appended(Journal journal, String runId, long epoch) throws Exception {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            long start = System.nanoTime();
            journal.append(runId, epoch, Drafts.events("key" + i));
            times.add(System.nanoTime() - start);
        }
        return times;
    }
}
