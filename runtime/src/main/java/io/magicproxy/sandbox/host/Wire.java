package io.magicproxy.sandbox.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How packets are written: the length of all that follows, the length of the frame (both four
 * bytes), the frame as JSON, the body as UTF-8.
 */
final class Wire {
    private static final int MAX_PACKET = 8 << 20;

    /** What fits into a packet beside its frame. */
    static final int MAX_BODY = 7 << 20;

    /** Guests choose operations' names; no real one is longer. */
    private static final int MAX_NAME = 200;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                                    // A guest's strings may hold half a surrogate pair.
                                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .build();
    private static final ObjectWriter FROM_HOST = MAPPER.writerFor(FromHost.class);
    private static final ObjectWriter TO_HOST = MAPPER.writerFor(ToHost.class);
    private static final ObjectReader READ_FROM_HOST = MAPPER.readerFor(FromHost.class);
    private static final ObjectReader READ_TO_HOST = MAPPER.readerFor(ToHost.class);

    private Wire() {}

    static ByteBuffer fromHost(Packet<FromHost> packet) {
        return encode(FROM_HOST, packet.frame(), packet.body());
    }

    static ByteBuffer toHost(Packet<ToHost> packet) {
        return encode(TO_HOST, packet.frame(), packet.body());
    }

    /** The other side isn't trusted: what isn't a known frame is an exception. */
    static Packet<FromHost> readFromHost(DataInputStream in) throws IOException {
        return decode(READ_FROM_HOST, in);
    }

    static Packet<ToHost> readToHost(DataInputStream in) throws IOException {
        return decode(READ_TO_HOST, in);
    }

    private static ByteBuffer encode(ObjectWriter writer, Object frame, String body) {
        try {
            byte[] head = writer.writeValueAsBytes(frame);
            byte[] text = body.getBytes(StandardCharsets.UTF_8);
            int length = Integer.BYTES + head.length + text.length;
            if (length > MAX_PACKET) {
                throw new IllegalArgumentException("a packet of " + length + " bytes is too large");
            }
            return ByteBuffer.allocate(Integer.BYTES + length)
                    .putInt(length)
                    .putInt(head.length)
                    .put(head)
                    .put(text)
                    .flip();
        } catch (IOException e) {
            throw new UncheckedIOException("frames can always be written", e);
        }
    }

    private static <F> Packet<F> decode(ObjectReader reader, DataInputStream in)
            throws IOException {
        int length = in.readInt();
        if (length < Integer.BYTES || length > MAX_PACKET) {
            throw new MalformedFrameException("a packet of " + length + " bytes");
        }
        int head = in.readInt();
        int rest = length - Integer.BYTES;
        if (head < 0 || head > rest) {
            throw new MalformedFrameException("a frame of " + head + " bytes");
        }
        byte[] bytes = new byte[rest];
        in.readFully(bytes);
        F frame;
        try {
            frame = reader.readValue(bytes, 0, head);
        } catch (IOException e) {
            throw new MalformedFrameException("a frame that cannot be read");
        }
        return new Packet<>(frame, new String(bytes, head, rest - head, StandardCharsets.UTF_8));
    }

    static boolean fits(String body) {
        return body.length() <= MAX_BODY / 3
                || body.getBytes(StandardCharsets.UTF_8).length <= MAX_BODY;
    }

    static String name(String guests) {
        return guests.length() <= MAX_NAME ? guests : guests.substring(0, MAX_NAME);
    }

    /** UTF-8 has no half surrogate pairs; in JSON they can stand as escapes. */
    static String withoutHalves(String json) {
        StringBuilder clean = new StringBuilder();
        int done = 0;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c)
                    && i + 1 < json.length()
                    && Character.isLowSurrogate(json.charAt(i + 1))) {
                i++;
            } else {
                clean.append(json, done, i).append("\\u").append(Integer.toHexString(c));
                done = i + 1;
            }
        }
        return done == 0 ? json : clean.append(json, done, json.length()).toString();
    }

    /** The other side breaks the protocol. */
    static final class MalformedFrameException extends IOException {
        private static final long serialVersionUID = 1;

        MalformedFrameException(String what) {
            super(what);
        }
    }
}
