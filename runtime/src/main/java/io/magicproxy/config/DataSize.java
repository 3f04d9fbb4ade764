package io.magicproxy.config;

/** A size in bytes. */
public record DataSize(long bytes) {
    /** For APIs that count in int. */
    public int asInt() {
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }
}
