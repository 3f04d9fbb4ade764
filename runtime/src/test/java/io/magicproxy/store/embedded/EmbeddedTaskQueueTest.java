package io.magicproxy.store.embedded;

import io.magicproxy.store.session.TaskQueue;
import io.magicproxy.store.session.TaskQueueContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedTaskQueueTest extends TaskQueueContract {
    @TempDir private Path path;
    private final Opening opening = new Opening();

    @Override
    protected TaskQueue open(InstantSource clock, Duration lease, int capacity) throws Exception {
        return new EmbeddedTaskQueue(opening.anew(path), clock, lease, capacity);
    }

    @AfterEach
    void close() throws Exception {
        opening.close();
    }
}
