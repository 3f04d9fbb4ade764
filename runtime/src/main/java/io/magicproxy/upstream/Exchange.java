package io.magicproxy.upstream;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.magicproxy.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ProtocolException;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** One request and its answer on one connection. */
final class Exchange {
    private final HelidonUpstreamClient client;
    private final Connection connection;
    private final Attempt attempt;
    private final Head head;

    /** An answer's status line and headers. */
    record Head(int status, Headers headers) {}

    Exchange(HelidonUpstreamClient client, Connection connection, Attempt attempt, Head head) {
        this.client = client;
        this.connection = connection;
        this.attempt = attempt;
        this.head = head;
    }

    Head head() {
        return head;
    }

    Attempt attempt() {
        return attempt;
    }

    UpstreamReply reply() throws IOException {
        Body framed = framed();
        return new UpstreamReply(this, framed, decoded(framed));
    }

    /** To a HEAD: its headers may speak of a body that doesn't come. */
    UpstreamReply headOnly() {
        var nothing = new Body.Sized(connection, 0);
        return new UpstreamReply(this, nothing, nothing);
    }

    /** The answer is read. */
    void end(boolean reusable) {
        boolean intact = attempt.finish();
        if (intact
                && reusable
                && !connection.hasSurplus()
                && !head.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            client.giveBack(connection);
        } else {
            client.discard(connection);
        }
    }

    /** The answer isn't wanted any more. */
    void abandon() {
        attempt.finish();
        client.discard(connection);
    }

    UpstreamException failure(Exception e) {
        return failure(attempt, e);
    }

    static UpstreamException failure(Attempt attempt, Exception e) {
        if (Thread.currentThread().isInterrupted()) {
            // The JDK has closed the socket; whoever interrupted wants this thread to stop.
            attempt.breakBy(Kind.CANCELLED);
        }
        if (!attempt.running()) {
            return attempt.broken();
        }
        Origin origin = attempt.origin();
        return switch (e) {
            case UpstreamException known -> known;
            case ProtocolException p -> noHttp(origin, p);
            case ZipException z -> noHttp(origin, z);
            case IOException io -> broke(origin, io);
            case UncheckedIOException io -> broke(origin, io);
            case DataReader.InsufficientDataAvailableException end -> broke(origin, end);
            default -> noHttp(origin, e);
        };
    }

    private static UpstreamException broke(Origin origin, Exception e) {
        return new UpstreamException(
                Kind.RESET, origin + " broke the connection before its answer was complete", e);
    }

    private static UpstreamException noHttp(Origin origin, Exception e) {
        return new UpstreamException(
                Kind.PROTOCOL,
                origin
                        + " speaks no HTTP/1.1 that can be read ("
                        + e.getMessage()
                        + "); check api_base",
                e);
    }

    private Body framed() {
        Headers headers = head.headers();
        if (head.status() == 204 || head.status() == 304) {
            return new Body.Sized(connection, 0);
        }
        if (headers.containsToken(HeaderValues.TRANSFER_ENCODING_CHUNKED)) {
            return new ChunkedBody(connection);
        }
        OptionalLong length = headers.contentLength();
        return length.isPresent()
                ? new Body.Sized(connection, length.getAsLong())
                : new Body.Open(connection);
    }

    private InputStream decoded(Body framed) throws IOException {
        String encoding = head.headers().first(HeaderNames.CONTENT_ENCODING).orElse("identity");
        return switch (encoding) {
            case "identity" -> framed;
            case "gzip", "x-gzip" -> new GZIPInputStream(framed);
            default ->
                    throw new ProtocolException(
                            "it packs its answer as " + encoding + ", which nobody asked for");
        };
    }
}
