package io.magicproxy.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Tokens that a call used.
 *
 * @param prompt all tokens read, those below included
 * @param completion all tokens written, reasoning included
 * @param cacheRead of {@code prompt}: read from the provider's cache
 * @param cacheWrite of {@code prompt}: written to the provider's cache (Anthropic bills them apart)
 * @param cacheWriteHour of {@code cacheWrite}: to be kept for an hour (billed higher)
 * @param reasoning of {@code completion}: thoughts
 * @param estimated at least a part was not told by a provider, but guessed from the text
 */
public record Usage(
        long prompt,
        long completion,
        long cacheRead,
        long cacheWrite,
        long cacheWriteHour,
        long reasoning,
        boolean estimated) {

    /** As a provider told it. */
    public Usage(long prompt, long completion, long cacheRead, long cacheWrite, long reasoning) {
        this(prompt, completion, cacheRead, cacheWrite, 0, reasoning, false);
    }

    /** For an answer whose provider told nothing. */
    public static Usage guessed(long prompt, long completion) {
        return new Usage(prompt, completion, 0, 0, 0, 0, true);
    }

    public Usage plus(Usage more) {
        return new Usage(
                prompt + more.prompt,
                completion + more.completion,
                cacheRead + more.cacheRead,
                cacheWrite + more.cacheWrite,
                cacheWriteHour + more.cacheWriteHour,
                reasoning + more.reasoning,
                estimated || more.estimated);
    }

    /** Reads OpenAI's {@code usage} object, and what its dialects add; a missing count is 0. */
    public static Usage fromWire(JsonNode usage) {
        JsonNode in = usage.path("prompt_tokens_details");
        JsonNode out = usage.path("completion_tokens_details");
        long cached = in.path("cached_tokens").asLong(0);
        if (cached == 0) {
            cached = usage.path("prompt_cache_hit_tokens").asLong(0); // DeepSeek
        }
        return new Usage(
                usage.path("prompt_tokens").asLong(0),
                usage.path("completion_tokens").asLong(0),
                cached,
                in.path("cache_creation_tokens").asLong(0),
                in.path("cache_creation_hour_tokens").asLong(0),
                out.path("reasoning_tokens").asLong(0),
                usage.path("estimated").asBoolean(false));
    }

    public long total() {
        return prompt + completion;
    }

    public ObjectNode toWire() {
        ObjectNode wire = Json.object();
        wire.put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", total());
        ObjectNode in = wire.putObject("prompt_tokens_details").put("cached_tokens", cacheRead);
        if (cacheWrite > 0) {
            in.put("cache_creation_tokens", cacheWrite);
        }
        if (cacheWriteHour > 0) {
            in.put("cache_creation_hour_tokens", cacheWriteHour);
        }
        wire.putObject("completion_tokens_details").put("reasoning_tokens", reasoning);
        if (estimated) {
            wire.put("estimated", true);
        }
        return wire;
    }
}
