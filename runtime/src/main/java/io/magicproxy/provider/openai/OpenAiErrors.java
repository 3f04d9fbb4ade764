package io.magicproxy.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an error in OpenAI's format means, and in the shapes that its imitators use. */
final class OpenAiErrors {
    private static final Pattern TOO_LONG =
            Pattern.compile(
                    "maximum context length|context (length|window|size)|too many (input )?tokens|prompt is too long"
                            + "|exceed(s|ed)? .{0,40}(context|token limit)|reduce the length of");
    private static final Pattern NO_CREDIT =
            Pattern.compile(
                    "exceeded your current quota|insufficient (balance|credit|funds)|billing|out of credit");
    private static final Pattern FILTERED =
            Pattern.compile(
                    "content (management )?(policy|filter)|flagged|moderation|usage policies");
    private static final Pattern MODEL = Pattern.compile("model|deployment|engine");
    private static final Pattern BAD_KEY =
            Pattern.compile(
                    "(invalid|incorrect|expired|revoked|deactivated).{0,30}(key|token|account)");

    /** Azure: "Please retry after 20 seconds"; OpenAI: "Please try again in 1.2s". */
    private static final Pattern WAIT =
            Pattern.compile("(?:retry after|try again in) (\\d+(?:\\.\\d+)?) ?(ms|s|second|m)");

    private OpenAiErrors() {}

    static ProviderFailure classify(ErrorReply reply, Instant now) {
        Words words = Words.of(reply.json(), reply.text());
        FailureClass failureClass = failureClass(reply.status(), words);
        Optional<Duration> wait =
                failureClass == FailureClass.CALLER_FAULT
                        ? Optional.empty()
                        : RetryAfter.of(reply, now).or(() -> wait(words));
        return failure(failureClass, Optional.of(reply.status()), words, wait);
    }

    /** An {@code error} object in a stream, or in an answer with status 200. */
    static ProviderFailure inBand(JsonNode error) {
        Words words = Words.of(error, "the provider sent an error without words");
        int status = error.path("code").asInt(error.path("status").asInt(0));
        FailureClass failureClass =
                status >= 400
                        ? failureClass(status, words)
                        : withoutStatus(words).orElse(FailureClass.TRANSIENT);
        return failure(failureClass, Optional.empty(), words, wait(words));
    }

    private static ProviderFailure failure(
            FailureClass failureClass,
            Optional<Integer> status,
            Words words,
            Optional<Duration> wait) {
        return new ProviderFailure(
                failureClass, status, words.message, words.code, words.param, wait);
    }

    private static FailureClass failureClass(int status, Words words) {
        return switch (status) {
            case 400, 413, 422 -> refused(words);
            case 401 -> FailureClass.CREDENTIAL;
            case 402 -> FailureClass.QUOTA;
            case 403 -> forbidden(words);
            case 404 -> FailureClass.MODEL_GONE;
            case 408, 409, 425 -> FailureClass.TRANSIENT;
            case 429 -> words.noCredit() ? FailureClass.QUOTA : FailureClass.RATE_LIMIT;
            default -> status >= 500 ? FailureClass.TRANSIENT : FailureClass.UNKNOWN;
        };
    }

    private static FailureClass refused(Words words) {
        return withoutStatus(words).orElse(FailureClass.CALLER_FAULT);
    }

    private static FailureClass forbidden(Words words) {
        if (words.filtered()) {
            return FailureClass.CONTENT_POLICY;
        }
        if (words.badKey()) {
            return FailureClass.CREDENTIAL;
        }
        return words.saysOf(MODEL) ? FailureClass.MODEL_ACCESS : FailureClass.UNKNOWN;
    }

    /** What the words alone tell. */
    private static Optional<FailureClass> withoutStatus(Words words) {
        if (words.tooLong()) {
            return Optional.of(FailureClass.CONTEXT_WINDOW);
        }
        if (words.filtered()) {
            return Optional.of(FailureClass.CONTENT_POLICY);
        }
        if (words.noCredit()) {
            return Optional.of(FailureClass.QUOTA);
        }
        if (words.badKey()) {
            return Optional.of(FailureClass.CREDENTIAL);
        }
        if (words.is("model_not_found") || words.is("deploymentnotfound")) {
            return Optional.of(FailureClass.MODEL_GONE);
        }
        if (words.is("rate_limit_exceeded") || words.is("rate_limit_error")) {
            return Optional.of(FailureClass.RATE_LIMIT);
        }
        return words.is("invalid_request_error")
                ? Optional.of(FailureClass.CALLER_FAULT)
                : Optional.empty();
    }

    private static Optional<Duration> wait(Words words) {
        Matcher m = WAIT.matcher(words.lower);
        return m.find()
                ? RetryAfter.units(
                        m.group(1) + (m.group(2).startsWith("second") ? "s" : m.group(2)))
                : Optional.empty();
    }

    /** The error's words, wherever the server has put them. */
    private record Words(
            String message,
            String lower,
            Optional<String> code,
            Optional<String> type,
            Optional<String> param) {

        static Words of(JsonNode body, String text) {
            JsonNode error = body.has("error") ? body.get("error") : body;
            String message = error.isTextual() ? error.textValue() : message(error);
            if (message.isBlank()) {
                message = text.isBlank() ? "the provider gave no reason" : text;
            }
            return new Words(
                    message,
                    message.toLowerCase(Locale.ROOT),
                    text(error.path("code")).or(() -> text(error.path("innererror").path("code"))),
                    text(error.path("type")),
                    text(error.path("param")));
        }

        /**
         * {@code message} (OpenAI), {@code detail} (FastAPI: Mistral, vLLM), possibly structured.
         */
        private static String message(JsonNode error) {
            JsonNode words = error.has("message") ? error.get("message") : error.path("detail");
            return words.isTextual()
                    ? words.textValue()
                    : words.isMissingNode() || words.isNull() ? "" : words.toString();
        }

        private static Optional<String> text(JsonNode node) {
            return node.isTextual() && !node.textValue().isBlank()
                    ? Optional.of(node.textValue())
                    : Optional.empty();
        }

        boolean is(String name) {
            return code.filter(name::equalsIgnoreCase).isPresent()
                    || type.filter(name::equalsIgnoreCase).isPresent();
        }

        boolean saysOf(Pattern pattern) {
            return pattern.matcher(lower).find();
        }

        boolean tooLong() {
            return is("context_length_exceeded")
                    || is("exceed_context_size_error")
                    || saysOf(TOO_LONG);
        }

        boolean filtered() {
            return is("content_filter") || is("content_policy_violation") || saysOf(FILTERED);
        }

        boolean noCredit() {
            return is("insufficient_quota")
                    || is("billing_hard_limit_reached")
                    || saysOf(NO_CREDIT);
        }

        boolean badKey() {
            return is("invalid_api_key") || saysOf(BAD_KEY);
        }
    }
}
