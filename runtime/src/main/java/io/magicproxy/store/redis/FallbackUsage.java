package io.magicproxy.store.redis;

import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.UsageStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The usage of all gateways, as Redis adds it up; while that is away, this gateway's own part,
 * which it also keeps itself.
 */
final class FallbackUsage implements UsageStore {
    private static final Logger LOG = System.getLogger(FallbackUsage.class.getName());

    /** Says that what was used before there was a Redis is in the outbox, or told. */
    private static final String BEGUN = "usage/shared";

    private static final Instant FAR = Instant.parse("3000-01-01T00:00:00Z");

    private final RedisUsageStore remote;
    private final UsageStore local;
    private final Outbox outbox;

    private record Place(Instant hour, Account account) {}

    /**
     * @param local this gateway's part
     * @param own this gateway's state
     */
    FallbackUsage(RedisUsageStore remote, UsageStore local, SharedState own, BooleanSupplier up)
            throws StoreException {
        this.remote = remote;
        this.local = local;
        this.outbox =
                new Outbox(
                        own,
                        "usage/untold/",
                        (name, lines) -> remote.add(name, UsageJson.lines(lines)),
                        up);
        if (own.get(BEGUN).isEmpty()) {
            for (List<Line> day : days()) {
                outbox.add(UsageJson.text(day));
            }
            own.put(BEGUN, "yes", Optional.empty());
        }
    }

    /** What was used so far. */
    private Iterable<List<Line>> days() throws StoreException {
        List<Dimension> by =
                List.of(
                        Dimension.HOUR,
                        Dimension.KEY,
                        Dimension.TEAM,
                        Dimension.ALIAS,
                        Dimension.PROFILE,
                        Dimension.PROVIDER,
                        Dimension.MODEL,
                        Dimension.KIND);
        Map<String, List<Line>> days = new LinkedHashMap<>();
        for (Sum sum : local.sums(new Question(Instant.EPOCH, FAR, Map.of(), by))) {
            List<String> of = sum.of();
            Account account =
                    new Account(
                            of.get(1), of.get(2), of.get(3), of.get(4), of.get(5), of.get(6),
                            of.get(7));
            days.computeIfAbsent(of.getFirst().substring(0, 10), _ -> new ArrayList<>())
                    .add(new Line(Instant.parse(of.getFirst()), account, sum.amount()));
        }
        return days.values();
    }

    @Override
    public void add(List<Line> lines) throws StoreException {
        local.add(lines);
        outbox.add(UsageJson.text(lines), FallbackUsage::both);
        outbox.tellAll();
    }

    private static String both(String earlier, String later) {
        Map<Place, Amount> sums = new LinkedHashMap<>();
        for (String text : List.of(earlier, later)) {
            UsageJson.lines(text)
                    .forEach(line ->
                            sums.merge(
                                    new Place(line.hour(), line.account()),
                                    line.amount(),
                                    Amount::plus));
        }
        return UsageJson.text(
                sums.entrySet().stream()
                        .map(sum ->
                                new Line(
                                        sum.getKey().hour(),
                                        sum.getKey().account(),
                                        sum.getValue()))
                        .toList());
    }

    void tellAll() {
        outbox.tellAll();
    }

    @Override
    public List<Sum> sums(Question question) throws StoreException {
        try {
            return remote.sums(question);
        } catch (StoreException e) {
            return local.sums(question);
        }
    }

    @Override
    public void forgetBefore(Instant hour) throws StoreException {
        local.forgetBefore(hour);
        try {
            remote.forgetBefore(hour);
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "Redis forgets it an hour later: {0}", e.getMessage());
        }
    }
}
