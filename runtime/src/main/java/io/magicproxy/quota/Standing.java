package io.magicproxy.quota;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a key, with its team, is from its limits of the minute: of several the nearest.
 *
 * @param limited whether there is any limit at all
 */
public record Standing(boolean limited, Optional<Room> requests, Optional<Room> tokens) {
    /** No limit to speak of. */
    public static final Standing FREE = new Standing(false, Optional.empty(), Optional.empty());

    /**
     * Room below a limit.
     *
     * @param reset when something of what was counted is given back; zero if nothing was
     */
    public record Room(long limit, long remaining, Duration reset) {}
}
