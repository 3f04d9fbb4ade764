package io.magicproxy.telemetry;

import java.util.Optional;

/**
 * Which model is called, by whom and how.
 *
 * @param operation {@code chat} or {@code embeddings}
 * @param number of the attempt, from 1
 * @param key its fingerprint, which doesn't tell the key
 */
public record ModelCall(
        String operation,
        String provider,
        String model,
        String profile,
        String alias,
        int number,
        Optional<String> key) {}
