package io.magicproxy.provider;

import java.util.Locale;

/**
 * What an upstream's failure means. Decided once, where the failure is seen; everything else acts
 * on it.
 */
public enum FailureClass {
    /** Too many requests with this key: it rests, another one is tried. */
    RATE_LIMIT,
    /** The key's credit is used up. */
    QUOTA,
    /** The key is wrong or revoked. */
    CREDENTIAL,
    /** The key may not use this model. */
    MODEL_ACCESS,
    /** The provider doesn't have this model. */
    MODEL_GONE,
    /** Gone a moment later, perhaps: 5xx, overload, reset, time-out. The key is not at fault. */
    TRANSIENT,
    /** The request is longer than the model can read. */
    CONTEXT_WINDOW,
    /** The provider's filter refused the request. */
    CONTENT_POLICY,
    /** The request is wrong, and would be wrong anywhere. */
    CALLER_FAULT,
    /** None of these. */
    UNKNOWN;

    /** Whether another request could fail so, too: the fault is not this one's. */
    public boolean isUpstreams() {
        return switch (this) {
            case RATE_LIMIT, QUOTA, CREDENTIAL, MODEL_ACCESS, MODEL_GONE, TRANSIENT, UNKNOWN ->
                    true;
            case CONTEXT_WINDOW, CONTENT_POLICY, CALLER_FAULT -> false;
        };
    }

    /** The name in logs, metrics and error codes. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
