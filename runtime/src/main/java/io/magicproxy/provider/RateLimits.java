package io.magicproxy.provider;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a provider tells of the limits of the key that was used, in OpenAI's headers.
 *
 * @param headers as they came
 */
public record RateLimits(List<Header> headers) {
    public static final RateLimits UNKNOWN = new RateLimits(List.of());

    private static final List<HeaderName> NAMES =
            List.of(
                    HeaderNames.create("x-ratelimit-limit-requests"),
                    HeaderNames.create("x-ratelimit-limit-tokens"),
                    HeaderNames.create("x-ratelimit-remaining-requests"),
                    HeaderNames.create("x-ratelimit-remaining-tokens"),
                    HeaderNames.create("x-ratelimit-reset-requests"),
                    HeaderNames.create("x-ratelimit-reset-tokens"));

    private static final int MAX_CHARS = 64;

    public RateLimits {
        headers = List.copyOf(headers);
    }

    /** Those that an answer has. */
    public static RateLimits of(Function<HeaderName, Optional<String>> header) {
        List<Header> found = new ArrayList<>(NAMES.size());
        for (HeaderName name : NAMES) {
            header.apply(name)
                    .filter(RateLimits::isPlain)
                    .ifPresent(value -> found.add(HeaderValues.create(name, value)));
        }
        return found.isEmpty() ? UNKNOWN : new RateLimits(found);
    }

    private static boolean isPlain(String value) {
        return value.length() <= MAX_CHARS && value.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }
}
