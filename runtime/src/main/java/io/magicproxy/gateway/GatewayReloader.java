package io.magicproxy.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches the configuration and the key files. Polls: what editors, bind mounts and config-map
 * links do can't be told from one another by a file system's events.
 */
public final class GatewayReloader implements AutoCloseable {
    private static final Logger LOG = System.getLogger(GatewayReloader.class.getName());
    private static final Duration CALM = Duration.ofMillis(200);
    private static final Duration CHANGING = Duration.ofMillis(40);

    private final Gateway gateway;
    private final Thread watcher;
    private volatile boolean closed;

    /** Starts watching. */
    public GatewayReloader(Gateway gateway) {
        this.gateway = gateway;
        this.watcher = Thread.ofPlatform().daemon().name("config-watcher").start(this::watch);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watcher);
    }

    private void watch() {
        Map<Path, String> applied = look();
        Map<Path, String> before = applied;
        while (!closed) {
            LockSupport.parkNanos(this, (before.equals(applied) ? CALM : CHANGING).toNanos());
            Map<Path, String> now = look();
            // Two looks alike: nobody is in the middle of writing.
            if (!now.equals(applied) && now.equals(before)) {
                applied = now;
                reload();
            }
            before = now;
        }
    }

    private void reload() {
        try {
            gateway.reload();
        } catch (RuntimeException e) {
            LOG.log(
                    Level.ERROR,
                    "the configuration could not be taken, the earlier one serves on",
                    e);
        }
    }

    /** Time, size and identity of each file: links are followed. */
    private Map<Path, String> look() {
        Map<Path, String> seen = new TreeMap<>();
        see(gateway.paths().config(), seen);
        Path keys = Gateway.keysDir(gateway.paths(), gateway.current().config());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(keys, "keys_pool_*.env")) {
            files.forEach(file -> see(file, seen));
        } catch (IOException | UncheckedIOException e) {
            // No such folder, so no keys in it.
        }
        return seen;
    }

    private static void see(Path file, Map<Path, String> into) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            into.put(file, a.lastModifiedTime() + " " + a.size() + " " + a.fileKey());
        } catch (IOException e) {
            into.put(file, "absent");
        }
    }
}
