package io.magicproxy.server.http;

/** Ends a request with an {@link ApiError}; the outermost filter answers it. */
public final class ApiException extends RuntimeException {
    private final ApiError error;

    public ApiException(ApiError error) {
        super(error.message());
        this.error = error;
    }

    public ApiError error() {
        return error;
    }
}
