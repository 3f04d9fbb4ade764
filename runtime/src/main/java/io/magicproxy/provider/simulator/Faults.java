package io.magicproxy.provider.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.RetryAfter;
import java.time.Duration;
import java.util.Optional;

/**
 * What goes wrong on purpose: the {@code faults} of a profile's {@code model_params}.
 *
 * @param failure 401, 402, 429, 500, 503, 529, {@code reset}, {@code hang}, {@code context_window}
 *     or {@code content_policy}
 * @param every only each so many calls fail
 * @param cutAfterTokens a stream breaks there
 */
record Faults(
        Optional<String> failure,
        int every,
        Optional<Integer> cutAfterTokens,
        Duration firstTokenDelay,
        int tokensPerSecond,
        Optional<Duration> retryAfter) {
    private static final int PACE = 60;

    static Faults of(JsonNode params) {
        JsonNode faults = params.path("faults");
        return new Faults(
                Optional.of(faults.path("failure").asText("")).filter(f -> !f.isEmpty()),
                Math.max(1, faults.path("every").asInt(1)),
                Optional.of(faults.path("cut_after_tokens").asInt(0)).filter(n -> n > 0),
                RetryAfter.units(faults.path("first_token_delay").asText("")).orElse(Duration.ZERO),
                Math.max(1, faults.path("tokens_per_second").asInt(PACE)),
                Optional.of(faults.path("retry_after").asInt(0))
                        .filter(s -> s > 0)
                        .map(Duration::ofSeconds));
    }

    boolean hang() {
        return failure.filter("hang"::equals).isPresent();
    }

    /** The failure of that call, counted from 1. */
    Optional<ProviderFailure> failureOf(long call) {
        return failure.filter(f -> !f.equals("hang") && call % every == 0).map(this::named);
    }

    private ProviderFailure named(String name) {
        return switch (name) {
            case "401" -> status(FailureClass.CREDENTIAL, 401, "the key is not valid");
            case "402" -> status(FailureClass.QUOTA, 402, "the credit is used up");
            case "429" -> status(FailureClass.RATE_LIMIT, 429, "too many requests");
            case "500", "503", "529" ->
                    status(
                            FailureClass.TRANSIENT,
                            Integer.parseInt(name),
                            "the provider is in trouble");
            case "reset" ->
                    ProviderFailure.of(
                            FailureClass.TRANSIENT, "the connection was reset (simulated)");
            case "context_window" ->
                    status(FailureClass.CONTEXT_WINDOW, 400, "the request is too long");
            case "content_policy" ->
                    status(
                            FailureClass.CONTENT_POLICY,
                            400,
                            "the request was refused by the filter");
            default ->
                    ProviderFailure.of(
                            FailureClass.UNKNOWN,
                            "the simulator knows no failure \"" + name + "\"");
        };
    }

    private ProviderFailure status(FailureClass failureClass, int status, String message) {
        return new ProviderFailure(
                failureClass,
                Optional.of(status),
                message + " (simulated)",
                Optional.empty(),
                Optional.empty(),
                retryAfter);
    }
}
