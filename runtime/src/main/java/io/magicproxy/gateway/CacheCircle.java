package io.magicproxy.gateway;

import io.magicproxy.usage.Payer;

/** Who gets whose remembered answers. */
public final class CacheCircle {
    private CacheCircle() {}

    /** The payer's team, or a payer without one alone. */
    public static String of(Payer payer) {
        return payer.team().isEmpty() ? "key " + payer.key() : "team " + payer.team();
    }
}
