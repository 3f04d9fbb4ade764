package io.magicproxy.quota;

import io.magicproxy.store.Counters.Counter;
import io.magicproxy.store.Counters.Want;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The counters of one key, or of one team. */
final class Account {
    private static final int NANO = 9;

    private final String holder;
    private final List<Line> lines;

    /**
     * One of them.
     *
     * @param limit absent: only counted
     */
    record Line(Limit what, Counter counter, OptionalLong limit) {}

    private Account(String holder, String path, Limits limits) {
        this.holder = holder;
        Map<Limit, OptionalLong> all = new EnumMap<>(Limit.class);
        all.put(Limit.REQUESTS, whole(limits.requestsPerMinute()));
        all.put(Limit.TOKENS, whole(limits.tokensPerMinute()));
        all.put(Limit.CONCURRENT, whole(limits.concurrent()));
        all.put(Limit.DAY, money(limits.budgetPerDay()));
        all.put(Limit.MONTH, money(limits.budgetPerMonth()));
        List<Line> counted = new ArrayList<>();
        all.forEach((what, limit) -> {
            if (what.isBudget() || limit.isPresent()) {
                counted.add(new Line(what, counter(what, path), limit));
            }
        });
        this.lines = List.copyOf(counted);
    }

    static Account of(VirtualKey key) {
        return new Account(
                "the key \"" + key.terms().name() + "\"", keyPath(key), key.terms().limits());
    }

    static Account of(Team team) {
        return new Account("the team \"" + team.name() + "\"", teamPath(team), team.limits());
    }

    private static String keyPath(VirtualKey key) {
        return "key/" + key.id();
    }

    private static String teamPath(Team team) {
        return "team/" + team.name();
    }

    private static Counter counter(Limit what, String path) {
        return new Counter(what.counter() + "/" + path, what.span());
    }

    /** All counters that a key may have, by what they count. */
    static Map<Limit, Counter> counters(VirtualKey key) {
        return counters(keyPath(key));
    }

    static Map<Limit, Counter> counters(Team team) {
        return counters(teamPath(team));
    }

    private static Map<Limit, Counter> counters(String path) {
        Map<Limit, Counter> all = new EnumMap<>(Limit.class);
        for (Limit what : Limit.values()) {
            all.put(what, counter(what, path));
        }
        return all;
    }

    private static OptionalLong whole(Optional<Integer> limit) {
        return limit.map(n -> OptionalLong.of(n)).orElse(OptionalLong.empty());
    }

    private static OptionalLong money(Optional<BigDecimal> limit) {
        return limit.map(usd -> OptionalLong.of(nanos(usd))).orElse(OptionalLong.empty());
    }

    /** Money is counted in billionths of a dollar. */
    static long nanos(BigDecimal usd) {
        return usd.movePointRight(NANO).setScale(0, RoundingMode.HALF_UP).longValue();
    }

    /** Without zeros at its end, and without an exponent. */
    static BigDecimal usd(long nanos) {
        BigDecimal usd = BigDecimal.valueOf(nanos, NANO).stripTrailingZeros();
        return usd.scale() < 0 ? usd.setScale(0) : usd;
    }

    String holder() {
        return holder;
    }

    List<Line> lines() {
        return lines;
    }

    static Want want(Line line, long amount) {
        return new Want(line.counter(), amount, line.limit());
    }
}
