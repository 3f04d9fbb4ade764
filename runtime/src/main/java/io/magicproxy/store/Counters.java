package io.magicproxy.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * Counts with limits, shared by all who use the same store.
 *
 * <p>Each method is one step that nobody comes between, and carries all that it needs: on a server
 * such as Redis it is one script, one round trip.
 */
public interface Counters {
    /** How long what was counted stays. */
    enum Span {
        /**
         * For a minute: no minute, wherever it begins, holds more than the limit. Buckets of half a
         * second do: what was counted stays for half a second more at most.
         */
        MINUTE,
        /** Until it is given back. Those of a process that dies are given back, too. */
        HELD,
        /** For a day of UTC; kept through restarts. */
        DAY,
        /** For a month of UTC; kept through restarts. */
        MONTH
    }

    /**
     * What is counted.
     *
     * @param name a path with slashes, such as {@code requests/key/vk_1}
     */
    record Counter(String name, Span span) {}

    /**
     * A wish to count. A minute's counter and one that is held never pass their limit: the amount
     * must fit. A day's and a month's take any amount as long as they are below it.
     *
     * @param limit absent: it is only counted
     */
    record Want(Counter counter, long amount, OptionalLong limit) {}

    /**
     * How a counter stands.
     *
     * @param easier when something of it is given back by itself; zero if nothing is
     */
    record Level(long used, Duration easier) {}

    /** Whether the wishes were granted: all, or none. */
    sealed interface Admission {
        /**
         * All were counted.
         *
         * @param at when; corrections name it
         * @param levels after it, in the order of the wishes
         */
        record Granted(Instant at, List<Level> levels) implements Admission {}

        /**
         * Nothing was counted, because of one of them.
         *
         * @param which the wish's place
         * @param roomAfter after which that one would fit, if nothing else came; zero: nobody knows
         */
        record Full(int which, List<Level> levels, Duration roomAfter) implements Admission {}
    }

    /** A correction of what was counted. */
    record Change(Counter counter, long amount) {}

    /** Counts all or nothing. */
    Admission admit(List<Want> wants) throws StoreException;

    /**
     * Corrects what was counted: in a day and a month where it was counted. Of a minute's counter,
     * less is given back where it was counted, and more counts now.
     *
     * @param at as the admission told
     */
    void adjust(Instant at, List<Change> changes) throws StoreException;

    /** How they stand now. */
    List<Level> levels(List<Counter> counters) throws StoreException;

    /** Forgets all counters of these names. */
    void forget(List<String> names) throws StoreException;
}
