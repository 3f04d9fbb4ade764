package io.magicproxy.mcp;

import java.util.List;
import java.util.function.Supplier;

/** A list that clients have seen, perhaps: says whether it looks different by now. */
final class Listing<T> {
    private final Supplier<List<T>> source;
    private List<T> shown;

    Listing(Supplier<List<T>> source) {
        this.source = source;
        this.shown = source.get();
    }

    List<T> now() {
        return source.get();
    }

    synchronized boolean changed() {
        List<T> now = source.get();
        boolean changed = !now.equals(shown);
        shown = now;
        return changed;
    }
}
