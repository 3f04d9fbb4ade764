package io.magicproxy.quota;

import io.magicproxy.store.Counters;
import io.magicproxy.store.Counters.Admission;
import io.magicproxy.store.Counters.Counter;
import io.magicproxy.store.Counters.Level;
import io.magicproxy.store.Counters.Want;
import io.magicproxy.store.StoreException;
import io.magicproxy.usage.Payer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Lets calls be made as far as their key's and its team's limits reach. */
public final class Quota {
    private final VirtualKeys keys;
    private final Counters counters;

    /** Whether a call may be made. */
    public sealed interface Entry {
        record Open(Ticket ticket) implements Entry {}

        record Closed(Refusal refusal) implements Entry {}
    }

    /** What is asked for. */
    private enum Kind {
        /** A call of a model. */
        CALL,
        /** An agent's run: its calls are counted one by one. */
        RUN
    }

    public Quota(VirtualKeys keys, Counters counters) {
        this.keys = keys;
        this.counters = counters;
    }

    public VirtualKeys keys() {
        return keys;
    }

    /** Whether the payer may ask the alias; whether there is such an alias is another question. */
    public Optional<Refusal> mayAsk(Payer payer, String alias) {
        return isKey(payer)
                ? keys.key(payer.key())
                        .flatMap(key ->
                                AliasMatch.matches(key.terms().aliases(), alias)
                                        ? Optional.<Refusal>empty()
                                        : Optional.of(forbidden(key, alias)))
                : Optional.empty();
    }

    private static Refusal forbidden(VirtualKey key, String alias) {
        return new Refusal.Forbidden(
                "the key \""
                        + key.terms().name()
                        + "\" may not ask \""
                        + alias
                        + "\", only "
                        + String.join(", ", key.terms().aliases()));
    }

    /** Counts a call before it is made. */
    public Entry call(Payer payer, Estimate estimate) throws StoreException {
        return isKey(payer) ? enter(payer, Kind.CALL, estimate) : new Entry.Open(Ticket.FREE);
    }

    /** Counts the request for an agent's run. */
    public Entry run(Payer payer) throws StoreException {
        return isKey(payer)
                ? enter(payer, Kind.RUN, Estimate.nothing())
                : new Entry.Open(Ticket.FREE);
    }

    private static boolean isKey(Payer payer) {
        return !payer.key().equals(Payer.MASTER);
    }

    private Entry enter(Payer payer, Kind kind, Estimate estimate) throws StoreException {
        Optional<VirtualKey> key = keys.key(payer.key());
        if (key.isEmpty()) {
            return new Entry.Closed(new Refusal.Ended("the key that this was asked with is gone"));
        }
        if (key.get().state(keys.now()) != VirtualKey.State.ACTIVE) {
            return new Entry.Closed(new Refusal.Ended(VirtualKeys.ended(key.get())));
        }
        return enter(keys.accounts(key.get()), kind, estimate);
    }

    private Entry enter(List<Account> accounts, Kind kind, Estimate estimate)
            throws StoreException {
        var reserved = CountedTicket.Reserved.of(estimate);
        List<Account.Line> lines = new ArrayList<>(8);
        List<Want> wants = new ArrayList<>(8);
        for (Account account : accounts) {
            for (Account.Line line : account.lines()) {
                if (kind == Kind.CALL || line.what().ofRuns()) {
                    lines.add(line);
                    wants.add(Account.want(line, amount(line.what(), reserved)));
                }
            }
        }
        return switch (counters.admit(wants)) {
            case Admission.Granted(var at, var levels) ->
                    new Entry.Open(
                            new CountedTicket(
                                    counters, at, lines, estimate, standing(lines, levels)));
            case Admission.Full full -> new Entry.Closed(over(accounts, lines, wants, full));
        };
    }

    private static long amount(Limit what, CountedTicket.Reserved reserved) {
        return switch (what) {
            case REQUESTS, CONCURRENT -> 1;
            case TOKENS -> reserved.tokens();
            case DAY, MONTH -> reserved.nanos();
        };
    }

