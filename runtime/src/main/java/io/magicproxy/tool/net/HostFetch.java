package io.magicproxy.tool.net;

import io.helidon.http.Method;
import io.magicproxy.tool.net.FetchException.Kind;
import io.magicproxy.tool.power.NetworkGrant;
import io.magicproxy.upstream.AddressBook;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamException;
import io.magicproxy.upstream.UpstreamReply;
import io.magicproxy.upstream.UpstreamRequest;
import io.magicproxy.upstream.UpstreamTarget;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/**
 * Fetches over the network: each host, and each address that its name leads to, is checked against
 * the grant; the connection goes to a checked address, under the name. No cookies, no proxy.
 */
public final class HostFetch implements Fetcher {
    private static final int MAX_REDIRECTS = 5;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final UpstreamClient client;
    private final AddressBook resolver;

    /**
     * @param client that keeps no connections: those of one tool are no other's; not closed here
     */
    public HostFetch(UpstreamClient client) {
        this(client, host -> List.of(InetAddress.getAllByName(host)));
    }

    /** With a resolver of its own, whose answers are checked all the same. */
    public HostFetch(UpstreamClient client, AddressBook resolver) {
        this.client = client;
        this.resolver = resolver;
    }

    @Override
    public Fetched fetch(FetchRequest first, NetworkGrant grant, Cancellation cancellation)
            throws FetchException {
        long deadline = System.nanoTime() + first.limits().timeout().toNanos();
        FetchRequest request = first;
        HttpAddress at = HttpAddress.of(first.url());
        Optional<HttpAddress> from = Optional.empty();
        for (int hops = 0; ; hops++) {
            check(from, at, grant);
            try (UpstreamReply reply = send(at, request, grant, left(deadline), cancellation)) {
                Optional<HttpAddress> next = next(at, reply);
                if (next.isEmpty()) {
                    return fetched(at, reply, request.limits().maxBytes());
                }
                if (hops == MAX_REDIRECTS) {
                    throw new FetchException(
                            Kind.FAILED,
                            at.origin() + " redirects more than " + MAX_REDIRECTS + " times");
                }
                request = redirected(request, at, next.get(), reply.status());
                from = Optional.of(at);
                at = next.get();
            } catch (UpstreamException e) {
                throw failure(e, at, request);
            }
        }
    }

    private static void check(Optional<HttpAddress> from, HttpAddress at, NetworkGrant grant)
            throws FetchException {
        if (!grant.names(at.host(), at.port())) {
            throw new FetchException(
                    Kind.NOT_ALLOWED,
                    from.map(it -> it.origin() + " redirects to " + at.origin() + ": ").orElse("")
                            + grant.tool()
                            + " may not call "
                            + at.hostAndPort()
                            + "; "
                            + grant.remedy(List.of(at.hostAndPort())));
        }
    }

    private UpstreamReply send(
            HttpAddress at,
            FetchRequest request,
            NetworkGrant grant,
            Duration left,
            Cancellation cancellation)
            throws UpstreamException {
        var target =
                UpstreamTarget.of(at.uri(), List.of(), new GrantedAddresses(resolver, grant, at));
        Duration connect = left.compareTo(CONNECT) < 0 ? left : CONNECT;
        return client.send(
                new UpstreamRequest(
                        request.method(),
                        target,
                        request.headers(),
                        request.body(),
                        new Timeouts(connect, left, left)),
                cancellation);
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    private static Optional<HttpAddress> next(HttpAddress at, UpstreamReply reply)
            throws FetchException {
        Optional<String> location = reply.header("location");
        return REDIRECTS.contains(reply.status()) && location.isPresent()
                ? Optional.of(at.to(location.get()))
                : Optional.empty();
    }

    /** As browsers do it, but that a body is never carried to another host. */
    private static FetchRequest redirected(
            FetchRequest request, HttpAddress from, HttpAddress to, int status)
            throws FetchException {
        boolean post = request.method().equals(Method.POST);
        boolean head = request.method().equals(Method.HEAD);
        boolean asGet = (status == 303 && !head) || (post && (status == 301 || status == 302));
        boolean sameOrigin = from.sameOrigin(to);
        if (!sameOrigin && !asGet && request.hasBody()) {
            throw new FetchException(
                    Kind.FAILED,
                    from.origin()
                            + " redirects to "
                            + to.origin()
                            + ", where the request's body isn't sent; call that address itself");
        }
        return request.at(to, sameOrigin, asGet);
    }

    private static Fetched fetched(HttpAddress at, UpstreamReply reply, int maxBytes)
            throws UpstreamException {
        Map<String, String> headers = new TreeMap<>();
        reply.headers().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        byte[] body = reply.body(maxBytes);
        String type = headers.getOrDefault("content-type", "");
        return new Fetched(reply.status(), at.text(), headers, BodyText.of(body, type));
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
            case TOO_LARGE ->
                    new FetchException(
                            Kind.TOO_LARGE,
                            where
                                    + " answers with more than "
                                    + request.limits().maxBytes()
                                    + " bytes (max_bytes)");
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
