package io.magicproxy.routing;

/** Carries a {@link RoutingFailure} to the edge. */
public final class RoutingException extends Exception {
    private final transient RoutingFailure failure;

    public RoutingException(RoutingFailure failure) {
        super(failure.getClass().getSimpleName());
        this.failure = failure;
    }

    public RoutingFailure failure() {
        return failure;
    }
}
