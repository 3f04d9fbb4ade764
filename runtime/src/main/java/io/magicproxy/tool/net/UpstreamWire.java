package io.magicproxy.tool.net;

import io.magicproxy.tool.net.FetchException.Kind;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamException;
import io.magicproxy.upstream.UpstreamReply;
import io.magicproxy.upstream.UpstreamRequest;
import io.magicproxy.upstream.UpstreamTarget;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** The network. */
record UpstreamWire(UpstreamClient client) implements Wire {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    @Override
    public WireReply send(Hop hop, Cancellation cancellation) throws FetchException {
        FetchRequest request = hop.request();
        HttpAddress at = HttpAddress.of(request.url());
        var target = UpstreamTarget.of(at.uri(), List.of(), hop.addresses());
        Duration left = hop.left();
        Duration connect = left.compareTo(CONNECT) < 0 ? left : CONNECT;
        var sent =
                new UpstreamRequest(
                        request.method(),
                        target,
                        request.headers(),
                        request.body(),
                        new Timeouts(connect, left, left));
        try {
            return new Reply(client.send(sent, cancellation), at, request);
        } catch (UpstreamException e) {
            throw failure(e, at, request);
        }
    }

    private record Reply(UpstreamReply reply, HttpAddress at, FetchRequest request)
            implements WireReply {
        @Override
        public int status() {
            return reply.status();
        }

        @Override
        public Map<String, List<String>> headers() {
            return reply.headers();
        }

        @Override
        public String text(int maxBytes) throws FetchException {
            try {
                byte[] body = reply.body(maxBytes);
                return BodyText.of(
                        body, String.join(", ", headers().getOrDefault("content-type", List.of())));
            } catch (UpstreamException e) {
                throw failure(e, at, request);
            }
        }

        @Override
        public void close() {
            reply.close();
        }
    }

    private static FetchException failure(
            UpstreamException e, HttpAddress at, FetchRequest request) {
        String where = at.origin();
        return switch (e.kind()) {
            case FORBIDDEN_ADDRESS ->
                    new FetchException(Kind.NOT_ALLOWED, String.valueOf(e.getMessage()));
            case CONNECT ->
                    new FetchException(Kind.FAILED, where + " can't be reached: " + reason(e));
            case CONNECT_TIMEOUT ->
                    new FetchException(Kind.TIMEOUT, where + " accepted no connection in time");
            case TLS ->
                    new FetchException(
                            Kind.FAILED, where + " offers no TLS that can be trusted for its name");
            case RESPONSE_TIMEOUT, TOTAL_TIMEOUT ->
                    new FetchException(
                            Kind.TIMEOUT,
                            where
                                    + " gave no whole answer within "
                                    + request.limits().timeout().toMillis()
                                    + " ms (timeout_ms)");
            case TOO_LARGE -> FetchException.tooLarge(where, request.limits().maxBytes());
            case RESET ->
                    new FetchException(
                            Kind.FAILED, where + " broke the connection before its answer's end");
            case PROTOCOL ->
                    new FetchException(Kind.FAILED, where + " speaks no HTTP/1.1 that can be read");
            case CANCELLED -> new FetchException(Kind.CANCELLED, "the call was given up");
        };
    }

    private static String reason(UpstreamException e) {
        return e.getCause() instanceof ExecutionException unresolved
                        && unresolved.getCause() instanceof UnknownHostException
                ? "its name doesn't resolve"
                : "it accepts no connection";
    }
}
