package io.magicproxy.server.boot;

import io.magicproxy.store.BackendConfig;
import io.magicproxy.store.QueueConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to start a process: what the command line has in place of the configuration.
 *
 * @param slots in place of the configuration's
 * @param port 0: any free one
 */
public record NodeOptions(
        Path config, Folders folders, Role role, Optional<Integer> slots, String host, int port) {
    /** A gateway with the configuration's slots. */
    public NodeOptions(Path config, Folders folders, String host, int port) {
        this(config, folders, Role.GATEWAY, Optional.empty(), host, port);
    }

    /** What a process is there for. */
    public enum Role {
        /** Answers requests, and works at runs if it has slots. */
        GATEWAY,
        /** Works at runs that gateways have queued. */
        WORKER
    }

    /** Folders in place of the configuration's. */
    public record Folders(
            Optional<Path> keys,
            Optional<Path> data,
            Optional<Path> patterns,
            Optional<Path> tools) {
        public static Folders asConfigured() {
            return new Folders(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /** Somebody must work at the runs that this process begins, or is there for. */
    void check(QueueConfig queue) throws StartFailedException {
        boolean alone = queue.kind() == QueueConfig.Kind.EMBEDDED;
        if (alone && role == Role.WORKER) {
            throw new StartFailedException(
                    "a worker takes runs from Kafka, and backend_settings.queue isn't kafka;"
                            + " without it the gateway works at its own runs: start that alone");
        }
        int count = slots(queue);
        if (count < 0) {
            throw new StartFailedException("--slots must be at least 0, not " + count);
        }
        if (count == 0 && (alone || role == Role.WORKER)) {
            throw new StartFailedException(
                    (role == Role.WORKER ? "this worker" : "this gateway")
                            + " would have no slots, and nobody to work at its runs;"
                            + " give it some with --slots or backend_settings.queue.slots");
        }
    }

    int slots(QueueConfig queue) {
        return slots.orElse(queue.slots());
    }

    /** A folder is one process's own, and a gateway may be beside a worker. */
    Path dataDir(BackendConfig backend) {
        return folders.data()
                .orElseGet(() -> {
                    Path configured = config.toAbsolutePath().resolveSibling(backend.dataDir());
                    return role == Role.WORKER ? configured.resolve("worker") : configured;
                });
    }
}
