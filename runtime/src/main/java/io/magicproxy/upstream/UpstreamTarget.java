package io.magicproxy.upstream;

import io.helidon.common.uri.UriInfo;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webclient.api.ClientUri;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One address with the headers that every request to it carries; made once for each profile, so
 * that a request pays for none of it.
 */
public final class UpstreamTarget {
    private static final Header USER_AGENT =
            HeaderValues.createCached(HeaderNames.USER_AGENT, "magic-proxy");
    private static final Header PLAIN =
            HeaderValues.createCached(HeaderNames.ACCEPT_ENCODING, "identity");

    private final Origin origin;
    private final ClientUri uri;
    private final List<Header> headers;

    private UpstreamTarget(Origin origin, ClientUri uri, List<Header> headers) {
        this.origin = origin;
        this.uri = uri;
        this.headers = headers;
    }

    /**
     * An {@code http} or {@code https} address. Host, content length, accepted encodings and the
     * user agent are added here.
     *
     * @throws IllegalArgumentException if the address or a header can't be sent
     */
    public static UpstreamTarget of(URI address, List<Header> headers) {
        return of(address, headers, AddressBook.system());
    }

    /** The same, with addresses from another book. */
    public static UpstreamTarget of(URI address, List<Header> headers, AddressBook addresses) {
        Origin origin = origin(address, addresses);
        var all = new ArrayList<Header>(headers.size() + 3);
        all.add(HeaderValues.createCached(HeaderNames.HOST, authority(address)));
        all.add(USER_AGENT);
        all.add(PLAIN);
        for (Header header : headers) {
            header.validate();
            all.add(HeaderValues.createCached(header.headerName(), header.get()));
        }
        return new UpstreamTarget(origin, uri(address, origin), List.copyOf(all));
    }

    /** The host, for messages. */
    public String host() {
        return origin.host();
    }

    Origin origin() {
        return origin;
    }

    ClientUri uri() {
        return uri;
    }

    List<Header> headers() {
        return headers;
    }

    private static Origin origin(URI address, AddressBook addresses) {
        String scheme =
                address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        if (!tls && !scheme.equals("http")) {
            throw new IllegalArgumentException(
                    address + " is no http or https address; write it with its scheme");
        }
        if (address.getHost() == null || address.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "an upstream's address needs a host and no user name; give keys in a key pool");
        }
        return new Origin(tls, address.getHost(), port(address, tls), addresses);
    }

    private static ClientUri uri(URI address, Origin origin) {
        String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        return ClientUri.create(
                UriInfo.builder()
                        .scheme(origin.tls() ? "https" : "http")
                        .host(origin.host())
                        .port(origin.port())
                        .path(new RequestTarget(path + query))
                        .build());
    }

    private static int port(URI address, boolean tls) {
        if (address.getPort() >= 0) {
            return address.getPort();
        }
        return tls ? 443 : 80;
    }

    private static String authority(URI address) {
        return address.getPort() < 0
                ? address.getHost()
                : address.getHost() + ":" + address.getPort();
    }
}
