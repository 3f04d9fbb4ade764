package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.plugin.Failures;
import io.magicproxy.plugin.FolderEditor.Outcome;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What is wrong with a script, or with the wish to change it. */
final class ScriptErrors {
    private static final Duration SOON = Duration.ofSeconds(1);

    private ScriptErrors() {}

    static ApiException of(Outcome.Refused refused) {
        String message = refused.message();
        return new ApiException(
                switch (refused.why()) {
                    case BAD_PATH -> ApiError.invalidRequest(message, Optional.of("path"));
                    case BAD_TEXT -> ApiError.invalidRequest(message, Optional.of("content"));
                    case NOT_FOUND -> ApiError.notFound(message);
                    case NO_PRECONDITION -> error(428, "precondition_required", message);
                    case STALE -> error(412, "precondition_failed", message);
                    case CONFLICT -> error(409, "conflict", message);
                    case NOT_WRITABLE -> error(409, "folder_not_writable", message);
                    case TRY_AGAIN ->
                            ApiError.of(503, "api_error", "try_again", message).retryAfter(SOON);
                });
    }

    private static ApiError error(int status, String code, String message) {
        return ApiError.of(status, "invalid_request_error", code, message);
    }

    /** The API's error, and each problem at its place. */
    static ObjectNode json(Map<String, ScriptFailure> failures) {
        ObjectNode body = Json.object();
        body.set("problems", problems(failures));
        StringBuilder all = new StringBuilder();
        failures.values()
                .forEach(failure ->
                        all.append(all.isEmpty() ? "" : "\n").append(Failures.text(failure)));
        body.putObject("error")
                .put("message", all.toString())
                .put("type", "invalid_request_error")
                .put("param", "content")
                .put("code", "invalid_script");
        return body;
    }

    /** Each problem at its place, by the name of the script. */
    static ArrayNode problems(Map<String, ScriptFailure> failures) {
        ArrayNode problems = Json.object().arrayNode();
        failures.forEach((name, failure) -> problems.add(json(failure).put("name", name)));
        return problems;
    }

    /** One failure; {@code file}, {@code line} and {@code column} if the place is known. */
    static ObjectNode json(ScriptFailure failure) {
        ObjectNode json = Json.object().put("severity", "error");
        json.put("message", failure.message());
        Failures.place(failure)
                .ifPresent(place ->
                        json.put("path", place.file())
                                .put("file", place.file())
                                .put("line", place.line())
                                .put("col", place.column())
                                .put("column", place.column())
                                // Where it ends, engines don't say.
                                .put("endCol", place.column() + 1));
        ArrayNode frames = json.putArray("frames");
        Failures.frames(failure).forEach(frames::add);
        return json;
    }
}
