package io.magicproxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.magicproxy.upstream.UpstreamException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Takes a body apart into server-sent events, without copying what needs no joining.
 *
 * <pre>{@code
 * while (events.await()) {
 *     for (var event = events.poll(); event.isPresent(); event = events.poll()) { … }
 * }
 * if (events.truncated()) { … }
 * }</pre>
 *
 * Comments, and events without data, are passed over, as the specification says. Which bytes belong
 * to which event does not depend on how the bytes arrive.
 */
public final class SseReader {
    private static final int FIRST_SIZE = 8 * 1024;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final byte[] DATA = "data".getBytes(UTF_8);
    private static final byte[] EVENT = "event".getBytes(UTF_8);

    private final Source source;
    private final String host;
    private final int maxEvent;

    private byte[] buffer;

    /** Where the event under way begins. */
    private int start;

    private int line;
    private int scan;
    private int end;
    private boolean begun;
    private boolean atEnd;

    private String name = "";
    private int dataStart;
    private int dataEnd;
    private boolean hasData;
    private final ByteArrayOutputStream joined = new ByteArrayOutputStream(0);
    private boolean bareReturn;
    private Optional<SseEvent> ready = Optional.empty();

    /** Where the bytes come from: at least one a call, -1 at the end. */
    @FunctionalInterface
    interface Source {
        int read(byte[] target, int offset, int length) throws UpstreamException;
    }

    /**
     * Reads the rest of the reply's body.
     *
     * @param maxEvent in bytes; a larger event is {@link Kind#TOO_LARGE}
     */
    public SseReader(UpstreamReply reply, int maxEvent) {
        this(reply::read, reply.host(), maxEvent);
    }

    /** Reads events that are in memory already. */
    public static SseReader of(byte[] events, int offset, int length) {
        var in = new ByteArrayInputStream(events, offset, length);
        return new SseReader(in::read, "memory", Integer.MAX_VALUE);
    }

    SseReader(Source source, String host, int maxEvent) {
        this.source = source;
        this.host = host;
        this.maxEvent = maxEvent;
        this.buffer = new byte[Math.min(FIRST_SIZE, maxEvent)];
    }

    /**
     * Waits until an event is here; false at the stream's end. Slices handed out before are void.
     */
    public boolean await() throws UpstreamException {
        while (ready.isEmpty()) {
            ready = next();
            if (ready.isEmpty()) {
                if (atEnd) {
                    return false;
                }
                fill();
            }
        }
        return true;
    }

    /** The next event if it is here already. */
    public Optional<SseEvent> poll() {
        Optional<SseEvent> event = ready.isPresent() ? ready : next();
        ready = Optional.empty();
        return event;
    }

    /** Whether the stream has ended in the middle of an event. */
    public boolean truncated() {
        return atEnd && (hasData || (line < end && buffer[line] != ':'));
    }

    private void fill() throws UpstreamException {
        makeRoom();
        int n = source.read(buffer, end, buffer.length - end);
        if (n < 0) {
            atEnd = true;
        } else {
            end += n;
        }
    }

    private void makeRoom() throws UpstreamException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            line -= start;
            scan -= start;
            dataStart -= start;
            dataEnd -= start;
            end -= start;
            start = 0;
        }
        if (end == buffer.length) {
            if (end >= maxEvent) {
                throw new UpstreamException(
                        Kind.TOO_LARGE,
                        host + " sent a stream's event of more than " + maxEvent + " bytes");
            }
            buffer = Arrays.copyOf(buffer, (int) Math.min(maxEvent, buffer.length * 2L));
        }
    }

    private Optional<SseEvent> next() {
        if (!begun && !begin()) {
            return Optional.empty();
        }
        for (; scan < end; scan++) {
            byte b = buffer[scan];
            if (b != '\n' && b != '\r') {
                continue;
            }
            int width = lineEnd(b);
            if (width == 0) {
                return Optional.empty();
            }
            boolean blank = line == scan;
            int lineLimit = scan;
            int after = scan + width;
            if (!blank) {
                field(line, lineLimit);
                bareReturn = b == '\r' && width == 1;
            }
            line = after;
            scan = after - 1;
            if (blank) {
                Optional<SseEvent> event = event(after);
                if (event.isPresent()) {
                    scan++;
                    return event;
                }
            }
        }
        return Optional.empty();
    }

    /** How many bytes end the line here; 0 if that can't be known yet. */
    private int lineEnd(byte b) {
        // After a line that ends with a bare return, so does the empty line: not to be held back
        // for a line feed.
        if (b == '\n' || (line == scan && bareReturn)) {
            return 1;
        }
        if (scan + 1 < end) {
            return buffer[scan + 1] == '\n' ? 2 : 1;
        }
        return atEnd ? 1 : 0;
    }

    private void field(int from, int to) {
        if (is(DATA, from, to)) {
            int value = value(from + DATA.length, to);
            if (hasData) {
                join(value, to);
            } else {
                hasData = true;
                dataStart = value;
                dataEnd = to;
            }
        } else if (is(EVENT, from, to)) {
            int value = value(from + EVENT.length, to);
            name = new String(buffer, value, to - value, UTF_8);
        }
    }

    private void join(int from, int to) {
        if (joined.size() == 0) {
            joined.write(buffer, dataStart, dataEnd - dataStart);
        }
        joined.write('\n');
        joined.write(buffer, from, to - from);
    }

    private Optional<SseEvent> event(int after) {
        Optional<SseEvent> event =
                hasData
                        ? Optional.of(
                                new SseEvent(name, data(), new Slice(buffer, start, after - start)))
                        : Optional.empty();
        start = after;
        name = "";
        hasData = false;
        bareReturn = false;
        joined.reset();
        return event;
    }

    private Slice data() {
        if (joined.size() == 0) {
            return new Slice(buffer, dataStart, dataEnd - dataStart);
        }
        byte[] bytes = joined.toByteArray();
        return new Slice(bytes, 0, bytes.length);
    }

    private boolean is(byte[] field, int from, int to) {
        int colon = from + field.length;
        return colon <= to
                && (colon == to || buffer[colon] == ':')
                && Arrays.equals(buffer, from, colon, field, 0, field.length);
    }

    private int value(int colon, int to) {
        int value = Math.min(colon + 1, to);
        return value < to && buffer[value] == ' ' ? value + 1 : value;
    }

    /** Skips the byte order mark; false if it isn't clear yet whether there is one. */
    private boolean begin() {
        int seen = Math.min(end, BYTE_ORDER_MARK.length);
        boolean mark = Arrays.equals(buffer, 0, seen, BYTE_ORDER_MARK, 0, seen);
        if (mark && seen < BYTE_ORDER_MARK.length && !atEnd) {
            return false;
        }
        begun = true;
        if (mark && seen == BYTE_ORDER_MARK.length) {
            start = line = scan = seen;
        }
        return true;
    }
}
