package io.magicproxy.provider.simulator;

import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A way in which a call ends without an answer. */
enum Failure {
    UNAUTHORIZED("401", FailureClass.CREDENTIAL, 401, "the key is not valid"),
    PAYMENT_REQUIRED("402", FailureClass.QUOTA, 402, "the credit is used up"),
    TOO_MANY_REQUESTS("429", FailureClass.RATE_LIMIT, 429, "too many requests"),
    SERVER_ERROR("500", FailureClass.TRANSIENT, 500, "the provider failed"),
    BAD_GATEWAY("502", FailureClass.TRANSIENT, 502, "the provider's gateway failed"),
    UNAVAILABLE("503", FailureClass.TRANSIENT, 503, "the provider is not available"),
    GATEWAY_TIMEOUT("504", FailureClass.TRANSIENT, 504, "the provider's gateway waited too long"),
    OVERLOADED("529", FailureClass.TRANSIENT, 529, "the provider is overloaded"),
    CONTEXT_WINDOW("context_window", FailureClass.CONTEXT_WINDOW, 400, "the request is too long"),
    CONTENT_POLICY(
            "content_policy", FailureClass.CONTENT_POLICY, 400, "the filter refused the request"),
    RESET("reset", FailureClass.TRANSIENT, 0, "the connection was reset"),
    /** No answer until the caller's time-out. */
    HANG("hang", FailureClass.TRANSIENT, 0, "no answer in time");

    private final String wire;
    private final FailureClass failureClass;
    private final int status;
    private final String words;

    Failure(String wire, FailureClass failureClass, int status, String words) {
        this.wire = wire;
        this.failureClass = failureClass;
        this.status = status;
        this.words = words;
    }

    static Optional<Failure> named(String name) {
        return Arrays.stream(values()).filter(f -> f.wire.equals(name)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(f -> f.wire).toList();
    }

    /** As it would come from a real provider, but for the label. */
    ProviderFailure failure(Optional<Duration> retryAfter) {
        return new ProviderFailure(
                failureClass,
                Optional.of(status).filter(s -> s > 0),
                words + " (simulated)",
                Optional.empty(),
                Optional.empty(),
                retryAfter);
    }
}
