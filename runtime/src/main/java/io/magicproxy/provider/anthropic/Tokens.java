package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Usage;

/**
 * Anthropic's counts: what was read from the cache and written to it stands beside {@code
 * input_tokens}, not in it.
 */
record Tokens(
        long input,
        long cacheRead,
        long cacheWrite,
        long cacheWriteHour,
        long output,
        long thinking) {
    static final Tokens NONE = new Tokens(0, 0, 0, 0, 0, 0);

    /** Keeps sums of broken counts in range. */
    private static final long MOST = 1_000_000_000_000L;

    /** With a later report of the same answer; its counts are cumulative, and some are left out. */
    Tokens and(JsonNode usage) {
        return new Tokens(
                Math.max(input, count(usage.path("input_tokens"))),
                Math.max(cacheRead, count(usage.path("cache_read_input_tokens"))),
                Math.max(cacheWrite, count(usage.path("cache_creation_input_tokens"))),
                Math.max(
                        cacheWriteHour,
                        count(usage.path("cache_creation").path("ephemeral_1h_input_tokens"))),
                Math.max(output, count(usage.path("output_tokens"))),
                Math.max(
                        thinking,
                        count(usage.path("output_tokens_details").path("thinking_tokens"))));
    }

    Usage usage() {
        return new Usage(
                input + cacheRead + cacheWrite,
                output,
                cacheRead,
                cacheWrite,
                Math.min(cacheWriteHour, cacheWrite),
                thinking,
                false);
    }

    private static long count(JsonNode count) {
        return count.isIntegralNumber() && count.canConvertToLong()
                ? Math.clamp(count.longValue(), 0, MOST)
                : 0;
    }
}
