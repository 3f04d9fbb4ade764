import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The client of the measurements. It stays warm for the whole run and takes one command a line:
 *
 * <pre>
 * closed PORT json|stream CONNECTIONS SECONDS   each connection asks again at once
 * paced PORT json|stream RATE SECONDS           a request every 1/RATE s, whatever the answers do
 * slow PORT STREAMS SECONDS                     opens the streams over so long; prints "open" once all have begun
 * </pre>
 *
 * and answers each with a line of JSON; times in microseconds, those of "paced" from when a request was
 * due. An answer counts only if it is whole: 200, and a stream with its end mark.
 */
final class Load {
    private static final byte[] DONE = ascii("data: [DONE]\n\n\r\n0\r\n\r\n");
    private static final byte[] LAST_CHUNK = ascii("\r\n0\r\n\r\n");
    private static final int TAIL = 32;

    private final int port;
    private final byte[] request;
    private final boolean stream;
    private final Selector selector;
    private final List<Conn> all = new ArrayList<>();
    private final ConcurrentLinkedQueue<Conn> free = new ConcurrentLinkedQueue<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);
    private final byte[] block = new byte[64 * 1024];
    private final Times whole = new Times();
    private final Times first = new Times();
    private int good;
    private int bad;
    private int begun;
    private int lost;

    private static final class Conn {
        final SocketChannel channel;
        final ByteBuffer out;
        final byte[] tail = new byte[TAIL];
        long due;
        int bodyLeft;
        int seen;
        boolean ok;
        boolean inBody;
        boolean hasFirst;

        Conn(SocketChannel channel, byte[] request) {
            this.channel = channel;
            this.out = ByteBuffer.allocateDirect(request.length).put(request);
        }
    }

    /** Grows, then sorts once. */
    private static final class Times {
        long[] values = new long[1024];
        int count;

        void add(long nanos) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = nanos;
        }

        String json(String name) {
            Arrays.sort(values, 0, count);
            return String.format(
                    Locale.ROOT,
                    "\"%s_p50\":%.1f,\"%s_p99\":%.1f",
                    name,
                    at(0.50),
                    name,
                    at(0.99));
        }

        private double at(double share) {
            return count == 0 ? 0 : values[(int) (share * (count - 1))] / 1000.0;
        }
    }

    private Load(int port, String kind, String model) throws IOException {
        this.port = port;
        this.stream = kind.equals("stream");
        this.request = request(port, model, stream);
        this.selector = Selector.open();
    }

    public static void main(String[] args) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, ISO_8859_1));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] w = line.split(" ");
            int port = Integer.parseInt(w[1]);
            boolean slow = w[0].equals("slow");
            Load load = new Load(port, slow ? "stream" : w[2], slow ? "slow" : "bench");
            long seconds = Integer.parseInt(w[slow ? 3 : 4]);
            int amount = Integer.parseInt(w[slow ? 2 : 3]);
            String result =
                    switch (w[0]) {
                        case "closed" -> load.closed(amount, seconds);
                        case "paced" -> load.paced(amount, seconds);
                        case "slow" -> load.slow(amount, seconds);
                        default -> throw new IllegalArgumentException(line);
                    };
            load.end();
            System.out.println(result);
        }
    }

    private String closed(int connections, long seconds) throws IOException {
        for (int i = 0; i < connections; i++) {
            ask(open(), System.nanoTime());
        }
        long start = System.nanoTime();
        long end = start + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            poll(100);
            for (Conn conn = free.poll(); conn != null; conn = free.poll()) {
                ask(conn, System.nanoTime());
            }
        }
        return report(System.nanoTime() - start);
    }

    private String paced(int rate, long seconds) throws Exception {
        long start = System.nanoTime() + 10_000_000L;
        long total = rate * seconds;
        for (int i = 0; i < 64; i++) {
            free.add(open());
        }
        Thread pacer = Thread.ofPlatform().start(() -> pace(start, total, 1_000_000_000L / rate));
        while (pacer.isAlive() || busy()) {
            poll(20);
            if (System.nanoTime() - start > (seconds + 10) * 1_000_000_000L) {
                break;
            }
        }
        pacer.join();
        return report(System.nanoTime() - start);
    }

    private void pace(long start, long total, long gap) {
        for (long i = 0; i < total; i++) {
            long due = start + i * gap;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            Conn conn = free.poll();
            while (conn == null) {
                // All are busy: the delay counts, since times run from when a request was due.
                LockSupport.parkNanos(50_000L);
                conn = free.poll();
            }
            ask(conn, due);
        }
    }

    private boolean busy() {
        return free.size() < all.size() - lost;
    }

    private String slow(int streams, long seconds) throws IOException {
        long start = System.nanoTime();
        long ramp = seconds * 1_000_000_000L;
        boolean told = false;
        while (good + bad < streams) {
            long until = (System.nanoTime() - start) * streams / ramp;
            while (all.size() < Math.min(until, streams)) {
                ask(open(), System.nanoTime());
            }
            poll(all.size() < streams ? 2 : 200);
            if (!told && begun == streams) {
                told = true;
                System.out.println("open");
            }
            if (System.nanoTime() - start > 180_000_000_000L) {
                break;
            }
        }
        if (!told) {
            System.out.println("incomplete");
        }
        return report(System.nanoTime() - start);
    }

    private Conn open() throws IOException {
        SocketChannel channel =
                SocketChannel.open(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        Conn conn = new Conn(channel, request);
        channel.register(selector, SelectionKey.OP_READ, conn);
        all.add(conn);
        return conn;
    }

    /** The state is written before the request is: the answer can't come first. */
    private static void ask(Conn conn, long due) {
        conn.due = due;
        conn.ok = false;
        conn.inBody = false;
        conn.hasFirst = false;
        conn.seen = 0;
        conn.out.rewind();
        try {
            while (conn.out.hasRemaining()) {
                conn.channel.write(conn.out);
            }
        } catch (IOException e) {
            // The reader sees the end of the connection and counts it.
        }
    }

    private void poll(long millis) throws IOException {
        selector.select(millis);
        for (SelectionKey key : selector.selectedKeys()) {
            ready((Conn) key.attachment());
        }
        selector.selectedKeys().clear();
    }

    private void ready(Conn conn) throws IOException {
        in.clear();
        int n;
        try {
            n = conn.channel.read(in);
        } catch (IOException e) {
            n = -1;
        }
        if (n < 0) {
            conn.channel.close();
            bad++;
            lost++;
            return;
        }
        in.flip();
        in.get(block, 0, n);
        int offset = conn.inBody ? 0 : head(conn, n);
        if (conn.inBody && n > offset) {
            body(conn, offset, n - offset);
        }
    }

    /** Where the body begins. Both servers send a head in one piece. */
    private int head(Conn conn, int n) {
        String text = new String(block, 0, n, ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IllegalStateException("a head in pieces: " + text);
        }
        conn.ok = text.startsWith("HTTP/1.1 200");
        conn.inBody = true;
        String lower = text.substring(0, end + 2).toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length:");
        conn.bodyLeft =
                at < 0
                        ? -1
                        : Integer.parseInt(lower.substring(at + 15, lower.indexOf('\r', at)).strip());
        return end + 4;
    }

    private void body(Conn conn, int offset, int length) {
        if (!conn.hasFirst) {
            conn.hasFirst = true;
            begun++;
            first.add(System.nanoTime() - conn.due);
        }
        if (conn.bodyLeft >= 0) {
            conn.bodyLeft -= length;
            if (conn.bodyLeft == 0) {
                finished(conn, conn.ok && !stream);
            }
            return;
        }
        remember(conn, offset, length);
        if (endsWith(conn, LAST_CHUNK)) {
            finished(conn, conn.ok && (!stream || endsWith(conn, DONE)));
        }
    }

    private void remember(Conn conn, int offset, int length) {
        int n = Math.min(length, TAIL);
        System.arraycopy(conn.tail, n, conn.tail, 0, TAIL - n);
        System.arraycopy(block, offset + length - n, conn.tail, TAIL - n, n);
    }

    private static boolean endsWith(Conn conn, byte[] end) {
        return Arrays.equals(conn.tail, TAIL - end.length, TAIL, end, 0, end.length);
    }

    private void finished(Conn conn, boolean whole) {
        this.whole.add(System.nanoTime() - conn.due);
        if (whole) {
            good++;
        } else {
            bad++;
        }
        free.add(conn);
    }

    private String report(long nanos) {
        return String.format(
                Locale.ROOT,
                "{\"good\":%d,\"bad\":%d,\"seconds\":%.3f,%s,%s}",
                good,
                bad,
                nanos / 1e9,
                whole.json("whole"),
                first.json("first"));
    }

    private void end() throws IOException {
        for (Conn conn : all) {
            conn.channel.close();
        }
        selector.close();
    }

    private static byte[] request(int port, String model, boolean stream) {
        String body =
                "{\"model\":\""
                        + model
                        + "\",\"messages\":[{\"role\":\"system\",\"content\":\"You are of help.\"},"
                        + "{\"role\":\"user\",\"content\":\""
                        + "A question of words. ".repeat(40)
                        + "\"}],\"temperature\":0.5,\"max_tokens\":256"
                        + (stream ? ",\"stream\":true}" : "}");
        return ascii(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:"
                        + port
                        + "\r\nAuthorization: Bearer sk-bench-master-key-0123456789\r\n"
                        + "Content-Type: application/json\r\nAccept: */*\r\n"
                        + "User-Agent: bench\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
