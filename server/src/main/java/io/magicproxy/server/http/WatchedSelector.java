package io.magicproxy.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/** Helidon's HTTP/1.1, with {@link ClientConnection} between socket and connection. */
record WatchedSelector(ServerConnectionSelector http, ClientWatch watch)
        implements ServerConnectionSelector {
    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        var client =
                new ClientConnection(
                        context.dataReader(),
                        context.dataWriter(),
                        context.serverSocket(),
                        watch.limits());
        ServerConnection connection =
                http.connection(new Context(context, client.reader(), client.output()));
        return new Connection(connection, client, watch);
    }

    /** The connection's context with another reader and writer. */
    private record Context(ConnectionContext plain, DataReader dataReader, DataWriter dataWriter)
            implements ConnectionContext {
        @Override
        public ListenerContext listenerContext() {
            return plain.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return plain.executor();
        }

        @Override
        public Router router() {
            return plain.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return plain.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return plain.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return plain.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return plain.localPeer();
        }

        @Override
        public boolean isSecure() {
            return plain.isSecure();
        }

        @Override
        public String socketId() {
            return plain.socketId();
        }

        @Override
        public String childSocketId() {
            return plain.childSocketId();
        }
    }

    /** Interruptible like the one inside: Helidon interrupts idle connections when it stops. */
    private record Connection(ServerConnection http, ClientConnection client, ClientWatch watch)
            implements ServerConnection, InterruptableTask<Boolean> {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            watch.add(client);
            try {
                ScopedValue.where(ClientWatch.CURRENT, client)
                        .<Boolean, InterruptedException>call(() -> {
                            http.handle(limit);
                            return true;
                        });
            } finally {
                watch.remove(client);
            }
        }

        @Override
        public boolean canInterrupt() {
            return http instanceof InterruptableTask<?> task && task.canInterrupt();
        }

        @Override
        public Duration idleTime() {
            // Helidon counts from the last request's beginning, also while it is at work.
            return client.busy() ? Duration.ZERO : http.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            http.close(interrupt);
        }
    }
}
