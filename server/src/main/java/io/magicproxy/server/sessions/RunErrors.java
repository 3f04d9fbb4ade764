package io.magicproxy.server.sessions;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;

/** How a run that ended without an answer is told. */
public final class RunErrors {
    /**
     * The official SDKs ask again after many a status, and begin another run, unless told not to.
     */
    private static final HeaderName SHOULD_RETRY = HeaderNames.create("x-should-retry");

    private static final String INSUFFICIENT_QUOTA = "insufficient_quota";

    private RunErrors() {}

    /** In HTTP. */
    public static ApiException thrown(ServerResponse response, JsonNode result) {
        ApiError error = of(result);
        response.header(SHOULD_RETRY, Boolean.toString(mayGoBetter(error.code().orElse(""))));
        return new ApiException(error);
    }

    /** As the last event of a stream. */
    public static ApiError of(JsonNode result) {
        String code = result.path("code").asText("internal");
        String message = result.path("message").asText("the run ended without an answer");
        String type = code.equals(INSUFFICIENT_QUOTA) ? code : "agent_error";
        return ApiError.of(status(code), type, code, message);
    }

    private static int status(String code) {
        return switch (code) {
            case "cancelled" -> 409;
            case "no_worker", "no_key", "cooling_down" -> 503;
            case "queue_full",
                    "provider_rate_limit",
                    "provider_quota",
                    "key_rate_limit",
                    INSUFFICIENT_QUOTA ->
                    429;
            case "key_ended" -> 401;
            case "provider_context_window", "provider_content_policy", "provider_caller_fault" ->
                    400;
            case "timeout" -> 504;
            case "max_steps",
                    "max_tokens_total",
                    "max_seconds",
                    "diverged",
                    "journal_limit",
                    "repeated_action",
                    "no_answer",
                    "schema_mismatch" ->
                    422;
            default -> statusOfKind(code);
        };
    }

    private static int statusOfKind(String code) {
        if (code.startsWith("provider_")) {
            return 502;
        }
        return code.startsWith("sandbox_") ? 422 : 500;
    }

    /** Whether it was the moment that failed, and not the request or the pattern. */
    private static boolean mayGoBetter(String code) {
        if (code.equals(INSUFFICIENT_QUOTA)) {
            return false;
        }
        return switch (status(code)) {
            case 429, 502, 503, 504 -> true;
            default -> false;
        };
    }
}
