package io.magicproxy.upstream;

import io.helidon.http.Header;
import io.helidon.http.Method;
import java.util.List;
import java.util.Set;

/**
 * One request to one upstream.
 *
 * @param headers what this request adds to its target's: the key, the trace
 * @param body empty for a GET or HEAD
 */
public record UpstreamRequest(
        Method method,
        UpstreamTarget target,
        List<Header> headers,
        byte[] body,
        Timeouts timeouts) {
    private static final Set<Method> WITH_BODY = Set.of(Method.POST, Method.PUT, Method.PATCH);

    /**
     * Checks the headers.
     *
     * @throws IllegalArgumentException if one can't be sent
     */
    public UpstreamRequest {
        for (Header header : headers) {
            header.validate();
        }
    }

    /** A POST. */
    public static UpstreamRequest post(
            UpstreamTarget target, List<Header> headers, byte[] body, Timeouts timeouts) {
        return new UpstreamRequest(Method.POST, target, headers, body, timeouts);
    }

    /** A GET. */
    public static UpstreamRequest get(
            UpstreamTarget target, List<Header> headers, Timeouts timeouts) {
        return new UpstreamRequest(Method.GET, target, headers, new byte[0], timeouts);
    }

    /** Whether nothing follows the head, not even a length of 0. */
    boolean bare() {
        return body.length == 0 && !WITH_BODY.contains(method);
    }

    /** Without header values: a key must not come into a log. */
    @Override
    public String toString() {
        return method.text() + " " + target.origin() + " (" + body.length + " bytes)";
    }
}
