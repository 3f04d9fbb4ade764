package io.magicproxy.plugin;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the folders again and again. Polls: that works on every file system, also on links that
 * are swapped and on folders mounted into a container.
 */
public final class FolderWatcher implements AutoCloseable {
    private static final Logger LOG = System.getLogger(FolderWatcher.class.getName());
    private static final Duration CALM = Duration.ofMillis(150);
    private static final Duration CHANGING = Duration.ofMillis(20);
    private static final Duration LAST_LOOK = Duration.ofSeconds(10);

    private final List<WatchedFolder> folders;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    public FolderWatcher(List<? extends WatchedFolder> folders) {
        this.folders = List.copyOf(folders);
        this.thread = Thread.ofVirtual().name("folders").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** A look under way ends first: what it loads with may be closed next. */
    @Override
    public void close() {
        closed.countDown();
        if (!thread.isAlive()) {
            return;
        }
        try {
            thread.join(LAST_LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean changing = false;
        try {
            while (!closed.await((changing ? CHANGING : CALM).toMillis(), TimeUnit.MILLISECONDS)) {
                changing = look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean look() {
        boolean changing = false;
        for (WatchedFolder folder : folders) {
            try {
                changing |= folder.look();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "a look at " + folder.folder() + " failed", e);
            }
        }
        return changing;
    }
}
