package io.magicproxy.server.http;

import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.routing.RoutingFailure;
import java.time.Duration;
import java.util.Optional;

/**
 * What a caller is told when no profile has answered: the status by which the SDKs choose their
 * exception.
 */
public final class RoutingErrors {
    private RoutingErrors() {}

    public static ApiError of(RoutingFailure failure) {
        return switch (failure) {
            case RoutingFailure.Refused(ProviderFailure refused, var _) -> of(refused);
            case RoutingFailure.Exhausted(ProviderFailure last, Optional<Duration> wait, var _) ->
                    wait.isPresent() && isRate(last) ? of(last).retryAfter(wait.get()) : of(last);
            case RoutingFailure.CoolingDown(Duration wait, var _) ->
                    ApiError.of(
                                    503,
                                    "api_error",
                                    "cooling_down",
                                    "every key and provider of this model rests after failures; ask again later")
                            .retryAfter(wait);
            case RoutingFailure.NoKey(String remedy, var _) ->
                    ApiError.of(
                            503, "api_error", "no_key", "this model has no usable key: " + remedy);
        };
    }

    /** A failure as the caller sees it, in an answer or as the last event of a stream. */
    public static ApiError of(ProviderFailure failure) {
        ApiError error =
                switch (failure.failureClass()) {
                    case RATE_LIMIT ->
                            ApiError.of(
                                    429,
                                    "rate_limit_error",
                                    "rate_limit_exceeded",
                                    failure.message());
                    case QUOTA ->
                            ApiError.of(
                                    429,
                                    "insufficient_quota",
                                    "insufficient_quota",
                                    failure.message());
                    // Not the caller's key: a 401 would send them looking in the wrong place.
                    case CREDENTIAL ->
                            ApiError.of(
                                    503,
                                    "api_error",
                                    "provider_key_refused",
                                    "the provider refused the gateway's key; GET /health shows which one");
                    case MODEL_ACCESS, MODEL_GONE ->
                            ApiError.of(
                                    404,
                                    "invalid_request_error",
                                    "model_not_found",
                                    failure.message());
                    case CONTEXT_WINDOW ->
                            ApiError.of(
                                    400,
                                    "invalid_request_error",
                                    "context_length_exceeded",
                                    failure.message());
                    case CONTENT_POLICY ->
                            ApiError.of(
                                    400,
                                    "invalid_request_error",
                                    "content_policy_violation",
                                    failure.message());
                    case CALLER_FAULT ->
                            ApiError.of(
                                    failure.status().filter(s -> s >= 400 && s < 500).orElse(400),
                                    "invalid_request_error",
                                    failure.code().orElse("invalid_request"),
                                    failure.message());
                    case TRANSIENT, UNKNOWN ->
                            ApiError.of(
                                    502,
                                    "api_error",
                                    "provider_" + failure.failureClass().wire(),
                                    failure.message());
                };
        ApiError placed = failure.param().map(error::param).orElse(error);
        return isRate(failure)
                ? failure.retryAfter().map(placed::retryAfter).orElse(placed)
                : placed;
    }

    private static boolean isRate(ProviderFailure failure) {
        return failure.failureClass() == FailureClass.RATE_LIMIT
                || failure.failureClass() == FailureClass.QUOTA;
    }
}
