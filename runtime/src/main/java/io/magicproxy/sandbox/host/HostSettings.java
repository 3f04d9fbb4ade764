package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.Language;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How script hosts are started and watched.
 *
 * @param warm languages whose hosts start at once; others start with their first script
 * @param hosts for each language that is used
 * @param maxHosts for each language, when more runs are open than those hold, and for runs that
 *     must be alone
 * @param heapMebibytes of each host
 * @param cache folder where the Python engine unpacks its library, 25 MB, once
 * @param aotCache made with {@code -XX:AOTCacheOutput}; without it a start takes longer
 * @param times how long to wait for what
 */
public record HostSettings(
        Set<Language> warm,
        int hosts,
        int maxHosts,
        int heapMebibytes,
        Path cache,
        Optional<Path> aotCache,
        Times times) {
    private static final int HEAP = 384;

    public HostSettings {
        warm = Set.copyOf(warm);
        if (hosts < 1 || maxHosts < hosts) {
            throw new IllegalArgumentException(
                    "hosts must be at least 1, and max_hosts at least hosts");
        }
    }

    public static HostSettings defaults(Path cache) {
        return new HostSettings(
                Set.of(Language.values()), 1, 4, HEAP, cache, Optional.empty(), Times.defaults());
    }

    /**
     * How long to wait for what.
     *
     * @param start of a host until its first sign of life; it may take ten times as long until it
     *     is ready, as long as it goes on giving them
     * @param heartbeat between two signs of life
     * @param silence after which a host counts as hung
     * @param grace for a run that is over a limit of time to end by itself
     * @param stop for a run that was told to stop
     * @param idle after which a host beyond {@code hosts} is closed
     */
    public record Times(
            Duration start,
            Duration heartbeat,
            Duration silence,
            Duration grace,
            Duration stop,
            Duration idle) {
        public static Times defaults() {
            return new Times(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30));
        }
    }
}
