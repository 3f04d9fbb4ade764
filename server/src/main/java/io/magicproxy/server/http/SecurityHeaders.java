package io.magicproxy.server.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/**
 * What tells a browser to make nothing of an answer but what it is. The page's files have their
 * own, which win over these.
 */
final class SecurityHeaders {
    private static final Header NO_SNIFFING =
            HeaderValues.createCached(HeaderNames.create("x-content-type-options"), "nosniff");

    /** An answer of the API is no page: nothing runs in it, and nothing frames it. */
    private static final List<Header> NO_PAGE =
            List.of(
                    HeaderValues.createCached(
                            HeaderNames.create("content-security-policy"),
                            "default-src 'none'; frame-ancestors 'none'"),
                    HeaderValues.createCached(HeaderNames.create("x-frame-options"), "DENY"),
                    HeaderValues.createCached(HeaderNames.create("referrer-policy"), "no-referrer"),
                    // It may hold secrets, and what people said.
                    HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store"));

    private SecurityHeaders() {}

    /**
     * Applications' own requests get the one that costs next to nothing: no browser shows their
     * answers.
     */
    static void add(ServerResponse response, String method, String path) {
        response.header(NO_SNIFFING);
        boolean ofApplications = method.equals("POST") && path.startsWith("/v1/");
        if (!ofApplications && AccessRules.isApi(path)) {
            NO_PAGE.forEach(response::header);
        }
    }
}
