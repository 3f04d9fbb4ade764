package io.magicproxy.session;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Drops the content of runs a while after their end, when those who asked have read it. */
public final class ContentKeeper implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ContentKeeper.class.getName());
    private static final Duration OFTEN = Duration.ofSeconds(10);

    private final Journal journal;
    private final Duration grace;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("content-keeper").factory());

    /**
     * @param grace how long content stays after a run's end
     */
    public ContentKeeper(Journal journal, Duration grace) {
        this.journal = journal;
        this.grace = grace;
        Duration pace = grace.compareTo(OFTEN) < 0 ? grace : OFTEN;
        var _ =
                executor.scheduleWithFixedDelay(
                        this::drop, 0, pace.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void drop() {
        try {
            var _ = journal.forget(grace, new ContentDrop());
        } catch (StoreException | RuntimeException e) {
            LOG.log(Level.WARNING, "content of ended runs can''t be dropped: {0}", e.getMessage());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
