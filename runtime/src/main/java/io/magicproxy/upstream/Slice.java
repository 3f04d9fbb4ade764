package io.magicproxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** A stretch of somebody else's buffer: valid until its owner's next read. */
public record Slice(byte[] array, int offset, int length) {

    /** A copy of the bytes. */
    public byte[] toBytes() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** The bytes as UTF-8. */
    public String text() {
        return new String(array, offset, length, UTF_8);
    }

    /** Where the next byte would be. */
    public int end() {
        return offset + length;
    }
}
