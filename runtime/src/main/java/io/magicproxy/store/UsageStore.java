package io.magicproxy.store;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was used, summed by the hour, and kept for long. */
public interface UsageStore {
    /** By what uses can be told apart, asked for, and summed. */
    enum Dimension {
        DAY,
        HOUR,
        KEY,
        TEAM,
        ALIAS,
        PROFILE,
        PROVIDER,
        MODEL,
        KIND;

        /** As the API calls it. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it is of the time, in UTC. */
        public boolean timely() {
            return this == DAY || this == HOUR;
        }
    }

    /** Whose use of what. */
    record Account(
            String key,
            String team,
            String alias,
            String profile,
            String provider,
            String model,
            String kind) {}

    /**
     * How much.
     *
     * @param failed of {@code requests}: without an answer
     * @param cached of {@code requests}: answered from the cache, so without tokens
     * @param estimated of {@code requests}: broke off, so that their tokens are a guess
     * @param unpriced of {@code requests}: their cost is not known, and not in the sum
     * @param picoUsd in millionths of a millionth of a US dollar
     */
    record Amount(
            long requests,
            long failed,
            long cached,
            long estimated,
            long unpriced,
            long prompt,
            long completion,
            long cacheRead,
            long cacheWrite,
            long reasoning,
            long picoUsd) {
        public static final Amount NONE = new Amount(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        public Amount plus(Amount more) {
            return new Amount(
                    requests + more.requests,
                    failed + more.failed,
                    cached + more.cached,
                    estimated + more.estimated,
                    unpriced + more.unpriced,
                    prompt + more.prompt,
                    completion + more.completion,
                    cacheRead + more.cacheRead,
                    cacheWrite + more.cacheWrite,
                    reasoning + more.reasoning,
                    picoUsd + more.picoUsd);
        }
    }

    /** What was used in an hour. */
    record Line(Instant hour, Account account, Amount amount) {}

    /**
     * What is asked for.
     *
     * @param from the hour of it is counted
     * @param to the hour of it is not
     * @param only values that must be so; not of the time
     * @param by the sums are made for each
     */
    record Question(Instant from, Instant to, Map<Dimension, String> only, List<Dimension> by) {}

    /**
     * A sum.
     *
     * @param of the values of what was asked for, in its order; a day as {@code 2026-11-27}
     */
    record Sum(List<String> of, Amount amount) {}

    /** Adds to what is there. */
    void add(List<Line> lines) throws StoreException;

    /** In the order of their values. */
    List<Sum> sums(Question question) throws StoreException;

    /** Forgets what is older. */
    void forgetBefore(Instant hour) throws StoreException;
}
