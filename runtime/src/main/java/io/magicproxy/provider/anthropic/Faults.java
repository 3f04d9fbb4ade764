package io.magicproxy.provider.anthropic;

import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;

/** Short ways to the failures that this codec finds itself. */
final class Faults {
    private Faults() {}

    /**
     * @param place the request's field, such as {@code messages[2].content[0]}
     */
    static ProviderException caller(String place, String what) {
        return new ProviderException(ProviderFailure.callerFault(place, place + " " + what));
    }

    /** An answer that another try may mend. */
    static ProviderException transientAnswer(String what) {
        return new ProviderException(ProviderFailure.of(FailureClass.TRANSIENT, what));
    }
}
