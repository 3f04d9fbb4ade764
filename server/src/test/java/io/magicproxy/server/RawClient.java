package io.magicproxy.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A client that writes and reads bytes, as slowly and as wrongly as it is told to. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    RawClient(int port) throws IOException {
        this(port, 0);
    }

    /**
     * Connects.
     *
     * @param receiveBuffer in bytes; 0: the system's
     */
    RawClient(int port, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 4 * 1024);
    }

    static String get(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\n" + head(headers);
    }

    static String post(String path, String body, String... headers) {
        return "POST "
                + path
                + " HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length()
                + "\r\n"
                + head(headers)
                + body;
    }

    private static String head(String... headers) {
        var head = new StringBuilder("Host: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        return this;
    }

    /** Sends nothing more. */
    void endSending() throws IOException {
        socket.shutdownOutput();
    }

    /** Sends a text again and again until the server closes, with that time between. */
    void trickle(String text, int millis) throws IOException {
        while (!endsWithin(millis)) {
            try {
                send(text);
            } catch (IOException e) {
                return;
            }
        }
    }

    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

    private boolean endsWithin(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            int b = in.read();
            while (b >= 0) {
                seen.write(b);
                b = in.read();
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    /** All that comes until the server closes the connection; waits half a minute at most. */
    String readToTheEnd() throws IOException {
        seen.writeBytes(in.readAllBytes());
        return seen.toString(ISO_8859_1);
    }

    /** What comes, up to that text. */
    String readUntil(String text) throws IOException {
        var read = new StringBuilder();
        while (read.length() < text.length()
                || !read.substring(read.length() - text.length()).equals(text)) {
            int b = in.read();
            if (b < 0) {
                throw new AssertionError("the connection ended after: " + read);
            }
            read.append((char) b);
        }
        return read.toString();
    }

    /** Reads so many bytes. */
    void read(int bytes) throws IOException {
        in.skipNBytes(bytes);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
