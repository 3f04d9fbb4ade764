package io.magicproxy.tool.net;

import io.helidon.http.Method;
import io.magicproxy.tool.net.FetchException.Kind;
import io.magicproxy.tool.power.NetworkGrant;
import io.magicproxy.upstream.AddressBook;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.UpstreamClient;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Fetches over the network: each host, and each address that its name leads to, is checked against
 * the grant; the connection goes to a checked address, under the name. No cookies, no proxy.
 */
public final class HostFetch implements Fetcher {
    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final Wire wire;
    private final AddressBook resolver;

    /**
     * @param client that keeps no connections: those of one tool are no other's; not closed here
     */
    public HostFetch(UpstreamClient client) {
        this(client, host -> List.of(InetAddress.getAllByName(host)));
    }

    /** With a resolver of its own, whose answers are checked all the same. */
    public HostFetch(UpstreamClient client, AddressBook resolver) {
        this(new UpstreamWire(client), resolver);
    }

    /** Over another wire than the network. */
    public HostFetch(Wire wire, AddressBook resolver) {
        this.wire = wire;
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
            var hop =
                    new Wire.Hop(
                            at.host().text(),
                            request.at(at, true, false),
                            new GrantedAddresses(resolver, grant, at),
                            left(deadline));
            try (WireReply reply = wire.send(hop, cancellation)) {
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

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    private static Optional<HttpAddress> next(HttpAddress at, WireReply reply)
            throws FetchException {
        List<String> location = reply.headers().getOrDefault("location", List.of());
        return REDIRECTS.contains(reply.status()) && !location.isEmpty()
                ? Optional.of(at.to(location.getFirst()))
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

    private static Fetched fetched(HttpAddress at, WireReply reply, int maxBytes)
            throws FetchException {
        Map<String, String> headers = new TreeMap<>();
        reply.headers().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        return new Fetched(reply.status(), at.text(), headers, reply.text(maxBytes));
    }
}
