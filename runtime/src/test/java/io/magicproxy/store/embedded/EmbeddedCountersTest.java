package io.magicproxy.store.embedded;

import io.magicproxy.store.Counters;
import io.magicproxy.store.CountersContract;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedCountersTest extends CountersContract {
    @TempDir private Path path;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @Override
    protected Counters open(InstantSource clock) throws Exception {
        close();
        DataFolder folder = DataFolder.open(path);
        open.push(folder);
        EmbeddedDatabase database = EmbeddedDatabase.open(folder);
        open.push(database);
        EmbeddedCounters counters = new EmbeddedCounters(database, clock);
        open.push(counters);
        return counters;
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
