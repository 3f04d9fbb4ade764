package io.magicproxy.usage;

/**
 * On whose account a call is made.
 *
 * @param key the name of a key, never the key itself; {@link #MASTER} for the administrator's
 * @param team the key's group; empty: none
 */
public record Payer(String key, String team) {
    /** The owner of what the administrator asks, and of everything while no key is needed. */
    public static final String MASTER = "master";

    public static Payer master() {
        return new Payer(MASTER, "");
    }
}
