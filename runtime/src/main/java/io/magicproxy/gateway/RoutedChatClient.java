package io.magicproxy.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.cache.CacheTerms;
import io.magicproxy.chat.ChatClient;
import io.magicproxy.chat.ChatClient.ChatFailedException;
import io.magicproxy.chat.ChatClient.ChatListener;
import io.magicproxy.chat.ChatClient.ChatOutcome;
import io.magicproxy.chat.ChatClient.Served;
import io.magicproxy.chat.ChatClient.StopSignal;
import io.magicproxy.chat.ChunkReader;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.quota.Estimate;
import io.magicproxy.quota.Limit;
import io.magicproxy.quota.Quota;
import io.magicproxy.quota.Refusal;
import io.magicproxy.quota.Ticket;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.Pause;
import io.magicproxy.routing.Route;
import io.magicproxy.routing.Routed;
import io.magicproxy.routing.RoutingException;
import io.magicproxy.routing.RoutingFailure;
import io.magicproxy.store.StoreException;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.usage.Payer;
import io.magicproxy.usage.UsageBook;
import io.magicproxy.usage.Use;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Asks models for patterns, by the same routes as everybody else. */
public final class RoutedChatClient {
    /** For an answer that we cut off, whose provider tells no usage: about four letters a token. */
    private static final int CHARS_PER_TOKEN = 4;

    /** Nobody tells when one of the calls under way ends. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Gateway gateway;
    private final UsageBook book;
    private final Quota quota;
    private final InstantSource clock;

    /**
     * @param book is told of each answer's usage
     * @param quota says who may ask
     */
    public RoutedChatClient(Gateway gateway, UsageBook book, Quota quota, InstantSource clock) {
        this.gateway = gateway;
        this.book = book;
        this.quota = quota;
        this.clock = clock;
    }

    Quota quota() {
        return quota;
    }

    /** The models, on somebody's account. */
    public ChatClient paidBy(Payer payer) {
        return (request, listener, stop) -> ask(payer, request, listener, stop);
    }

    private ChatOutcome ask(Payer payer, ObjectNode request, ChatListener listener, StopSignal stop)
            throws ChatFailedException {
        GatewayGeneration generation = gateway.current();
        ObjectNode streamed = request.deepCopy().put("stream", true);
        streamed.putObject("stream_options").put("include_usage", true);
        byte[] bytes = Json.bytes(streamed);
        Cancellation cancellation =
                new Cancellation(generation.config().routerSettings().timeout());
        Instant begun = clock.instant();
        try (var _ = stop.onStop(() -> cancellation.cancel(Cancellation.Reason.CLIENT_GONE))) {
            RequestBody body = generation.scanner().scan(bytes);
            Route route = route(generation, body.model());
            Estimate estimate = Estimate.of(route, body);
            try (Ticket ticket = admitted(payer, estimate, cancellation)) {
                var asked = new Asked(listener, payer, ticket, route.name(), bytes.length, begun);
                return read(begun(generation, route, body, cancellation, asked), asked);
            }
        } catch (MalformedRequestException e) {
            throw new ChatFailedException("invalid_request", String.valueOf(e.getMessage()), false);
        } catch (RoutingException e) {
            throw failed(e.failure());
        } catch (CallCancelledException e) {
            throw cancelled(e, false);
        } catch (ChatFailedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("closing a registration doesn't fail", e);
        }
    }

    /** Rate limits give room by and by, and an agent can wait; a budget doesn't. */
    private Ticket admitted(Payer payer, Estimate estimate, Cancellation cancellation)
            throws ChatFailedException {
        Instant until = clock.instant().plus(Quota.patience());
        while (true) {
            switch (entry(payer, estimate)) {
                case Quota.Entry.Open(Ticket ticket) -> {
                    return ticket;
                }
                case Quota.Entry.Closed(Refusal refusal) -> {
                    Duration wait =
                            worthWaiting(refusal)
                                    .filter(time -> !clock.instant().plus(time).isAfter(until))
                                    .orElseThrow(() -> refused(refusal));
                    Pause.real().sleep(wait, cancellation);
                }
            }
        }
    }

    private Quota.Entry entry(Payer payer, Estimate estimate) throws ChatFailedException {
        try {
            return quota.call(payer, estimate);
        } catch (StoreException e) {
            throw new ChatFailedException(
                    "store_unavailable", "limits can't be looked at: " + e.getMessage(), true);
        }
    }

    private static Optional<Duration> worthWaiting(Refusal refusal) {
        return switch (refusal) {
            case Refusal.Over over when over.limit() == Limit.CONCURRENT -> Optional.of(LOOK_AGAIN);
            case Refusal.Over over when !over.limit().isBudget() -> over.roomAfter();
            case Refusal.Over _, Refusal.Ended _, Refusal.Forbidden _ -> Optional.empty();
        };
    }

    private static ChatFailedException refused(Refusal refusal) {
        return new ChatFailedException(
                switch (refusal) {
                    case Refusal.Over over when over.limit().isBudget() -> "insufficient_quota";
                    case Refusal.Over _ -> "key_rate_limit";
                    case Refusal.Ended _ -> "key_ended";
                    case Refusal.Forbidden _ -> "model_not_allowed";
                },
                refusal.message(),
                false);
    }

