package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.BodyReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What all of the admin API's requests and answers have in common. */
public final class AdminRequests {
    static final Status UNPROCESSABLE = Status.create(422);

    /** A text with every character escaped. */
    private static final int MAX_BODY = 8 * 1024 * 1024;

    private static final Duration MAX_TIME = Duration.ofSeconds(30);

    private final Gateway gateway;
    private final BodyReader bodies;

    public AdminRequests(Gateway gateway, BodyReader bodies) {
        this.gateway = gateway;
        this.bodies = bodies;
    }

    /** The body; a key that isn't known is refused. */
    ObjectNode body(ServerRequest request, String... known) throws MalformedRequestException {
        ObjectNode body =
                gateway.current().scanner().scan(bodies.json(request, MAX_BODY, MAX_TIME)).json();
        List<String> fields = List.of(known);
        for (var member : body.properties()) {
            if (!fields.contains(member.getKey())) {
                throw new MalformedRequestException(
                        member.getKey(),
                        "is not a known key; there "
                                + (fields.size() == 1 ? "is " : "are ")
                                + String.join(", ", fields)
                                + DidYouMean.hint(member.getKey(), fields));
            }
        }
        return body;
    }

    /** As {@link #body}, of a request that may have none. */
    ObjectNode optionalBody(ServerRequest request, String... known)
            throws MalformedRequestException {
        return request.content().hasEntity() ? body(request, known) : Json.object();
    }

    /** A text that must be there. */
    static String text(ObjectNode body, String field) throws MalformedRequestException {
        JsonNode value = body.path(field);
        if (!value.isTextual()) {
            throw new MalformedRequestException(field, "must be a text");
        }
        return value.textValue();
    }

    /** A text that may be there. */
    static Optional<String> optionalText(ObjectNode body, String field)
            throws MalformedRequestException {
        return body.path(field).isMissingNode() || body.path(field).isNull()
                ? Optional.empty()
                : Optional.of(text(body, field));
    }

    /** The version that the caller has seen. */
    static Optional<String> ifMatch(ServerRequest request) {
        return request.headers()
                .first(HeaderNames.IF_MATCH)
                .map(tag -> tag.strip().replaceFirst("^W/", "").replace("\"", ""));
    }

    static void tag(ServerResponse response, String version) {
        response.header(HeaderNames.ETAG, "\"" + version + "\"");
    }

    static void send(ServerResponse response, ObjectNode body) {
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(body));
    }

    /** An error with more to it than its message. */
    static void send(ServerResponse response, ApiError error, ObjectNode more) {
        response.status(Status.create(error.status()));
        send(response, error.body().setAll(more));
    }

    /** Somebody else was quicker: the error, and the version that there is now. */
    static void stale(ServerResponse response, String message, String version) {
        send(
                response,
                ApiError.of(412, "invalid_request_error", "precondition_failed", message),
                Json.object().put("version", version));
    }
}
