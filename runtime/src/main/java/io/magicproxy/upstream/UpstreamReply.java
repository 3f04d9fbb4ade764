package io.magicproxy.upstream;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.magicproxy.upstream.UpstreamException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An answer whose head has come. Read by one thread.
 *
 * <p>Read to its end, it gives the connection back; closed before, it drops the connection, which
 * tells the upstream to stop working.
 */
public final class UpstreamReply implements AutoCloseable {
    private static final int FIRST_GUESS = 8 * 1024;

    private final Exchange exchange;
    private final Body framed;
    private final InputStream content;
    private boolean ended;

    UpstreamReply(Exchange exchange, Body framed, InputStream content) {
        this.exchange = exchange;
        this.framed = framed;
        this.content = content;
    }

    public int status() {
        return exchange.head().status();
    }

    /** A header's first value; names in any case. */
    public Optional<String> header(String name) {
        return header(HeaderNames.create(name));
    }

    /** A header's first value. */
    public Optional<String> header(HeaderName name) {
        return exchange.head().headers().first(name);
    }

    /** All headers, by lower-case name. */
    public Map<String, List<String>> headers() {
        Map<String, List<String>> all = new TreeMap<>();
        for (Header header : exchange.head().headers()) {
            all.put(header.headerName().lowerCase(), List.copyOf(header.allValues()));
        }
        return all;
    }

    /**
     * Waits for the first output under the response time-out; without this, the total one counts
     * from the head on.
     */
    public void awaitFirstOutput() {
        exchange.attempt().awaitingResponse();
    }

    /** The first output has come: from now on the total time-out counts. */
    public void firstOutputSeen() {
        exchange.attempt().readingToTheEnd();
    }

    /**
     * The whole body.
     *
     * @param limit in bytes; a larger answer is {@link Kind#TOO_LARGE}
     */
    public byte[] body(int limit) throws UpstreamException {
        try {
            byte[] body =
                    content == framed && framed instanceof Body.Sized sized
                            ? sized(sized, limit)
                            : unsized(limit);
            end();
            return body;
        } catch (IOException | RuntimeException e) {
            throw fail(e);
        }
    }

    /**
     * The next bytes, at least one; -1 at the end. Gives what has come without waiting for more.
     */
    public int read(byte[] buffer, int offset, int length) throws UpstreamException {
        if (ended) {
            return -1;
        }
        try {
            int n = content.read(buffer, offset, length);
            if (n < 0) {
                end();
            }
            return n;
        } catch (IOException | RuntimeException e) {
            throw fail(e);
        }
    }

    /**
     * Reads what is left of a body that has said all, so that its connection can be used again;
     * gives it up after a tenth of a second.
     */
    public void drain() {
        exchange.attempt().readingTheRest();
        byte[] rest = new byte[512];
        try {
            while (read(rest, 0, rest.length) >= 0) {
                // Nobody wants it.
            }
        } catch (UpstreamException e) {
            // The connection is gone, and nobody needs it.
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            exchange.abandon();
        }
    }

    /** The host, for messages. */
    String host() {
        return exchange.attempt().origin().host();
    }

    private byte[] sized(Body.Sized sized, int limit) throws IOException, UpstreamException {
        if (sized.left() > limit) {
            throw tooLarge(limit);
        }
        byte[] body = new byte[(int) sized.left()];
        int n = 0;
        while (n < body.length) {
            n += sized.read(body, n, body.length - n);
        }
        return body;
    }

    private byte[] unsized(int limit) throws IOException, UpstreamException {
        var body = new ByteArrayOutputStream(FIRST_GUESS);
        byte[] buffer = new byte[FIRST_GUESS];
        for (int n = content.read(buffer, 0, buffer.length);
                n >= 0;
                n = content.read(buffer, 0, buffer.length)) {
            body.write(buffer, 0, n);
            if (body.size() > limit) {
                throw tooLarge(limit);
            }
        }
        return body.toByteArray();
    }

    private void end() throws IOException {
        // A decoder stops at its own end mark; HTTP's may still stand behind it.
        boolean atEnd =
                framed.ended() || (content != framed && framed.read() < 0 && framed.ended());
        ended = true;
        exchange.end(atEnd && !(framed instanceof ChunkedBody chunked && chunked.hasSurplus()));
    }

    private UpstreamException tooLarge(int limit) {
        close();
        return new UpstreamException(
                Kind.TOO_LARGE,
                host() + " answers with more than " + limit + " bytes; ask for less");
    }

    private UpstreamException fail(Exception e) {
        UpstreamException failure = exchange.failure(e);
        close();
        return failure;
    }
}
