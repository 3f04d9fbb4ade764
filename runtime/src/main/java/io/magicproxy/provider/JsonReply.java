package io.magicproxy.provider;

import io.magicproxy.chat.Usage;
import java.util.List;
import java.util.Optional;

/**
 * A whole answer in OpenAI's format, as bytes.
 *
 * @param notes what of the request had no effect, for the caller to know
 * @param limits of the key that was used
 */
public record JsonReply(byte[] body, Optional<Usage> usage, List<String> notes, RateLimits limits) {
    public JsonReply(byte[] body, Optional<Usage> usage, List<String> notes) {
        this(body, usage, notes, RateLimits.UNKNOWN);
    }
}
