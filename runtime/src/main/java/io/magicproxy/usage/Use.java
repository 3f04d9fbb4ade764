package io.magicproxy.usage;

import io.magicproxy.chat.Usage;
import io.magicproxy.routing.Profile;
import java.util.Locale;

/**
 * One answered call of a model.
 *
 * @param alias as it was asked for
 * @param kind what was asked
 * @param profile who answered
 */
public record Use(Payer payer, String alias, Kind kind, Profile profile, Usage usage) {
    /** What was asked. */
    public enum Kind {
        CHAT,
        EMBEDDING,
        /** A call that an agent made. */
        AGENT;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
