package io.magicproxy.upstream;

import io.helidon.http.Header;
import io.helidon.http.Http1HeadersParser;
import io.helidon.http.Method;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webclient.http1.Http1ClientRequest;
import io.helidon.webclient.http1.Http1StatusParser;
import io.magicproxy.upstream.Exchange.Head;
import io.magicproxy.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Helidon's HTTP/1.1 client on our own connections. */
final class HelidonUpstreamClient implements UpstreamClient {
    /**
     * A connection that breaks later than this after the request was not closed while idle: the
     * request may be at work.
     */
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int STATUS_LINE_BYTES = 4 * 1024;

    private final UpstreamConfig config;
    private final ConnectionPool pool;
    private final Connector connector;
    private final Watchdog watchdog;
    private final Http1Client http;

    HelidonUpstreamClient(UpstreamConfig config) {
        this.config = config;
        this.pool = new ConnectionPool(config);
        this.connector = new Connector(config);
        this.watchdog = new Watchdog(pool);
        this.http =
                Http1Client.builder()
                        .followRedirects(false)
                        .sendExpectContinue(false)
                        .proxy(Proxy.noProxy())
                        .servicesDiscoverServices(false)
                        .protocolConfig(p ->
                                // UpstreamTarget and UpstreamRequest have checked them.
                                p.validateRequestHeaders(false)
                                        .maxHeaderSize(config.headerBytes())
                                        .maxStatusLineLength(STATUS_LINE_BYTES))
                        .build();
        watchdog.start();
    }

    @Override
    public UpstreamReply send(UpstreamRequest request, Cancellation cancellation)
            throws UpstreamException {
        var attempt = new Attempt(request.target().origin(), request.timeouts(), cancellation);
        try {
            Optional<Connection> pooled = pool.take(attempt.origin());
            if (pooled.isPresent()) {
                try {
                    return exchange(pooled.get(), attempt, request);
                } catch (UpstreamException e) {
                    if (!wasStale(pooled.get(), attempt, e)) {
                        throw e;
                    }
                }
            }
            return exchange(connect(attempt), attempt, request);
        } catch (UpstreamException | RuntimeException e) {
            attempt.finish();
            throw e;
        }
    }

    @Override
    public void close() {
        watchdog.close();
        http.closeResource();
    }

    void giveBack(Connection connection) {
        connection.idle();
        if (!pool.give(connection)) {
            discard(connection);
        }
    }

    void discard(Connection connection) {
        watchdog.unwatch(connection);
        connection.closeResource();
    }

    /** How many connections are open, in use or idle. */
    int connections() {
        return watchdog.connections();
    }

    private Connection connect(Attempt attempt) throws UpstreamException {
        watchdog.watch(attempt);
        try {
            Connection connection = connector.connect(attempt);
            watchdog.watch(connection);
            return connection;
        } finally {
            watchdog.unwatch(attempt);
        }
    }

    private UpstreamReply exchange(Connection connection, Attempt attempt, UpstreamRequest request)
            throws UpstreamException {
        try {
            connection.lease(attempt);
            attempt.awaitingResponse();
            Head head = head(connection, request);
            attempt.readingToTheEnd();
            var exchange = new Exchange(this, connection, attempt, head);
            return request.method().equals(Method.HEAD) ? exchange.headOnly() : exchange.reply();
        } catch (UpstreamException | IOException | RuntimeException e) {
            discard(connection);
            throw Exchange.failure(attempt, e);
        }
    }

    private Head head(Connection connection, UpstreamRequest request) {
        Http1ClientRequest out =
                http.method(request.method()).uri(request.target().uri()).connection(connection);
        for (Header header : request.target().headers()) {
            out.header(header);
        }
        for (Header header : request.headers()) {
            out.header(header);
        }
        // Not closed: the connection is ours, and the body is read by UpstreamReply.
        HttpClientResponse in = request.bare() ? out.request() : out.submit(request.body());
        var head = new Head(in.status().code(), in.headers());
        while (head.status() < 200) {
            int status =
                    Http1StatusParser.readStatus(connection.reader(), STATUS_LINE_BYTES).code();
            head =
                    new Head(
                            status,
                            Http1HeadersParser.readHeaders(
                                    connection.reader(), config.headerBytes(), true));
        }
        return head;
    }

    /** The peer closed it while it was idle: nobody's failure, and the request was not seen. */
    private static boolean wasStale(Connection connection, Attempt attempt, UpstreamException e) {
        return e.kind() == Kind.RESET
                && connection.reused()
                && !connection.answered()
                && attempt.running()
                && attempt.elapsedNanos() < STALE_NANOS;
    }
}
