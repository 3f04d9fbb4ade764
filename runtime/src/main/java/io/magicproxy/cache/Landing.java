package io.magicproxy.cache;

/** What came of a call that others wait for. */
sealed interface Landing {
    /** An answer for all. */
    record Landed(StoredAnswer answer) implements Landing {}

    /** Nothing that could be shared; each one must ask by itself. */
    record Lost() implements Landing {}

    /** Its own caller has gone, which says nothing of the call: another one shall make it. */
    record Left() implements Landing {}
}
