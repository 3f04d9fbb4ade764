package io.magicproxy.upstream;

import io.helidon.common.parameters.Parameters;
import io.helidon.common.uri.UriPath;

/**
 * Path and query as they were written. Helidon's own path decodes {@code %2F}, and its query puts
 * equal names together.
 */
record RequestTarget(String rawPath) implements UriPath {
    @Override
    public String rawPathNoParams() {
        return rawPath;
    }

    @Override
    public String path() {
        return rawPath;
    }

    @Override
    public Parameters matrixParameters() {
        return Parameters.empty("matrix");
    }

    @Override
    public UriPath absolute() {
        return this;
    }

    @Override
    public void validate() {
        // It comes from a java.net.URI, which has checked it.
    }
}
