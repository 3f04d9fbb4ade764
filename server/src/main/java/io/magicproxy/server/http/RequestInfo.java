package io.magicproxy.server.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.ServerRequest;
import java.util.Optional;

/**
 * What is known of a request from its first moment; registered in its context.
 *
 * @param id as it is answered in {@code x-request-id}
 * @param startNanos by {@link System#nanoTime()}
 */
public record RequestInfo(String id, long startNanos) {
    static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");

    static RequestInfo begin(RoutingRequest request) {
        RequestInfo info =
                new RequestInfo(
                        RequestIds.of(request.headers().first(REQUEST_ID)), System.nanoTime());
        request.context().register(info);
        return info;
    }

    /** The request's own; a new one for a request that no filter has seen. */
    public static RequestInfo of(ServerRequest request) {
        Optional<RequestInfo> info = request.context().get(RequestInfo.class);
        return info.orElseGet(
                () -> new RequestInfo(RequestIds.of(Optional.empty()), System.nanoTime()));
    }
}
