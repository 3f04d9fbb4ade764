package io.magicproxy.cache;

import java.util.Set;

/**
 * On what terms one request uses the cache.
 *
 * @param team whose answers it may get, and who gets its; empty where there are no teams
 */
public record CacheTerms(String team, Set<Directive> directives) {
    private static final CacheTerms USUAL = new CacheTerms("", Set.of());

    /** Of HTTP's {@code Cache-Control}. */
    public enum Directive {
        /** Asks a provider, whatever is remembered. */
        NO_CACHE,
        /** Leaves nothing behind. */
        NO_STORE
    }

    /** Of a caller who is nobody's and has asked for nothing. */
    public static CacheTerms usual() {
        return USUAL;
    }

    boolean reads() {
        return !directives.contains(Directive.NO_CACHE);
    }

    boolean stores() {
        return !directives.contains(Directive.NO_STORE);
    }
}
