package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** A test's one database, which may be closed and opened anew. */
final class Opening {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    EmbeddedDatabase anew(Path path) throws Exception {
        close();
        return opened(path);
    }

    private EmbeddedDatabase opened(Path path) throws StoreException {
        DataFolder folder = DataFolder.open(path);
        open.push(folder);
        EmbeddedDatabase database = EmbeddedDatabase.open(folder);
        open.push(database);
        return database;
    }

    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
