package io.magicproxy.server.tools;

import io.magicproxy.server.http.ApiError;
import io.magicproxy.tool.ToolResult;
import java.time.Duration;

/** What a tool's failure is in HTTP. */
final class ToolErrors {
    private static final Duration BUSY = Duration.ofSeconds(5);

    private ToolErrors() {}

    static ApiError of(ToolResult.Failed failed) {
        return switch (failed.code()) {
            case "invalid_arguments" ->
                    ApiError.of(400, "invalid_request_error", failed.code(), failed.message());
            case "busy" ->
                    ApiError.of(429, "rate_limit_error", failed.code(), failed.message())
                            .retryAfter(BUSY);
            case ToolResult.Failed.UNAVAILABLE ->
                    ApiError.of(503, "server_error", failed.code(), failed.message())
                            .retryAfter(BUSY);
            default -> ApiError.of(422, "tool_error", failed.code(), failed.message());
        };
    }

    static ApiError of(ToolResult.TimedOut timedOut) {
        return ApiError.of(
                504,
                "timeout_error",
                "tool_timeout",
                "the tool gave no result within "
                        + timedOut.after().toMillis() / 1000.0
                        + " s; it may have had its effect all the same");
    }
}
