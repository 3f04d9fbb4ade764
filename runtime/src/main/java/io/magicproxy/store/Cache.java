package io.magicproxy.store;

import java.time.Duration;
import java.util.Optional;

/**
 * Values that may be forgotten at any time, by key. Shared by all who use the same store; a value
 * that can't be had is a value that isn't there.
 */
public interface Cache {
    /** The value, if it is still kept. Not a copy: nobody may change it. */
    Optional<byte[]> get(String key);

    /** Keeps a value in place of an earlier one. Nobody may change it any more. */
    void put(String key, byte[] value, Duration keepFor);

    /**
     * How much may be kept, in bytes, from now on; what is used least goes first. A store whose
     * size is set elsewhere ignores it.
     */
    void limit(long bytes);
}
