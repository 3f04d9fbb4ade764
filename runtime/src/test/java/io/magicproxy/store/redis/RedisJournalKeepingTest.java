package io.magicproxy.store.redis;

import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.JournalKeepingContract;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class RedisJournalKeepingTest extends JournalKeepingContract {
    @TempDir private static Path folder;
    private static RealRedis server;

    private final Redis redis = new Redis(() -> server.url());

    @BeforeAll
    static void start() {
        server = RealRedis.start(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() throws Exception {
        redis.closeAll();
    }

    @Override
    protected Journal open(InstantSource clock) throws Exception {
        redis.closeAll();
        return redis.opened(new RedisJournal(redis.link(), clock));
    }
}
