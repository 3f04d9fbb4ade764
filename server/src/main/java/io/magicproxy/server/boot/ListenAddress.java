package io.magicproxy.server.boot;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Where to listen. The web server only logs that it can't, and goes on; so it is tried before. */
record ListenAddress(String host, int port) {
    InetAddress resolved() throws StartFailedException {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new StartFailedException(
                    "there is no address of the name " + host + "; name another with --host");
        }
    }

    /** Says why one can't listen there. */
    void tried() throws StartFailedException {
        InetAddress address = resolved();
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw unusable(String.valueOf(e.getMessage()));
        }
    }

    StartFailedException unusable(String why) {
        return new StartFailedException(
                "port "
                        + port
                        + " of "
                        + host
                        + " can't be used ("
                        + why
                        + "); choose another with --port, or --port 0 for any free one");
    }
}
