package io.magicproxy.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.ManyWriters;
import io.magicproxy.testing.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        for (int round = 1; round <= 4; round++) {
            assertThat(ManyWriters.append(journal, "r" + round)).isEqualTo(64_000);
        }
    }
}
