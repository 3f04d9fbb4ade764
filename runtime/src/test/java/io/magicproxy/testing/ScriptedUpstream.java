package io.magicproxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * An upstream over real HTTP/1.1 on a free loopback port that does what it is told, misbehaviour
 * included.
 *
 * <pre>{@code
 * try (var upstream = ScriptedUpstream.start()) {
 *     upstream.enqueue(Reply.json(429, "{}", "Retry-After", "7"), Reply.json(200, "{\"ok\":true}"));
 *     upstream.always(request -> Reply.json(200, "{}"));           // once the queue is empty
 *     call(upstream.url() + "/v1/chat/completions");
 *     assertThat(upstream.requests()).hasSize(1);
 *     upstream.awaitClosed(Duration.ofSeconds(5));                 // the caller has hung up
 * }
 * }</pre>
 *
 * A request without a reply in the queue and without {@link #always} gets a 500 that says so.
 */
public final class ScriptedUpstream implements AutoCloseable {
    private static final Reply NOTHING_SCRIPTED =
            Reply.json(
                    500,
                    "{\"error\":{\"message\":\"the test scripted no reply for this request\"}}");

    private final ServerSocket server;
    private final String scheme;
    private final Queue<Reply> queue = new ConcurrentLinkedQueue<>();
    private final List<ReceivedRequest> requests = new CopyOnWriteArrayList<>();
    private final BlockingQueue<ReceivedRequest> arrivals = new LinkedBlockingQueue<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private volatile Function<ReceivedRequest, Reply> always = request -> NOTHING_SCRIPTED;

    private ScriptedUpstream(ServerSocket server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        Thread.ofVirtual().name("scripted-upstream").start(this::accept);
    }

    /** Starts one that speaks plain HTTP. */
    public static ScriptedUpstream start() {
        try {
            return new ScriptedUpstream(
                    new ServerSocket(0, 1000, InetAddress.getLoopbackAddress()), "http");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts one that speaks HTTPS with the key of the context. */
    public static ScriptedUpstream startTls(SSLContext tls) {
        try {
            return new ScriptedUpstream(
                    tls.getServerSocketFactory()
                            .createServerSocket(0, 1000, InetAddress.getLoopbackAddress()),
                    "https");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replies for the next requests, in order. */
    public ScriptedUpstream enqueue(Reply... replies) {
        queue.addAll(List.of(replies));
        return this;
    }

    /** The reply for every request that finds the queue empty. */
    public ScriptedUpstream always(Function<ReceivedRequest, Reply> reply) {
        always = reply;
        return this;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Scheme, host and port, without a slash at the end. */
    public String url() {
        return scheme + "://localhost:" + port();
    }

    /** The address of a path. */
    public URI uri(String path) {
        return URI.create(url() + path);
    }

    /** What came in so far, oldest first. */
    public List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    /** How many connections were opened so far. */
    public int connections() {
        return connections.get();
    }

    /** How many bytes it could send so far: a caller that doesn't read holds it up. */
    public long bytesSent() {
        return sent.get();
    }

    /** Waits for the next request that nobody has waited for yet. */
    public ReceivedRequest awaitRequest(Duration limit) {
        try {
            ReceivedRequest request = arrivals.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (request == null) {
                throw new AssertionError("no request came within " + limit);
            }
            return request;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for a request", e);
        }
    }

    /** Waits until the peer has closed the connection of the latest request. */
    public void awaitClosed(Duration limit) {
        if (requests.isEmpty()) {
            throw new AssertionError("no request has come yet");
        }
        try {
            requests.getLast().closed().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("the caller's connection is still open after " + limit, e);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("could not see the connection close", e);
        }
    }

    /** Closes every open connection, as an upstream does with idle ones. */
    public void dropConnections() {
        open.forEach(ScriptedUpstream::closeQuietly);
    }

    @Override
    public void close() {
        closeQuietly(server);
        dropConnections();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                int number = connections.incrementAndGet();
                Thread.ofVirtual()
                        .name("scripted-upstream-" + number)
                        .start(() -> serve(socket, number));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket socket, int number) {
        try (var peer = new ScriptedConnection(socket, number, sent)) {
            boolean more = true;
            while (more) {
                var request = peer.read();
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request.get());
                arrivals.add(request.get());
                Reply next = queue.poll();
                more = peer.play(next == null ? always.apply(request.get()) : next);
            }
        } catch (IOException e) {
            // The peer broke the connection: recorded by the connection's close.
        } finally {
            open.remove(socket);
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // Already closed.
        }
    }
}
