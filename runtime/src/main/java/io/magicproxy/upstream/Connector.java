package io.magicproxy.upstream;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import io.helidon.common.socket.TlsSocket;
import io.helidon.common.tls.Tls;
import io.magicproxy.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * Opens connections: name, TCP, TLS, each breakable by the attempt's cancellation and connect
 * time-out.
 */
final class Connector {
    private static final List<String> PROTOCOLS = List.of("http/1.1");

    private final Tls tls;

    Connector(UpstreamConfig config) {
        this.tls =
                config.trust()
                        .map(context -> Tls.builder().sslContext(context).build())
                        .orElseGet(() -> Tls.builder().build());
    }

    Connection connect(Attempt attempt) throws UpstreamException {
        Origin origin = attempt.origin();
        attempt.connecting();
        List<InetAddress> addresses = resolve(attempt);
        UpstreamException last =
                new UpstreamException(Kind.CONNECT, origin.host() + " has no address");
        for (int i = 0; i < addresses.size(); i++) {
            var socket = new Socket();
            attempt.guard(() -> closeQuietly(socket));
            try {
                // A fair share of what is left, so that one dead address doesn't use it up.
                open(socket, addresses.get(i), attempt, addresses.size() - i);
                return secured(socket, attempt);
            } catch (IOException e) {
                closeQuietly(socket);
                last = failure(e, attempt);
            }
        }
        throw last;
    }

    private List<InetAddress> resolve(Attempt attempt) throws UpstreamException {
        String host = attempt.origin().host();
        // The system's resolver can't be interrupted: on a thread of its own it can be left behind.
        var task = new FutureTask<>(() -> attempt.origin().addresses().find(host));
        attempt.guard(() -> task.cancel(true));
        Thread.ofVirtual().name("resolve-" + host).start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw unresolved(host, e);
        } catch (CancellationException e) {
            throw attempt.broken();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            attempt.breakBy(Kind.CANCELLED);
            throw attempt.broken();
        }
    }

    private static UpstreamException unresolved(String host, ExecutionException e) {
        return e.getCause() instanceof AddressBook.ForbiddenAddressException forbidden
                ? new UpstreamException(
                        Kind.FORBIDDEN_ADDRESS, String.valueOf(forbidden.getMessage()), forbidden)
                : new UpstreamException(
                        Kind.CONNECT,
                        "the name " + host + " doesn't resolve; check api_base and the name server",
                        e);
    }

    private static void open(Socket socket, InetAddress address, Attempt attempt, int share)
            throws IOException {
        socket.setTcpNoDelay(true);
        long millis = TimeUnit.NANOSECONDS.toMillis(attempt.remainingNanos()) / share;
        socket.connect(
                new InetSocketAddress(address, attempt.origin().port()),
                Math.clamp(millis, 1, Integer.MAX_VALUE));
    }

    private Connection secured(Socket socket, Attempt attempt) throws IOException {
        Origin origin = attempt.origin();
        if (!origin.tls()) {
            return new Connection(origin, socket, socket, PlainSocket.client(socket, "upstream"));
        }
        var peer = InetSocketAddress.createUnresolved(origin.host(), origin.port());
        SSLSocket secure = tls.createSocket(PROTOCOLS, socket, peer);
        secure.startHandshake();
        HelidonSocket helidon = TlsSocket.client(secure, "upstream");
        return new Connection(origin, socket, secure, helidon);
    }

    private static UpstreamException failure(IOException e, Attempt attempt) {
        if (!attempt.running()) {
            return attempt.broken();
        }
        Origin origin = attempt.origin();
        return switch (e) {
            case SSLException tls ->
                    new UpstreamException(
                            Kind.TLS,
                            origin + " offers no TLS that is trusted here: " + tls.getMessage(),
                            tls);
            case SocketTimeoutException late ->
                    new UpstreamException(
                            Kind.CONNECT_TIMEOUT,
                            origin + " accepted no connection in time; check address and network",
                            late);
            default ->
                    new UpstreamException(
                            Kind.CONNECT,
                            origin
                                    + " accepts no connection ("
                                    + e.getMessage()
                                    + "); is it running?",
                            e);
        };
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closing is all that was wanted.
        }
    }
}
