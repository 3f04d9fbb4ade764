package io.magicproxy.store.embedded;

import io.magicproxy.store.AuditLog;
import io.magicproxy.store.AuditLogContract;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedAuditLogTest extends AuditLogContract {
    @TempDir private Path path;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @Override
    protected AuditLog open(InstantSource clock) throws Exception {
        close();
        DataFolder folder = DataFolder.open(path);
        open.push(folder);
        EmbeddedDatabase database = EmbeddedDatabase.open(folder);
        open.push(database);
        return new EmbeddedAuditLog(database, RETENTION, clock);
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
