package io.magicproxy.sandbox;

/** SplitMix64: written here, so that no other JDK gives other values to a replay. */
final class GuestRandom {
    private static final double UNIT = 0x1.0p-53;

    private long state;

    GuestRandom(long seed) {
        state = seed;
    }

    long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** From 0, below 1. */
    double nextDouble() {
        return (nextLong() >>> 11) * UNIT;
    }
}
