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
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.Route;
import io.magicproxy.routing.Routed;
import io.magicproxy.routing.RoutingException;
import io.magicproxy.routing.RoutingFailure;
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

    private final Gateway gateway;
    private final UsageBook book;
    private final InstantSource clock;

    /**
     * @param book is told of each answer's usage
     */
    public RoutedChatClient(Gateway gateway, UsageBook book, InstantSource clock) {
        this.gateway = gateway;
        this.book = book;
        this.clock = clock;
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
            Routed<ChatStream> routed = routed(payer, generation, route, body, cancellation);
            Asked asked = new Asked(listener, payer, route.name(), bytes.length, begun);
            return read(routed, asked);
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

    private Routed<ChatStream> routed(
            Payer payer,
            GatewayGeneration generation,
            Route route,
            RequestBody body,
            Cancellation cancellation)
            throws RoutingException {
        try {
            CacheTerms terms = new CacheTerms(CacheCircle.of(payer), Set.of());
            return generation.failover().stream(route, body, terms, cancellation);
        } catch (RoutingException e) {
            book.failed(payer, route.name(), Use.Kind.AGENT);
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
            ChatListener listener, Payer payer, String alias, int requestBytes, Instant begun) {}

    private ChatOutcome read(Routed<ChatStream> routed, Asked asked) throws ChatFailedException {
        ChunkReader reader = new ChunkReader(asked.listener());
        Optional<Usage> told;
        try (ChatStream stream = routed.value()) {
            for (Optional<ChatStream.Frames> next = stream.next();
                    next.isPresent();
                    next = stream.next()) {
                ChatStream.Frames frames = next.get();
                reader.read(frames.buffer(), frames.offset(), frames.length());
                if (reader.enough()) {
                    break;
                }
            }
            told = stream.usage();
        } catch (ProviderException e) {
            throw failed(e.failure(), true);
        } catch (CallCancelledException e) {
            throw cancelled(e, true);
        } catch (JsonProcessingException e) {
            throw new ChatFailedException("provider_bad_answer", "the stream holds no JSON", true);
        }
        Usage usage = told.orElseGet(() -> estimate(asked.requestBytes(), reader.characters()));
        Optional<BigDecimal> cost =
                routed.remembered()
                        ? Optional.of(BigDecimal.ZERO)
                        : book.used(
                                new Use(
                                        asked.payer(),
                                        asked.alias(),
                                        Use.Kind.AGENT,
                                        routed.profile(),
                                        usage));
        return new ChatOutcome(
                reader.message(),
                reader.finish(),
                usage,
                cost.isPresent()
                        ? OptionalDouble.of(cost.get().doubleValue())
                        : OptionalDouble.empty(),
                new Served(
                        routed.profile().name(),
                        routed.profile().provider(),
                        routed.attempts().size(),
                        routed.fallbacks(),
                        Duration.between(asked.begun(), clock.instant())));
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
