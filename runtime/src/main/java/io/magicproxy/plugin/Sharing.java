package io.magicproxy.plugin;

import java.util.List;
import java.util.Optional;

/** Tells other gateways what is changed by hand at this one. */
@FunctionalInterface
public interface Sharing {
    /**
     * A file of a change.
     *
     * @param replaced {@link WholeFile#version} of what it held; absent for a new file
     * @param text absent: it is deleted
     */
    record Change(String path, Optional<String> replaced, Optional<String> text) {}

    /**
     * Is asked when a change has passed all checks and could be written, under the folder's lock,
     * just before it is.
     *
     * @return why it must not be: another gateway was quicker
     */
    Optional<String> refusal(List<Change> changes);

    /** There are no others. */
    static Sharing none() {
        return _ -> Optional.empty();
    }
}
