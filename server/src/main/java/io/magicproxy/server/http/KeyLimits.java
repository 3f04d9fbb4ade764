package io.magicproxy.server.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.quota.Estimate;
import io.magicproxy.quota.Limit;
import io.magicproxy.quota.Quota;
import io.magicproxy.quota.Refusal;
import io.magicproxy.quota.Standing;
import io.magicproxy.quota.Ticket;
import io.magicproxy.routing.Route;
import io.magicproxy.store.StoreException;
import io.magicproxy.usage.Payer;
import java.time.Duration;
import java.util.Optional;

/** Holds requests to the limits of the key that they come with. */
public final class KeyLimits {
    private static final HeaderName LIMIT_REQUESTS =
            HeaderNames.create("x-ratelimit-limit-requests");
    private static final HeaderName LEFT_REQUESTS =
            HeaderNames.create("x-ratelimit-remaining-requests");
    private static final HeaderName RESET_REQUESTS =
            HeaderNames.create("x-ratelimit-reset-requests");
    private static final HeaderName LIMIT_TOKENS = HeaderNames.create("x-ratelimit-limit-tokens");
    private static final HeaderName LEFT_TOKENS =
            HeaderNames.create("x-ratelimit-remaining-tokens");
    private static final HeaderName RESET_TOKENS = HeaderNames.create("x-ratelimit-reset-tokens");

    /** The official SDKs ask again after a 429, unless told not to. */
    private static final HeaderName SHOULD_RETRY = HeaderNames.create("x-should-retry");

    private static final Duration SOON = Duration.ofSeconds(1);

    private final Quota quota;

    public KeyLimits(Quota quota) {
        this.quota = quota;
    }

    /** Whether the caller may ask the alias. */
    public boolean allows(String alias) {
        return !(RequestInfo.current().caller() instanceof Access.Who.Virtual virtual)
                || quota.mayAsk(virtual.payer(), alias).isEmpty();
    }

    /** Refuses an alias that is none of the caller's, whether there is one of that name or not. */
    public void mayAsk(String alias) {
        if (RequestInfo.current().caller() instanceof Access.Who.Virtual virtual) {
            quota.mayAsk(virtual.payer(), Texts.printable(alias))
                    .ifPresent(refusal -> {
                        throw new ApiException(error(refusal));
                    });
        }
    }

    /**
     * Counts a call of a model before it is made, or refuses it.
     *
     * @param response gets the headers, also for a refusal
     */
    public Ticket call(Route route, RequestBody body, ServerResponse response) {
        return RequestInfo.current().caller() instanceof Access.Who.Virtual virtual
                ? enter(
                        payer -> quota.call(payer, Estimate.of(route, body)),
                        virtual.payer(),
                        response)
                : Ticket.FREE;
    }

    /** Counts the request for an agent's run, or refuses it. */
    public void run(ServerResponse response) {
        if (RequestInfo.current().caller() instanceof Access.Who.Virtual virtual) {
            enter(quota::run, virtual.payer(), response).close();
        }
    }

    private interface Door {
        Quota.Entry enter(Payer payer) throws StoreException;
    }

    private static Ticket enter(Door door, Payer payer, ServerResponse response) {
        try {
            return switch (door.enter(payer)) {
                case Quota.Entry.Open(Ticket ticket) -> {
                    headers(response, ticket.standing());
                    yield ticket;
                }
                case Quota.Entry.Closed(Refusal refusal) -> throw refused(response, refusal);
            };
        } catch (StoreException e) {
            throw new ApiException(
                    ApiError.of(
                            503,
                            "api_error",
                            "store_unavailable",
                            "the key's limits can't be looked at: " + e.getMessage()));
        }
    }

    private static ApiException refused(ServerResponse response, Refusal refusal) {
        if (refusal instanceof Refusal.Over over) {
            headers(response, over.standing());
            if (over.limit().isBudget() || isTooLarge(over)) {
                response.header(HeaderValues.create(SHOULD_RETRY, "false"));
            }
        }
        return new ApiException(error(refusal));
    }

    /** Alone more than a minute's limit: it would never go. */
    private static boolean isTooLarge(Refusal.Over over) {
        return over.limit() == Limit.TOKENS && over.roomAfter().isEmpty();
    }

    /** A refusal as the API tells it. */
    public static ApiError error(Refusal refusal) {
        return switch (refusal) {
            case Refusal.Forbidden(String message) ->
                    ApiError.of(403, "permission_error", "model_not_allowed", message)
                            .param("model");
            case Refusal.Ended(String message) ->
                    ApiError.of(401, "authentication_error", "invalid_api_key", message);
            case Refusal.Over over -> {
                String type = over.limit().isBudget() ? "insufficient_quota" : "rate_limit_error";
                String code =
                        over.limit().isBudget() ? "insufficient_quota" : "rate_limit_exceeded";
                ApiError error = ApiError.of(429, type, code, over.message());
                yield wait(over).map(error::retryAfter).orElse(error);
            }
        };
    }

    private static Optional<Duration> wait(Refusal.Over over) {
        return over.limit() == Limit.CONCURRENT ? Optional.of(SOON) : over.roomAfter();
    }

    private static void headers(ServerResponse response, Standing standing) {
        standing.requests()
                .ifPresent(room ->
                        headers(response, room, LIMIT_REQUESTS, LEFT_REQUESTS, RESET_REQUESTS));
        standing.tokens()
                .ifPresent(
                        room -> headers(response, room, LIMIT_TOKENS, LEFT_TOKENS, RESET_TOKENS));
    }

    private static void headers(
            ServerResponse response,
            Standing.Room room,
            HeaderName limit,
            HeaderName left,
            HeaderName reset) {
        response.header(HeaderValues.create(limit, room.limit()))
                .header(HeaderValues.create(left, room.remaining()))
                .header(HeaderValues.create(reset, room.reset().toMillis() + "ms"));
    }
}
