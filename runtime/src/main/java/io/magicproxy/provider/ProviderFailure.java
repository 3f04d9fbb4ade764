package io.magicproxy.provider;

import java.time.Duration;
import java.util.Optional;

/**
 * An upstream's failure, classified.
 *
 * @param status the HTTP status it came with; absent when there was no answer, or when it came
 *     inside a stream
 * @param message the provider's words, or ours where it had none; never a key
 * @param code the provider's own code, such as {@code insufficient_quota}
 * @param param the request's field at fault
 * @param retryAfter how long the provider asks us to wait
 */
public record ProviderFailure(
        FailureClass failureClass,
        Optional<Integer> status,
        String message,
        Optional<String> code,
        Optional<String> param,
        Optional<Duration> retryAfter) {

    public static ProviderFailure of(FailureClass failureClass, String message) {
        return new ProviderFailure(
                failureClass,
                Optional.empty(),
                message,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public static ProviderFailure callerFault(String param, String message) {
        return new ProviderFailure(
                FailureClass.CALLER_FAULT,
                Optional.of(400),
                message,
                Optional.empty(),
                Optional.of(param),
                Optional.empty());
    }

    /** The same with other words. */
    public ProviderFailure withMessage(String words) {
        return new ProviderFailure(failureClass, status, words, code, param, retryAfter);
    }
}
