package io.magicproxy.quota;

import java.time.Duration;
import java.util.Optional;

/** Why a call isn't made. */
public sealed interface Refusal {
    /** For whoever asked. */
    String message();

    /**
     * A limit is reached.
     *
     * @param roomAfter after which it may go; empty: nobody knows, or it never may
     * @param standing for the headers
     */
    record Over(Limit limit, String message, Optional<Duration> roomAfter, Standing standing)
            implements Refusal {}

    /** The key is no longer good. */
    record Ended(String message) implements Refusal {}

    /** The alias is none of the key's. */
    record Forbidden(String message) implements Refusal {}
}
