package io.magicproxy.server.admin;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.store.StoreException;
import java.util.Optional;

/** What the paths of keys and of teams have in common. */
final class QuotaErrors {
    private static final String TYPE = "invalid_request_error";

    private QuotaErrors() {}

    /** A handler that needs the store. */
    @FunctionalInterface
    interface Stored {
        void handle(ServerRequest request, ServerResponse response)
                throws StoreException, MalformedRequestException;
    }

    static Handler stored(Stored handler) {
        return (request, response) -> {
            try {
                handler.handle(request, response);
            } catch (StoreException e) {
                throw new ApiException(
                        ApiError.of(
                                503,
                                "api_error",
                                "store_unavailable",
                                "keys can't be kept: " + e.getMessage()));
            }
        };
    }

    static ApiException unknown(String what, String list) {
        return new ApiException(
                ApiError.notFound("there is no such " + what + "; GET " + list + " lists them"));
    }

    static ApiException readOnly(String section) {
        return conflict(
                "read_only", "it stands in the configuration; change " + section + " there");
    }

    static ApiException conflict(String code, String message) {
        return new ApiException(ApiError.of(409, TYPE, code, message));
    }

    static ApiException invalid(String field, String message) {
        return new ApiException(ApiError.invalidRequest(field + " " + message, Optional.of(field)));
    }

    /** Tells somebody that another one was quicker. */
    static void stale(ServerResponse response, long version) {
        AdminRequests.stale(
                response,
                "somebody has changed it meanwhile; read it again",
                Long.toString(version));
    }

    /** The version that must be named, so that nobody overwrites what they haven't seen. */
    static Optional<Long> needed(ServerRequest request) {
        if (AdminRequests.ifMatch(request).isEmpty()) {
            throw new ApiException(
                    ApiError.of(
                            428,
                            TYPE,
                            "precondition_required",
                            "send If-Match with the version that you have seen"));
        }
        return version(request);
    }

    /** The version that is named, if it isn't the star that stands for any. */
    static Optional<Long> version(ServerRequest request) {
        return AdminRequests.ifMatch(request)
                .filter(tag -> !tag.equals("*"))
                .map(QuotaErrors::number);
    }

    /** What is no version of ours is none that is served. */
    private static long number(String tag) {
        try {
            return Long.parseLong(tag);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
