package io.magicproxy.provider;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.magicproxy.provider.ProviderCodec.KeyHeader;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamException;
import io.magicproxy.upstream.UpstreamReply;
import io.magicproxy.upstream.UpstreamRequest;
import io.magicproxy.upstream.UpstreamTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Sends an adapter's requests: puts the key in its header, and turns what can go wrong into the
 * port's failures.
 */
public final class UpstreamCalls {
    /** Larger than any answer that a model writes; embeddings of long lists come nearest. */
    private static final int MAX_REPLY_BYTES = 256 * 1024 * 1024;

    private static final int MAX_ERROR_BYTES = 1024 * 1024;

    private final UpstreamClient client;
    private final HeaderName keyHeader;
    private final String keyPrefix;
    private final Function<ErrorReply, ProviderFailure> classify;

    public UpstreamCalls(
            UpstreamClient client,
            KeyHeader keyHeader,
            Function<ErrorReply, ProviderFailure> classify) {
        this.client = client;
        this.keyHeader = HeaderNames.create(keyHeader.name());
        this.keyPrefix = keyHeader.prefix();
        this.classify = classify;
    }

    /** The whole body of a successful answer. */
    public byte[] exchange(UpstreamTarget target, byte[] body, CallContext call)
            throws ProviderException {
        return answer(target, body, call).body();
    }

    /** A successful answer and the limits that its headers tell of. */
    public record Answer(byte[] body, RateLimits limits) {}

    /** A whole successful answer. */
    public Answer answer(UpstreamTarget target, byte[] body, CallContext call)
            throws ProviderException {
        try (UpstreamReply reply = open(target, body, call)) {
            RateLimits limits = RateLimits.of(reply::header);
            return new Answer(reply.body(MAX_REPLY_BYTES), limits);
        } catch (UpstreamException e) {
            throw failure(e, call.cancellation());
        }
    }

    /** A successful answer whose body is still to be read; the caller closes it. */
    public UpstreamReply open(UpstreamTarget target, byte[] body, CallContext call)
            throws ProviderException {
        return send(UpstreamRequest.post(target, headers(call), body, call.timeouts()), call);
    }

    /** A GET of which only the success counts. */
    public void probe(UpstreamTarget target, CallContext call) throws ProviderException {
        try (UpstreamReply reply =
                send(UpstreamRequest.get(target, headers(call), call.timeouts()), call)) {
            reply.drain();
        }
    }

    private UpstreamReply send(UpstreamRequest request, CallContext call) throws ProviderException {
        try {
            UpstreamReply reply = client.send(request, call.cancellation());
            if (reply.status() / 100 == 2) {
                return reply;
            }
            try (reply) {
                byte[] words = reply.body(MAX_ERROR_BYTES);
                ProviderFailure failure =
                        classify.apply(new ErrorReply(reply.status(), reply::header, words));
                throw new ProviderException(masked(failure, call));
            }
        } catch (UpstreamException e) {
            throw failure(e, call.cancellation());
        }
    }

    /** Some providers quote the key that they refuse. */
    private static ProviderFailure masked(ProviderFailure failure, CallContext call) {
        return call.key()
                .map(key -> failure.withMessage(key.maskedIn(failure.message())))
                .orElse(failure);
    }

    private List<Header> headers(CallContext call) {
        if (call.headers().isEmpty()) {
            return key(call);
        }
        List<Header> all = new ArrayList<>(key(call));
        call.headers()
                .forEach((name, value) ->
                        all.add(HeaderValues.create(HeaderNames.create(name), value)));
        return all;
    }

    private List<Header> key(CallContext call) {
        return call.key()
                .map(key -> List.of(HeaderValues.create(keyHeader, keyPrefix + key.reveal())))
                .orElse(List.of());
    }

    /** What a broken exchange means; one that we broke ourselves is thrown as such. */
    public static ProviderException failure(UpstreamException e, Cancellation cancellation) {
        FailureClass failureClass =
                switch (e.kind()) {
                    case CANCELLED ->
                            throw new CallCancelledException(
                                    cancellation.reason().orElse(Cancellation.Reason.SHUTDOWN));
                    case CONNECT,
                            CONNECT_TIMEOUT,
                            TLS,
                            RESET,
                            RESPONSE_TIMEOUT,
                            TOTAL_TIMEOUT,
                            PROTOCOL ->
                            FailureClass.TRANSIENT;
                    case FORBIDDEN_ADDRESS, TOO_LARGE -> FailureClass.UNKNOWN;
                };
        return new ProviderException(
                ProviderFailure.of(failureClass, String.valueOf(e.getMessage())), e);
    }
}