    private static Refusal over(
            List<Account> accounts,
            List<Account.Line> lines,
            List<Want> wants,
            Admission.Full full) {
        Account.Line line = lines.get(full.which());
        String holder =
                accounts.stream()
                        .filter(account -> account.lines().contains(line))
                        .map(Account::holder)
                        .findFirst()
                        .orElse("");
        long limit = line.limit().orElse(0);
        long asked = wants.get(full.which()).amount();
        boolean never = line.what() == Limit.TOKENS && asked > limit;
        String message =
                holder
                        + " may use "
                        + (line.what().isBudget()
                                ? Account.usd(limit).stripTrailingZeros().toPlainString()
                                : Long.toString(limit))
                        + " "
                        + line.what().words()
                        + (never
                                ? "; this request alone may take "
                                        + asked
                                        + ": shorten it, or lower max_tokens"
                                : line.what().isBudget()
                                        ? ", which are spent"
                                        : "; ask again later");
        return new Refusal.Over(
                line.what(),
                message,
                Optional.of(full.roomAfter()).filter(wait -> !never && wait.isPositive()),
                standing(lines, full.levels()));
    }

    /** Of a key's and its team's limits that which leaves less. */
    private static Standing standing(List<Account.Line> lines, List<Level> levels) {
        Optional<Standing.Room> requests = Optional.empty();
        Optional<Standing.Room> tokens = Optional.empty();
        boolean limited = false;
        for (int i = 0; i < lines.size(); i++) {
            OptionalLong limit = lines.get(i).limit();
            if (limit.isEmpty()) {
                continue;
            }
            limited = true;
            Level level = levels.get(i);
            var room =
                    new Standing.Room(
                            limit.getAsLong(),
                            Math.max(0, limit.getAsLong() - level.used()),
                            level.easier());
            if (lines.get(i).what() == Limit.REQUESTS) {
                requests = Optional.of(nearer(requests, room));
            } else if (lines.get(i).what() == Limit.TOKENS) {
                tokens = Optional.of(nearer(tokens, room));
            }
        }
        return limited ? new Standing(true, requests, tokens) : Standing.FREE;
    }

    private static Standing.Room nearer(Optional<Standing.Room> one, Standing.Room other) {
        return one.filter(room -> room.remaining() <= other.remaining()).orElse(other);
    }

    /**
     * What a key or a team uses now.
     *
     * @param requests in the last minute; counted only where there is a limit, as tokens and calls
     * @param dayUsd spent today, in UTC
     */
    public record Use(
            long requests, long tokens, long calls, BigDecimal dayUsd, BigDecimal monthUsd) {}

    public Use use(VirtualKey key) throws StoreException {
        return use(Account.counters(key));
    }

    public Use use(Team team) throws StoreException {
        return use(Account.counters(team));
    }

    private Use use(Map<Limit, Counter> all) throws StoreException {
        List<Level> levels = counters.levels(List.copyOf(all.values()));
        Map<Limit, Long> used = new EnumMap<>(Limit.class);
        int at = 0;
        for (Limit what : all.keySet()) {
            used.put(what, levels.get(at++).used());
        }
        return new Use(
                used.getOrDefault(Limit.REQUESTS, 0L),
                used.getOrDefault(Limit.TOKENS, 0L),
                used.getOrDefault(Limit.CONCURRENT, 0L),
                Account.usd(used.getOrDefault(Limit.DAY, 0L)),
                Account.usd(used.getOrDefault(Limit.MONTH, 0L)));
    }

    /** Forgets what a deleted key has used. */
    public void forget(VirtualKey key) throws StoreException {
        counters.forget(Account.counters(key).values().stream().map(Counter::name).toList());
    }

    public void forget(Team team) throws StoreException {
        counters.forget(Account.counters(team).values().stream().map(Counter::name).toList());
    }

    /** How long an agent's call may wait for a minute's limit to give room. */
    public static Duration patience() {
        return Duration.ofMinutes(2);
    }
}
