package io.magicproxy.tool.net;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.magicproxy.tool.net.FetchException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a tool wants to fetch; all but the address has been checked. */
public record FetchRequest(
        String url, Method method, List<Header> headers, byte[] body, Limits limits) {
    /**
     * How far it may go.
     *
     * @param timeout for the whole of it, redirects included
     * @param maxBytes of the answer's body, unpacked
     */
    public record Limits(Duration timeout, int maxBytes) {}

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    /** They belong to the connection, or decide where a request goes or how it is read. */
    private static final Set<String> OURS =
            Set.of(
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "keep-alive",
                    "upgrade",
                    "te",
                    "trailer",
                    "expect",
                    "accept-encoding");

    /** What may be sent to a host that the tool didn't choose itself; any other may be a secret. */
    private static final Set<String> HARMLESS = Set.of("accept", "accept-language", "user-agent");

    /** Of what a script has passed. */
    public static FetchRequest of(
            String url, String method, Map<String, String> headers, byte[] body, Limits limits)
            throws FetchException {
        return new FetchRequest(url, method(method), headers(headers), body, limits);
    }

    /** An address as it is sent, if it is one that a tool may fetch at all. */
    public static String address(String url) throws FetchException {
        return HttpAddress.of(url).text();
    }

    private static Method method(String name) throws FetchException {
        String upper = name.toUpperCase(Locale.ROOT);
        if (!METHODS.contains(upper)) {
            throw new FetchException(
                    Kind.BAD_REQUEST,
                    "the method must be one of "
                            + String.join(", ", METHODS.stream().sorted().toList()));
        }
        return Method.create(upper);
    }

    /** Checked, so that none can end early and begin another one. */
    private static List<Header> headers(Map<String, String> given) throws FetchException {
        List<Header> headers = new ArrayList<>();
        for (Map.Entry<String, String> one : given.entrySet()) {
            String name = one.getKey();
            String lower = name.toLowerCase(Locale.ROOT);
            if (OURS.contains(lower) || lower.startsWith("proxy-")) {
                throw new FetchException(
                        Kind.BAD_REQUEST, "the header " + lower + " is not the tool's to set");
            }
            try {
                Header header = HeaderValues.create(HeaderNames.create(name), one.getValue());
                header.validate();
                headers.add(header);
            } catch (IllegalArgumentException e) {
                throw new FetchException(
                        Kind.BAD_REQUEST,
                        "a header's name or value has a character that no header may have");
            }
        }
        return headers;
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return method.text() + " (" + headers.size() + " headers, " + body.length + " bytes)";
    }

    boolean hasBody() {
        return body.length > 0;
    }

    /** As a redirect asks for it. */
    FetchRequest at(HttpAddress next, boolean sameOrigin, boolean asGet) {
        List<Header> kept =
                headers.stream()
                        .filter(h -> sameOrigin || HARMLESS.contains(h.headerName().lowerCase()))
                        .filter(h -> !asGet || !h.headerName().lowerCase().startsWith("content-"))
                        .toList();
        return new FetchRequest(
                next.text(), asGet ? Method.GET : method, kept, asGet ? new byte[0] : body, limits);
    }
}
