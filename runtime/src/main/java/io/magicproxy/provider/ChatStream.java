package io.magicproxy.provider;

import io.magicproxy.chat.Usage;
import java.util.List;
import java.util.Optional;

/**
 * An answer on its way, as server-sent events with OpenAI's chunks. Pulled by one thread; closing
 * it before its end cancels the upstream's work.
 */
public interface ChatStream extends AutoCloseable {
    /**
     * Waits for the next events; empty after the provider's own end mark. A stream that ends
     * without it, or holds an error, throws.
     */
    Optional<Frames> next() throws ProviderException;

    /** What was used, as far as the stream has told. */
    Optional<Usage> usage();

    /** About how many tokens have come, for a stream that breaks off before it tells. */
    long tokensSeen();

    /** The limits of the key that is used, as far as its provider tells. */
    default RateLimits limits() {
        return RateLimits.UNKNOWN;
    }

    /** What of the request had no effect. */
    List<String> notes();

    @Override
    void close();

    /**
     * Whole events as they go to the caller, {@code data: } and empty line included, without {@code
     * [DONE]}. The buffer is the stream's own and valid until the next call.
     *
     * @param output whether a part of the answer is among them, so that it can't be begun anew
     */
    record Frames(byte[] buffer, int offset, int length, boolean output) {}
}
