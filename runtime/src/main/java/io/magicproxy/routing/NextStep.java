package io.magicproxy.routing;

import io.magicproxy.provider.ProviderFailure;

/** What follows a failure. */
sealed interface NextStep {
    /** The same profile once more, after a pause. */
    record SameProfile() implements NextStep {}

    /** Another key of the same profile. */
    record NextKey() implements NextStep {}

    record NextProfile() implements NextStep {}

    /**
     * The chain for requests that are too long, or that a filter refuses; without one, the caller.
     */
    record Fallback(boolean tooLong) implements NextStep {}

    /** The caller, at once. */
    record GiveUp() implements NextStep {}

    static NextStep after(ProviderFailure failure) {
        return switch (failure.failureClass()) {
            case RATE_LIMIT, QUOTA, CREDENTIAL -> new NextKey();
            case MODEL_ACCESS, MODEL_GONE, UNKNOWN -> new NextProfile();
            // Changing the key would not help: the upstream is in trouble, not the key.
            case TRANSIENT -> new SameProfile();
            case CONTEXT_WINDOW -> new Fallback(true);
            case CONTENT_POLICY -> new Fallback(false);
            case CALLER_FAULT -> new GiveUp();
        };
    }
}
