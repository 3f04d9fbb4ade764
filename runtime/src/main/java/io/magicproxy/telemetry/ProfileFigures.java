package io.magicproxy.telemetry;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One profile's figures since the start, for people's eyes: what metrics count, and the newest. */
public final class ProfileFigures {
    private static final int SAMPLES = 500;
    private static final Duration RECENT = Duration.ofMinutes(15);
    private static final int MINUTES = 60;
    private static final double HALF = 0.5;
    private static final double MOST = 0.95;

    private final InstantSource clock;
    private final Map<String, Long> attempts = new TreeMap<>();
    private final Map<String, Long> tokens = new TreeMap<>();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Deque<Minute> minutes = new ArrayDeque<>();
    private Optional<Double> cost = Optional.empty();

    private record Sample(Instant at, Duration took) {}

    /** One minute in which there was something. */
    public record Minute(Instant at, long ok, long failed, long input, long output, double cost) {
        private Minute plus(Minute other) {
            return new Minute(
                    at,
                    ok + other.ok,
                    failed + other.failed,
                    input + other.input,
                    output + other.output,
                    cost + other.cost);
        }
    }

    /**
     * How long successful calls took.
     *
     * @param samples how many of them there were
     */
    public record Latency(Duration p50, Duration p95, int samples) {}

    /**
     * The figures at one moment.
     *
     * @param attempts calls by outcome
     * @param latency absent if no call succeeded of late
     * @param tokens by kind
     * @param cost in US dollars; absent if no call had a price
     */
    public record View(
            Map<String, Long> attempts,
            Optional<Latency> latency,
            Map<String, Long> tokens,
            Optional<Double> cost,
            List<Minute> minutes) {}

    ProfileFigures(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void attempt(String outcome, Duration took) {
        attempts.merge(outcome, 1L, Long::sum);
        boolean ok = outcome.equals("ok");
        if (ok) {
            samples.addLast(new Sample(clock.instant(), took));
            if (samples.size() > SAMPLES) {
                samples.removeFirst();
            }
        }
        add(new Minute(thisMinute(), ok ? 1 : 0, ok ? 0 : 1, 0, 0, 0));
    }

    synchronized void tokens(String kind, long count) {
        tokens.merge(kind, count, Long::sum);
        add(
                new Minute(
                        thisMinute(),
                        0,
                        0,
                        kind.equals("input") ? count : 0,
                        kind.equals("output") ? count : 0,
                        0));
    }

    synchronized void cost(double usd) {
        cost = Optional.of(cost.orElse(0.0) + usd);
        add(new Minute(thisMinute(), 0, 0, 0, 0, usd));
    }

    private Instant thisMinute() {
        return clock.instant().truncatedTo(ChronoUnit.MINUTES);
    }

    private void add(Minute more) {
        Minute last = minutes.peekLast();
        if (last != null && last.at.equals(more.at)) {
            minutes.removeLast();
            minutes.addLast(last.plus(more));
        } else {
            minutes.addLast(more);
        }
        forget();
    }

    private void forget() {
        Instant first = thisMinute().minus(MINUTES - 1L, ChronoUnit.MINUTES);
        while (!minutes.isEmpty() && minutes.getFirst().at.isBefore(first)) {
            minutes.removeFirst();
        }
    }

    public synchronized View view() {
        forget();
        return new View(
                new TreeMap<>(attempts),
                latency(),
                new TreeMap<>(tokens),
                cost,
                List.copyOf(minutes));
    }

    private Optional<Latency> latency() {
        Instant since = clock.instant().minus(RECENT);
        Duration[] sorted =
                samples.stream()
                        .filter(sample -> sample.at.isAfter(since))
                        .map(Sample::took)
                        .sorted()
                        .toArray(Duration[]::new);
        return sorted.length == 0
                ? Optional.empty()
                : Optional.of(new Latency(rank(sorted, HALF), rank(sorted, MOST), sorted.length));
    }

    /** The smallest that so many of all don't exceed. */
    private static Duration rank(Duration[] sorted, double part) {
        return sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
    }
}
