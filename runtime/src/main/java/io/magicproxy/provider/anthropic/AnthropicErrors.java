package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.FailureClass.CALLER_FAULT;
import static io.magicproxy.provider.FailureClass.CONTENT_POLICY;
import static io.magicproxy.provider.FailureClass.CONTEXT_WINDOW;
import static io.magicproxy.provider.FailureClass.CREDENTIAL;
import static io.magicproxy.provider.FailureClass.MODEL_ACCESS;
import static io.magicproxy.provider.FailureClass.MODEL_GONE;
import static io.magicproxy.provider.FailureClass.QUOTA;
import static io.magicproxy.provider.FailureClass.RATE_LIMIT;
import static io.magicproxy.provider.FailureClass.TRANSIENT;
import static io.magicproxy.provider.FailureClass.UNKNOWN;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.Wire;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Anthropic's errors mean: {@code {"type": "error", "error": {"type", "message"}}}. Several
 * that concern the key come as 400 {@code invalid_request_error}, and only their words tell.
 */
final class AnthropicErrors {
    private static final Pattern OUT_OF_CREDIT =
            Pattern.compile(
                    "credit balance is too low|specified (workspace )?api usage limits"
                            + "|spend(ing)? limit|out of (extra )?usage");

    private static final Pattern BAD_KEY =
            Pattern.compile(
                    "organization has been disabled|invalid x-api-key|invalid api key"
                            + "|api key (is |has been )?(invalid|disabled|revoked|expired|deactivated)"
                            + "|(token|key) (has )?(expired|been revoked)|account (has been|is) disabled");

    private static final Pattern TOO_LONG =
            Pattern.compile(
                    "prompt is too long|input is too long|exceeds? (the )?context (limit|window)"
                            + "|exceeds? the (model's )?maximum context|too many total text bytes");

    private static final Pattern REFUSED =
            Pattern.compile("content filter(ing)? policy|violates? (our|anthropic's) .*polic");

    /** Anthropic names the place first: {@code messages.0.content.1.image: …}. */
    private static final Pattern PLACE = Pattern.compile("([a-z_]+(?:\\.[a-z0-9_]+)*): .+");

    private static final Pattern KEY = Pattern.compile("sk-ant-[\\w-]+");

    private AnthropicErrors() {}

    static ProviderFailure of(ErrorReply reply) {
        JsonNode error = reply.json().path("error");
        String message = message(error);
        if (message.isEmpty()) {
            message = error.isObject() ? "" : reply.text();
        }
        if (message.isEmpty()) {
            message = "Anthropic answered " + reply.status() + " without a message";
        }
        return failure(
                error, reply.status(), Optional.of(reply.status()), message, Waiting.asked(reply));
    }

    /** An error inside an answer that began well. */
    static ProviderFailure inBand(JsonNode error) {
        String message = message(error);
        return failure(
                error,
                0,
                Optional.empty(),
                message.isEmpty() ? "Anthropic broke off its answer with an error" : message,
                Optional.empty());
    }

    /** Other servers of this API write {@code {"error": "text"}}. */
    private static String message(JsonNode error) {
        return error.isTextual() ? error.textValue() : Wire.text(error, "message");
    }

    private static ProviderFailure failure(
            JsonNode error,
            int status,
            Optional<Integer> http,
            String message,
            Optional<Duration> wait) {
        String type = Wire.text(error, "type");
        FailureClass kind = kind(error, status, type, message.toLowerCase(Locale.ROOT));
        Matcher place = PLACE.matcher(message);
        return new ProviderFailure(
                kind,
                http,
                KEY.matcher(message).replaceAll("sk-ant-…"),
                type.isEmpty() ? Optional.empty() : Optional.of(type),
                kind == CALLER_FAULT && place.matches()
                        ? Optional.of(place.group(1))
                        : Optional.empty(),
                kind == RATE_LIMIT || kind == TRANSIENT ? wait : Optional.empty());
    }

    private static FailureClass kind(JsonNode error, int status, String type, String words) {
        if (status == 402 || type.equals("billing_error") || OUT_OF_CREDIT.matcher(words).find()) {
            return QUOTA;
        }
        if (status == 401 || type.equals("authentication_error") || BAD_KEY.matcher(words).find()) {
            return CREDENTIAL;
        }
        return switch (status) {
            case 0 -> byType(type, words);
            case 400, 422 -> badRequest(type, words);
            case 403 -> type.equals("permission_error") ? MODEL_ACCESS : UNKNOWN;
            case 404 -> notFound(error, words);
            case 405, 411, 413, 414, 415 -> CALLER_FAULT;
            case 408, 409, 499 -> TRANSIENT;
            case 429 -> RATE_LIMIT;
            default -> status >= 500 && status != 501 ? TRANSIENT : byType(type, words);
        };
    }

    private static FailureClass badRequest(String type, String words) {
        if (TOO_LONG.matcher(words).find()) {
            return CONTEXT_WINDOW;
        }
        if (REFUSED.matcher(words).find()) {
            return CONTENT_POLICY;
        }
        return type.equals("overloaded_error") ? TRANSIENT : CALLER_FAULT;
    }

    private static FailureClass notFound(JsonNode error, String words) {
        if (!error.isObject()) {
            // A page: the address is wrong, or a proxy speaks.
            return UNKNOWN;
        }
        return words.contains("file") || words.contains("container") ? CALLER_FAULT : MODEL_GONE;
    }

    private static FailureClass byType(String type, String words) {
        return switch (type) {
            case "overloaded_error", "api_error", "timeout_error" -> TRANSIENT;
            case "rate_limit_error" -> RATE_LIMIT;
            case "permission_error" -> MODEL_ACCESS;
            case "not_found_error" -> MODEL_GONE;
            case "invalid_request_error", "request_too_large" -> badRequest(type, words);
            default -> UNKNOWN;
        };
    }
}
