package io.magicproxy.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.time.Duration;
import java.util.Optional;

/**
 * An error as the API tells it, in OpenAI's shape.
 *
 * @param status the HTTP status, from which the SDKs choose their exception
 * @param code for programs; stable
 * @param param the request's field at fault
 * @param retryAfter how long the caller should wait
 */
public record ApiError(
        int status,
        String type,
        String message,
        Optional<String> code,
        Optional<String> param,
        Optional<Duration> retryAfter) {

    public static ApiError of(int status, String type, String code, String message) {
        return new ApiError(
                status, type, message, Optional.of(code), Optional.empty(), Optional.empty());
    }

    /** 400, with the field at fault if there is one. */
    public static ApiError invalidRequest(String message, Optional<String> param) {
        return new ApiError(
                400,
                "invalid_request_error",
                message,
                Optional.of("invalid_request"),
                param,
                Optional.empty());
    }

    public static ApiError notFound(String message) {
        return of(404, "invalid_request_error", "not_found", message);
    }

    public ApiError param(String name) {
        return new ApiError(status, type, message, code, Optional.of(name), retryAfter);
    }

    public ApiError retryAfter(Duration wait) {
        return new ApiError(status, type, message, code, param, Optional.of(wait));
    }

    /** {@code {"error": {"message", "type", "param", "code"}}}. */
    public byte[] json() {
        return Json.bytes(body());
    }

    /** The same, to be added to. */
    public ObjectNode body() {
        ObjectNode body = Json.object();
        body.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("param", param.orElse(null))
                .put("code", code.orElse(null));
        return body;
    }

    /**
     * Whole seconds for {@code Retry-After}: at least one, rounded up, so that nobody comes too
     * early.
     */
    public Optional<Long> retryAfterSeconds() {
        return retryAfter.map(wait -> Math.max(1, wait.plusMillis(999).toSeconds()));
    }
}
