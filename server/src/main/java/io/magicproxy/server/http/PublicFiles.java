package io.magicproxy.server.http;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Files that everybody may read who reaches the gateway: the page's. */
@FunctionalInterface
public interface PublicFiles {
    /**
     * Answers with a file, or with an {@link ApiException}; with nothing else whatever is asked.
     */
    void send(ServerRequest request, ServerResponse response);
}
