package io.magicproxy.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.session.Drafts;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.testing.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded journal when its process is killed, and under load. */
class EmbeddedJournalDrillTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir private Path path;
    private final Opening opening = new Opening();

    @AfterEach
    void close() throws Exception {
        opening.close();
    }

    @Test
    void a_gateway_killed_while_it_appends_loses_nothing_acknowledged_and_leaves_no_gap()
            throws Exception {
        List<String> said = new ArrayList<>();
        for (int round = 1; round <= 3; round++) {
            said.addAll(writtenAndKilled(round, 150 * round));
            var journal = new EmbeddedJournal(opening.anew(path), InstantSource.system());
            List<EventRecord> events = journal.events("s1", 0, 1_000_000);
            assertThat(events.stream().map(EventRecord::seq).toList())
                    .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
            assertThat(events.stream().map(e -> e.seq() + " " + e.key()).toList())
                    .containsAll(said);
            assertThat(journal.entries("r1").stream().map(EntryRecord::path).toList())
                    .isEqualTo(events.stream().map(EventRecord::key).toList());
            assertThat(journal.session("s1").orElseThrow().lastSeq()).isEqualTo(events.size());
            opening.close();
        }
    }

    /** What it said that it had written. */
    private List<String> writtenAndKilled(int round, int atLeast) {
        try (ChildJvm gateway =
                ChildJvm.start(
                        KeepsAppending.class, path, Map.of(), path.toString(), "w" + round)) {
            gateway.awaitOut(atLeast, LONG);
            gateway.kill();
            List<String> lines = gateway.out();
            assertThat(gateway.err()).isEmpty();
            // The last line may be half of one.
            return lines.subList(0, lines.size() - 1);
        }
    }

    @Test
    @Tag("drill")
    void sixty_four_sessions_append() throws Exception {
        var journal = new EmbeddedJournal(opening.anew(path), InstantSource.system());
        int writers = 64;
        for (int round = 1; round <= 4; round++) {
            List<Callable<List<Long>>> all = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                String runId = "r" + round + "." + w;
                journal.open(Drafts.run(runId, "session of " + runId));
                long epoch = journal.claim(runId, "worker").orElseThrow();
                all.add(() -> appended(journal, runId, epoch, 1_000));
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
            assertThat(times).hasSize(64_000);
            System.out.printf(
                    "%d sessions: %.0f appends/s, p50 %.2f ms, p99 %.2f ms, %.0f us of CPU each%n",
                    writers,
                    times.size() / seconds,
                    times.get(times.size() / 2) / 1e6,
                    times.get(times.size() * 99 / 100) / 1e6,
                    cpu().minus(cpu).toNanos() / 1e3 / times.size());
        }
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static List<Long> appended(
            EmbeddedJournal journal, String runId, long epoch, int events) throws Exception {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            long start = System.nanoTime();
            journal.append(runId, epoch, Drafts.events("key" + i));
            times.add(System.nanoTime() - start);
        }
        return times;
    }
}
