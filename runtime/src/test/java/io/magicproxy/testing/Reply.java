package io.magicproxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * What a {@link ScriptedUpstream} does with one request: parts of bytes written one by one, and how
 * it ends. Start with a factory ({@link #json}, {@link #sse}, {@link #hang}, …), then bend it:
 * {@code Reply.sse("a", "b").every(ofMillis(20)).resetAfter(1)}.
 *
 * @param parts written one by one, the head first (for {@link #sse}: head, one part for each event,
 *     the terminator)
 * @param before wait before the first part
 * @param between wait between two parts
 * @param ending what happens after the last part
 */
public record Reply(List<byte[]> parts, Duration before, Duration between, Ending ending) {

    /** What the upstream does once the parts are out. */
    public enum Ending {
        /** Reads the next request of the connection. */
        KEEP_ALIVE,
        /** Closes in the ordinary way (FIN). */
        CLOSE,
        /** Aborts (RST). */
        RESET,
        /** Leaves the connection open and says nothing more. */
        HANG,
        /** Writes the last part again and again, each after the wait between two parts. */
        REPEAT
    }

    /** A JSON answer with a content length; headers as name, value, name, value. */
    public static Reply json(int status, String body, String... headers) {
        return body(status, "application/json", body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Any answer with a content length. */
    public static Reply body(int status, String contentType, byte[] body, String... headers) {
        var all = new LinkedHashMap<String, String>();
        all.put("Content-Type", contentType);
        all.put("Content-Length", Integer.toString(body.length));
        return keepAlive(List.of(join(head(status, all, headers), body)));
    }

    /** A JSON answer, compressed although nobody asked for it. */
    public static Reply gzip(int status, String body, String... headers) {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var more = Stream.concat(Stream.of("Content-Encoding", "gzip"), Arrays.stream(headers));
        return body(status, "application/json", packed.toByteArray(), more.toArray(String[]::new));
    }

    /** An event stream, one HTTP chunk for each event; each text is the event's data. */
    public static Reply sse(String... data) {
        return chunked(Arrays.stream(data).map(d -> "data: " + d + "\n\n").toArray(String[]::new));
    }

    /**
     * An event stream of raw frames, one HTTP chunk each: the caller writes {@code event:}, {@code
     * data:} and line ends.
     */
    public static Reply chunked(String... frames) {
        var parts = new ArrayList<byte[]>();
        parts.add(head(200, chunkedHeaders("text/event-stream")));
        for (String frame : frames) {
            parts.add(chunk(frame.getBytes(StandardCharsets.UTF_8)));
        }
        parts.add(ascii("0\r\n\r\n"));
        return keepAlive(parts);
    }

    /** Bytes as they are, whatever they are, then the connection is closed. */
    public static Reply raw(String... parts) {
        return new Reply(
                Arrays.stream(parts).map(Reply::ascii).toList(),
                Duration.ZERO,
                Duration.ZERO,
                Ending.CLOSE);
    }

    /** Takes the request and never says a word. */
    public static Reply hang() {
        return raw().ending(Ending.HANG);
    }

    /** Takes the request and aborts the connection. */
    public static Reply reset() {
        return raw().ending(Ending.RESET);
    }

    /** Takes the request and closes the connection. */
    public static Reply close() {
        return raw();
    }

    /** Says 200, then something that is no HTTP body. */
    public static Reply garbage() {
        return raw(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "\u0001\u0002no chunk\r\n\r\n");
    }

    /** Answers 200 and then sends a byte of its body now and then, for ever. */
    public static Reply trickle(Duration every) {
        return keepAlive(List.of(head(200, chunkedHeaders("application/json")), chunk(ascii(" "))))
                .every(every)
                .ending(Ending.REPEAT);
    }

    /** Sends header bytes now and then, for ever, so that the headers never end. */
    public static Reply trickleHeaders(Duration every) {
        return raw("HTTP/1.1 200 OK\r\n", "X-Filler: 1\r\n").every(every).ending(Ending.REPEAT);
    }

    /** Waits before the first byte. */
    public Reply after(Duration wait) {
        return new Reply(parts, wait, between, ending);
    }

    /** Waits between two parts. */
    public Reply every(Duration wait) {
        return new Reply(parts, before, wait, ending);
    }

    /** Closes the connection (FIN) after so many events. */
    public Reply cutAfter(int events) {
        return firstEvents(events).ending(Ending.CLOSE);
    }

    /** Aborts the connection (RST) after so many events. */
    public Reply resetAfter(int events) {
        return firstEvents(events).ending(Ending.RESET);
    }

    /** Stops talking after so many events, with the connection open. */
    public Reply hangAfter(int events) {
        return firstEvents(events).ending(Ending.HANG);
    }

    /** Ends otherwise. */
    public Reply ending(Ending other) {
        return new Reply(parts, before, between, other);
    }

    private Reply firstEvents(int events) {
        return new Reply(parts.subList(0, events + 1), before, between, ending);
    }

    private static Reply keepAlive(List<byte[]> parts) {
        return new Reply(parts, Duration.ZERO, Duration.ZERO, Ending.KEEP_ALIVE);
    }

    private static Map<String, String> chunkedHeaders(String contentType) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", contentType);
        headers.put("Transfer-Encoding", "chunked");
        return headers;
    }

    private static byte[] head(int status, Map<String, String> headers, String... more) {
        var text = new StringBuilder("HTTP/1.1 ").append(status).append(" Scripted\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        for (int i = 0; i < more.length; i += 2) {
            text.append(more[i]).append(": ").append(more[i + 1]).append("\r\n");
        }
        return ascii(text.append("\r\n").toString());
    }

    private static byte[] chunk(byte[] data) {
        return join(ascii(Integer.toHexString(data.length) + "\r\n"), data, ascii("\r\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(byte[]... pieces) {
        var out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }
}