    private Routed<ChatStream> begun(
            GatewayGeneration generation,
            Route route,
            RequestBody body,
            Cancellation cancellation,
            Asked asked)
            throws RoutingException {
        try {
            CacheTerms terms = new CacheTerms(CacheCircle.of(asked.payer()), Set.of());
            return generation.failover().stream(route, body, terms, cancellation);
        } catch (CallCancelledException e) {
            asked.ticket().givenUp();
            throw e;
        } catch (RoutingException e) {
            book.failed(asked.payer(), asked.alias(), Use.Kind.AGENT);
            throw e;
        }
    }

    private static Route route(GatewayGeneration generation, String model)
            throws ChatFailedException {
        return generation
                .routes()
                .find(model)
                .filter(route -> route.mode() == ModelInfo.Mode.CHAT)
                .orElseThrow(() ->
                        new ChatFailedException(
                                "model_not_found",
                                "there is no chat model \""
                                        + model
                                        + "\""
                                        + generation.routes().hint(model),
                                false));
    }

    /** Who asked, what, and who hears the answer. */
    private record Asked(
            ChatListener listener,
            Payer payer,
            Ticket ticket,
            String alias,
            int requestBytes,
            Instant begun) {}

    /** What an answer took, whole or not. */
    private record Spent(Usage usage, Optional<BigDecimal> cost) {}

    private ChatOutcome read(Routed<ChatStream> routed, Asked asked) throws ChatFailedException {
        ChunkReader reader = new ChunkReader(asked.listener());
        Spent spent;
        try (ChatStream stream = routed.value()) {
            try {
                pull(stream, reader);
            } catch (ProviderException | CallCancelledException | JsonProcessingException e) {
                var _ = spent(stream, reader, routed, asked);
                throw e;
            }
            spent = spent(stream, reader, routed, asked);
        } catch (ProviderException e) {
            throw failed(e.failure(), true);
        } catch (CallCancelledException e) {
            throw cancelled(e, true);
        } catch (JsonProcessingException e) {
            throw new ChatFailedException("provider_bad_answer", "the stream holds no JSON", true);
        }
        return new ChatOutcome(
                reader.message(),
                reader.finish(),
                spent.usage(),
                spent.cost().isPresent()
                        ? OptionalDouble.of(spent.cost().get().doubleValue())
                        : OptionalDouble.empty(),
                new Served(
                        routed.profile().name(),
                        routed.profile().provider(),
                        routed.attempts().size(),
                        routed.fallbacks(),
                        Duration.between(asked.begun(), clock.instant())));
    }

    private static void pull(ChatStream stream, ChunkReader reader)
            throws ProviderException, JsonProcessingException {
        for (Optional<ChatStream.Frames> next = stream.next();
                next.isPresent();
                next = stream.next()) {
            ChatStream.Frames frames = next.get();
            reader.read(frames.buffer(), frames.offset(), frames.length());
            if (reader.enough()) {
                break;
            }
        }
    }

    /** An answer that was remembered took nothing. */
    private Spent spent(
            ChatStream stream, ChunkReader reader, Routed<ChatStream> routed, Asked asked) {
        Usage usage =
                stream.usage().orElseGet(() -> estimate(asked.requestBytes(), reader.characters()));
        Use use = new Use(asked.payer(), asked.alias(), Use.Kind.AGENT, routed.profile(), usage);
        if (routed.remembered()) {
            book.remembered(use);
            return new Spent(usage, Optional.of(BigDecimal.ZERO));
        }
        Optional<BigDecimal> cost = book.used(use);
        asked.ticket().used(usage, cost);
        return new Spent(usage, cost);
    }

    private static Usage estimate(int requestBytes, int characters) {
        return Usage.guessed(requestBytes / CHARS_PER_TOKEN, characters / CHARS_PER_TOKEN);
    }

    private static ChatFailedException failed(RoutingFailure failure) {
        return switch (failure) {
            case RoutingFailure.Refused(ProviderFailure refused, var _) -> failed(refused, false);
            case RoutingFailure.Exhausted(ProviderFailure last, var _, var _) ->
                    failed(last, false);
            case RoutingFailure.CoolingDown(Duration wait, var _) ->
                    new ChatFailedException(
                            "cooling_down",
                            "every key and provider of this model rests for "
                                    + wait.toSeconds()
                                    + " s after failures",
                            false);
            case RoutingFailure.NoKey(String remedy, var _) ->
                    new ChatFailedException(
                            "no_key", "this model has no usable key: " + remedy, false);
        };
    }

    private static ChatFailedException failed(ProviderFailure failure, boolean interrupted) {
        return new ChatFailedException(
                "provider_" + failure.failureClass().name().toLowerCase(Locale.ROOT),
                failure.message(),
                interrupted);
    }

    private static ChatFailedException cancelled(CallCancelledException e, boolean interrupted) {
        return e.reason() == Cancellation.Reason.DEADLINE
                ? new ChatFailedException(
                        "timeout",
                        "the model took longer than router_settings.timeout",
                        interrupted)
                : new ChatFailedException("cancelled", "the call was given up", false);
    }
}
