package io.magicproxy.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.Counters;
import io.magicproxy.store.Counters.Admission;
import io.magicproxy.store.Counters.Change;
import io.magicproxy.store.Counters.Counter;
import io.magicproxy.store.Counters.Span;
import io.magicproxy.store.Counters.Want;
import io.magicproxy.store.CountersContract;
import io.magicproxy.store.embedded.DataFolder;
import io.magicproxy.store.embedded.EmbeddedCounters;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisCountersTest extends CountersContract {
    private static final Counter CALLS = new Counter("calls/a", Span.HELD);
    private static final Counter REQUESTS = new Counter("requests/a", Span.MINUTE);

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
    protected Counters open(InstantSource clock) throws Exception {
        redis.closeAll();
        return redis.opened(new RedisCounters(redis.link(), () -> Long.toString(clock.millis())));
    }

    @Test
    void two_processes_share_one_limit_by_the_server_s_clock() throws Exception {
        RedisCounters one = redis.opened(new RedisCounters(redis.link()));
        RedisCounters other = redis.opened(new RedisCounters(redis.link()));
        List<Callable<Boolean>> callers =
                Stream.generate(() -> List.of(one, other))
                        .limit(100)
                        .flatMap(List::stream)
                        .<Callable<Boolean>>map(counters -> () -> granted(counters, REQUESTS, 60))
                        .toList();
        int in = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> caller : threads.invokeAll(callers)) {
                in += caller.get() ? 1 : 0;
            }
        }
        assertThat(in).isEqualTo(60);
    }

    @Test
    void what_a_process_holds_is_given_back_when_it_has_gone() throws Exception {
        RedisCounters dies = new RedisCounters(redis.link());
        RedisCounters lives = redis.opened(new RedisCounters(redis.link()));
        assertThat(granted(dies, CALLS, 1)).isTrue();
        assertThat(granted(lives, CALLS, 1)).isFalse();

        dies.close();
        assertThat(granted(lives, CALLS, 1)).isTrue();
    }

    @Test
    void what_was_held_before_redis_was_away_takes_no_place_afterwards() throws Exception {
        RedisCounters counters = redis.opened(new RedisCounters(redis.link()));
        assertThat(granted(counters, CALLS, 1)).isTrue();
        assertThat(granted(counters, CALLS, 1)).isFalse();

        counters.beginAnew();
        assertThat(granted(counters, CALLS, 1)).isTrue();
        assertThat(granted(counters, CALLS, 1)).isFalse();
    }

    @Test
    void what_a_full_server_refused_to_count_is_told_to_it_later(@TempDir Path path)
            throws Exception {
        Counter spent = new Counter("spent/a", Span.DAY);
        try (DataFolder data = DataFolder.open(path);
                EmbeddedDatabase database = EmbeddedDatabase.open(data);
                EmbeddedCounters own = new EmbeddedCounters(database, InstantSource.system())) {
            RedisCounters remote = redis.opened(new RedisCounters(redis.link()));
            var counters = new FallbackCounters(remote, own);
            server.command("CONFIG", "SET", "maxmemory", "1");
            try {
                counters.adjust(Instant.now(), List.of(new Change(spent, 5)));
            } finally {
                server.command("CONFIG", "SET", "maxmemory", "0");
            }
            assertThat(remote.levels(List.of(spent)).getFirst().used()).isZero();
            counters.adjust(Instant.now(), List.of(new Change(spent, 2)));
            assertThat(remote.levels(List.of(spent)).getFirst().used()).isEqualTo(7);
        }
    }

    private static boolean granted(Counters counters, Counter counter, long limit)
            throws Exception {
        Want want = new Want(counter, 1, OptionalLong.of(limit));
        return counters.admit(List.of(want)) instanceof Admission.Granted;
    }
}
