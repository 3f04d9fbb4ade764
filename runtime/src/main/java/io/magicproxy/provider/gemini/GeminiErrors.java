package io.magicproxy.provider.gemini;

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
import java.util.Set;
import java.util.regex.Pattern;

/** What Google's errors mean: {@code {"error": {"code", "message", "status", "details"}}}. */
final class GeminiErrors {
    private static final Set<String> BAD_KEY =
            Set.of(
                    "API_KEY_INVALID",
                    "API_KEY_EXPIRED",
                    "API_KEY_SERVICE_BLOCKED",
                    "API_KEY_HTTP_REFERRER_BLOCKED",
                    "API_KEY_IP_ADDRESS_BLOCKED",
                    "API_KEY_ANDROID_APP_BLOCKED",
                    "API_KEY_IOS_APP_BLOCKED",
                    "SERVICE_DISABLED",
                    "CONSUMER_INVALID",
                    "CONSUMER_SUSPENDED",
                    "CREDENTIALS_MISSING",
                    "ACCESS_TOKEN_EXPIRED",
                    "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                    "ACCOUNT_STATE_INVALID");

    private static final Pattern BAD_KEY_WORDS =
            Pattern.compile(
                    "api key (not valid|not found|expired|was reported as leaked)"
                            + "|api_key_invalid|has been suspended|denied access|resource project");

    private static final Pattern TOO_LONG =
            Pattern.compile(
                    "exceeds the maximum number of tokens"
                            + "|token count[^.]{0,40} exceeds"
                            + "|(input|context) (length|context)[^.]{0,40} (too long|exceeds)");

    private static final Pattern REFUSED =
            Pattern.compile(
                    "usage guidelines|violates?[^.]{0,60} polic(y|ies)"
                            + "|(prompt|request|content) (was |has been )?blocked"
                            + "|prohibited content");

    private static final Pattern OUT_OF_CREDIT =
            Pattern.compile(
                    "credits? (are|is|have been) depleted|spend(ing)? (cap|limit)|billing account");

    /** A free key without any allowance for this model. */
    private static final Pattern NO_ALLOWANCE = Pattern.compile("limit: 0(?![.\\d])");

    private GeminiErrors() {}

    static ProviderFailure of(ErrorReply reply) {
        JsonNode json = reply.json();
        JsonNode body = json.isArray() ? json.path(0) : json;
        JsonNode error = body.path("error");
        String message = Wire.text(error, "message");
        if (message.isEmpty()) {
            // Some of Google's front ends answer {"error": "text"}, or a page.
            message = error.isTextual() ? error.textValue() : reply.text();
        }
        if (message.isEmpty()) {
            message = "Gemini answered " + reply.status() + " without a message";
        }
        return failure(
                error, reply.status(), Optional.of(reply.status()), message, RetryDelay.of(reply));
    }

    /** An error inside an answer that began well. */
    static ProviderFailure inBand(JsonNode error) {
        String message = Wire.text(error, "message");
        return failure(
                error,
                error.path("code").asInt(0),
                Optional.empty(),
                message.isEmpty() ? "Gemini broke off its answer with an error" : message,
                Optional.empty());
    }

    private static ProviderFailure failure(
            JsonNode error,
            int status,
            Optional<Integer> http,
            String message,
            Optional<Duration> header) {
        FailureClass kind = kind(error, status, message.toLowerCase(Locale.ROOT));
        // A day's allowance comes back at midnight in California, whatever RetryInfo promises.
        Optional<Duration> delay =
                kind == QUOTA ? Optional.empty() : RetryDelay.in(error, message).or(() -> header);
        return new ProviderFailure(
                kind, http, Secrets.masked(message), code(error), Optional.empty(), delay);
    }

    private static Optional<String> code(JsonNode error) {
        String reason = reason(error);
        String code = reason.isEmpty() ? Wire.text(error, "status") : reason;
        return code.isEmpty() ? Optional.empty() : Optional.of(code);
    }

    private static FailureClass kind(JsonNode error, int status, String words) {
        String reason = reason(error);
        if (BAD_KEY.contains(reason) || status == 401) {
            return CREDENTIAL;
        }
        if (reason.equals("BILLING_DISABLED") || status == 402) {
            return QUOTA;
        }
        if (status != 429 && TOO_LONG.matcher(words).find()) {
            return CONTEXT_WINDOW;
        }
        return switch (status) {
            case 400 -> badRequest(error, words);
            case 403 -> forbidden(error, words);
            case 404 -> isAboutFile(words) ? CALLER_FAULT : MODEL_GONE;
            case 429 -> exhausted(error, words);
            case 405, 411, 413, 414, 415, 422 -> CALLER_FAULT;
            case 408, 409, 499, 500, 502, 503, 504, 529 -> TRANSIENT;
            default -> status >= 500 && status != 501 ? TRANSIENT : byName(error);
        };
    }

    private static FailureClass badRequest(JsonNode error, String words) {
        if (BAD_KEY_WORDS.matcher(words).find()) {
            return CREDENTIAL;
        }
        if (Wire.text(error, "status").equals("FAILED_PRECONDITION")) {
            // Either "enable billing", which is the key's project's matter, or "user location is
            // not supported", which is the gateway's: no other key helps, another profile may.
            return words.contains("billing") ? QUOTA : UNKNOWN;
        }
        return REFUSED.matcher(words).find() ? CONTENT_POLICY : CALLER_FAULT;
    }

    /** In doubt the key stays: retiring a good one is worse than asking the next profile. */
    private static FailureClass forbidden(JsonNode error, String words) {
        if (BAD_KEY_WORDS.matcher(words).find() || words.contains("api key")) {
            return CREDENTIAL;
        }
        if (isAboutFile(words)) {
            return CALLER_FAULT;
        }
        return error.isObject() ? MODEL_ACCESS : UNKNOWN;
    }

    private static FailureClass exhausted(JsonNode error, String words) {
        if (OUT_OF_CREDIT.matcher(words).find()) {
            return QUOTA;
        }
        if (NO_ALLOWANCE.matcher(words).find()) {
            return MODEL_ACCESS;
        }
        for (JsonNode detail : error.path("details")) {
            for (JsonNode violation : detail.path("violations")) {
                if (Wire.text(violation, "quotaId").contains("PerDay")) {
                    return QUOTA;
                }
            }
        }
        return RATE_LIMIT;
    }

    private static FailureClass byName(JsonNode error) {
        return switch (Wire.text(error, "status")) {
            case "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "CANCELLED" ->
                    TRANSIENT;
            case "RESOURCE_EXHAUSTED" -> RATE_LIMIT;
            case "UNAUTHENTICATED" -> CREDENTIAL;
            case "PERMISSION_DENIED" -> MODEL_ACCESS;
            case "NOT_FOUND" -> MODEL_GONE;
            case "INVALID_ARGUMENT", "OUT_OF_RANGE" -> CALLER_FAULT;
            default -> UNKNOWN;
        };
    }

    private static boolean isAboutFile(String words) {
        return words.contains("cachedcontent")
                || words.contains("the file ")
                || words.contains("files/");
    }

    private static String reason(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            String reason = Wire.text(detail, "reason");
            if (!reason.isEmpty()) {
                return reason;
            }
        }
        return "";
    }
}
