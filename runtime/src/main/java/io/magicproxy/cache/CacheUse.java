package io.magicproxy.cache;

import java.util.Locale;

/** What the cache had to do with an answer. */
public enum CacheUse {
    /** No rule names the profile. */
    NONE,
    /** It was remembered, or came with the call of another request that was the same. */
    HIT,
    /** It was not. */
    MISS,
    /** The caller asked not to look, or not to remember. */
    BYPASS;

    /** The name in headers and metrics. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
