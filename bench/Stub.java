import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.PriorityQueue;

/**
 * The upstream of the measurements: one thread, fixed answers. The body decides: without {@code
 * "stream":true} one JSON answer; with it a stream of 20 chunks, each written by itself, 1 ms apart;
 * for the model "slow" a chunk every 3 s. Prints its port.
 */
final class Stub {
    private static final int CHUNKS = 20;
    private static final int SLOW_CHUNKS = 12;
    private static final long PAUSE = 1_000_000L;
    private static final long SLOW_PAUSE = 3_000_000_000L;
    private static final byte[] JSON = json();
    private static final byte[] HEAD =
            ascii(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n");
    private static final byte[] CHUNK =
            framed("data: " + chunk("{\"content\":\" token\"}", "null") + "\n\n");
    private static final byte[] LAST =
            ascii(
                    text(framed("data: " + chunk("{}", "\"stop\"") + "\n\n"))
                            + text(framed("data: [DONE]\n\n"))
                            + "0\r\n\r\n");

    private static final class Conn implements Comparable<Conn> {
        final SocketChannel channel;
        ByteBuffer in = ByteBuffer.allocate(8 * 1024);
        boolean slow;
        int left;
        long due;

        Conn(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int compareTo(Conn other) {
            return Long.compare(due, other.due);
        }
    }

    private final PriorityQueue<Conn> timers = new PriorityQueue<>();
    private final ByteBuffer out = ByteBuffer.allocateDirect(16 * 1024);

    public static void main(String[] args) throws IOException {
        new Stub().run();
    }

    private void run() throws IOException {
        Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 8192);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
        while (true) {
            Conn next = timers.peek();
            if (next == null) {
                selector.select();
            } else {
                long millis = (next.due - System.nanoTime()) / 1_000_000L + 1;
                selector.select(Math.max(1, millis));
            }
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isAcceptable()) {
                    accept(server, selector);
                } else {
                    ready((Conn) key.attachment());
                }
            }
            selector.selectedKeys().clear();
            tick(System.nanoTime());
        }
    }

    private static void accept(ServerSocketChannel server, Selector selector) throws IOException {
        for (SocketChannel c = server.accept(); c != null; c = server.accept()) {
            c.configureBlocking(false);
            c.setOption(StandardSocketOptions.TCP_NODELAY, true);
            c.register(selector, SelectionKey.OP_READ, new Conn(c));
        }
    }

    private void ready(Conn conn) throws IOException {
        try {
            if (conn.channel.read(conn.in) < 0) {
                close(conn);
                return;
            }
            String request = new String(conn.in.array(), 0, conn.in.position(), ISO_8859_1);
            int head = request.indexOf("\r\n\r\n");
            if (head < 0 || request.length() < head + 4 + length(request)) {
                if (!conn.in.hasRemaining()) {
                    conn.in = ByteBuffer.allocate(2 * conn.in.capacity()).put(conn.in.flip());
                }
                return;
            }
            conn.in.clear();
            answer(conn, request.substring(head + 4));
        } catch (IOException e) {
            close(conn);
        }
    }

    private static int length(String request) {
        String lower = request.toLowerCase(java.util.Locale.ROOT);
        int at = lower.indexOf("content-length:");
        return at < 0
                ? 0
                : Integer.parseInt(lower.substring(at + 15, lower.indexOf('\r', at)).strip());
    }

    private void answer(Conn conn, String body) throws IOException {
        if (!body.contains("\"stream\":true")) {
            write(conn, JSON);
            return;
        }
        conn.slow = body.contains("\"slow\"");
        conn.left = conn.slow ? SLOW_CHUNKS : CHUNKS;
        write(conn, HEAD, CHUNK);
        schedule(conn);
    }

    private void schedule(Conn conn) {
        conn.left--;
        conn.due = System.nanoTime() + (conn.slow ? SLOW_PAUSE : PAUSE);
        timers.add(conn);
    }

    private void tick(long now) throws IOException {
        while (!timers.isEmpty() && timers.peek().due <= now) {
            Conn conn = timers.poll();
            if (!conn.channel.isOpen()) {
                continue;
            }
            try {
                if (conn.left == 0) {
                    write(conn, LAST);
                } else {
                    write(conn, CHUNK);
                    schedule(conn);
                }
            } catch (IOException e) {
                close(conn);
            }
        }
    }

    private void write(Conn conn, byte[]... parts) throws IOException {
        out.clear();
        for (byte[] part : parts) {
            out.put(part);
        }
        out.flip();
        while (out.hasRemaining()) {
            conn.channel.write(out);
        }
    }

    private void close(Conn conn) throws IOException {
        timers.remove(conn);
        conn.channel.close();
    }

    private static String chunk(String delta, String finish) {
        return "{\"id\":\"chatcmpl-0123456789abcdef\",\"object\":\"chat.completion.chunk\","
                + "\"created\":1760000000,\"model\":\"bench-2025-01-01\",\"service_tier\":\"default\","
                + "\"system_fingerprint\":\"fp_0123456789\",\"choices\":[{\"index\":0,\"delta\":"
                + delta
                + ",\"logprobs\":null,\"finish_reason\":"
                + finish
                + "}],\"usage\":null}";
    }

    private static byte[] json() {
        String body =
                "{\"id\":\"chatcmpl-0123456789abcdef\",\"object\":\"chat.completion\","
                        + "\"created\":1760000000,\"model\":\"bench-2025-01-01\",\"choices\":[{\"index\":0,"
                        + "\"message\":{\"role\":\"assistant\",\"content\":\""
                        + "An answer of words. ".repeat(32)
                        + "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":128,"
                        + "\"total_tokens\":328},\"service_tier\":\"default\"}";
        return ascii(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    private static byte[] framed(String data) {
        return ascii(Integer.toHexString(data.length()) + "\r\n" + data + "\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }
}
