package io.magicproxy.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.magicproxy.chat.ChatClient;
import io.magicproxy.chat.ChunkReader;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.routing.CallWatch;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.telemetry.ModelCall;
import io.magicproxy.telemetry.ModelSpan;
import io.magicproxy.telemetry.Spans;
import io.magicproxy.telemetry.Trace;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** One call of an upstream as a span, and as the GenAI conventions' metrics. */
final class WatchedCall implements CallWatch {
    private static final String OK = "ok";
    private static final String GIVEN_UP = "given_up";

    /** Content is for eyes elsewhere; here only the whole of it counts. */
    private static final ChatClient.ChatListener NOBODY =
            new ChatClient.ChatListener() {
                @Override
                public void reasoning(String text) {}

                @Override
                public boolean text(String text) {
                    return false;
                }
            };

    private final ModelCall call;
    private final GatewayMetrics metrics;
    private final ModelSpan span;
    private final Trace above = Trace.here();
    private final long start = System.nanoTime();
    private final AnswerFacts facts = new AnswerFacts();
    private final Optional<ChunkReader> content;
    private String outcome = OK;

    WatchedCall(ModelCall call, GatewayMetrics metrics, Spans spans) {
        this.call = call;
        this.metrics = metrics;
        this.span = spans.model(call);
        this.content = span.content() ? Optional.of(new ChunkReader(NOBODY)) : Optional.empty();
    }

    @Override
    public Map<String, String> headers() {
        return span.outgoing();
    }

    @Override
    public void asked(RequestBody request) {
        if (span.content()) {
            try {
                request.member("messages").map(Conversations::asked).ifPresent(span::asked);
            } catch (MalformedRequestException e) {
                // The provider's adapter says so.
            }
        }
    }

    @Override
    public void answered(JsonReply reply) {
        if (span.recorded()) {
            facts.whole(reply.body());
            if (span.content()) {
                Conversations.answered(reply.body()).ifPresent(span::said);
            }
        }
    }

    @Override
    public void firstOutput(Duration after) {
        if (span.recorded()) {
            span.firstOutput(after);
        }
    }

    @Override
    public void frames(ChatStream.Frames frames) {
        if (span.recorded()) {
            facts.frames(frames.buffer(), frames.offset(), frames.length());
            content.ifPresent(reader -> read(reader, frames));
        }
    }

    private static void read(ChunkReader reader, ChatStream.Frames frames) {
        try {
            reader.read(frames.buffer(), frames.offset(), frames.length());
        } catch (JsonProcessingException e) {
            // What comes of it is told without this part.
        }
    }

    @Override
    public void used(Optional<Usage> usage) {
        usage.ifPresent(used -> {
            metrics.modelTokens(call, used.prompt(), used.completion());
            if (span.recorded()) {
                span.tokens(used.prompt(), used.completion());
                span.tokensApart(used.cacheRead(), used.cacheWrite(), used.reasoning());
            }
        });
    }

    @Override
    public void failed(ProviderFailure failure) {
        outcome = failure.failureClass().wire();
        failure.status()
                .ifPresentOrElse(
                        status -> span.failed(outcome, status), () -> span.failed(outcome));
        above.event(Trace.Event.ATTEMPT_FAILED, "profile", call.profile(), "error", outcome);
    }

    @Override
    public void givenUp() {
        if (outcome.equals(OK)) {
            outcome = GIVEN_UP;
            span.failed(GIVEN_UP);
        }
    }

    @Override
    public void ended() {
        if (span.recorded()) {
            span.response(facts.id(), facts.model(), facts.finishReasons());
            content.filter(reader -> reader.characters() > 0 || !reader.finish().isEmpty())
                    .map(reader -> Conversations.said(reader.message(), reader.finish()))
                    .ifPresent(span::said);
        }
        span.end();
        metrics.modelCalled(call, outcome, Duration.ofNanos(System.nanoTime() - start));
    }
}
