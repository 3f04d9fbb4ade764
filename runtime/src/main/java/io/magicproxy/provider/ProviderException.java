package io.magicproxy.provider;

/** Carries a {@link ProviderFailure} out of a call. */
public final class ProviderException extends Exception {
    private final ProviderFailure failure;

    public ProviderException(ProviderFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public ProviderException(ProviderFailure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public ProviderFailure failure() {
        return failure;
    }
}
