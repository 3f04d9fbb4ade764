package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.UsageStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Usage in Redis: whole numbers by hour and account, added up there; see {@code usage.lua}. */
public final class RedisUsageStore implements UsageStore {
    private static final LuaScript SCRIPT = new LuaScript("usage.lua");
    private static final String PART = "usage";
    private static final int COUNTS = UsageJson.COUNTS;

    /** Read at once: an answer must not take long. */
    private static final int HOURS = 12;

    private final RedisLink link;

    private record Place(Instant hour, Account account) {}

    public RedisUsageStore(RedisLink link) {
        this.link = link;
    }

    @Override
    public void add(List<Line> lines) throws StoreException {
        add(UUID.randomUUID().toString(), lines);
    }

    /**
     * Adds once.
     *
     * @param batch the name of these lines; known there for two days
     */
    void add(String batch, List<Line> lines) throws StoreException {
        List<String> arguments = new ArrayList<>();
        arguments.add(batch);
        for (Line line : lines) {
            arguments.add(Long.toString(line.hour().getEpochSecond()));
            arguments.add(UsageJson.text(line.account()));
            for (long count : UsageJson.counts(line.amount())) {
                arguments.add(Long.toString(count));
            }
        }
        run("add", arguments);
    }

    @Override
    public List<Sum> sums(Question question) throws StoreException {
        Map<List<String>, Amount> sums = new HashMap<>();
        if (question.by().isEmpty()) {
            sums.put(List.of(), Amount.NONE);
        }
        List<String> hours =
                run(
                        "hours",
                        List.of(
                                Long.toString(question.from().getEpochSecond()),
                                Long.toString(question.to().getEpochSecond())));
        for (int i = 0; i < hours.size(); i += HOURS) {
            read(hours.subList(i, Math.min(hours.size(), i + HOURS)))
                    .forEach((place, amount) -> {
                        if (wanted(place, question)) {
                            sums.merge(values(place, question.by()), amount, Amount::plus);
                        }
                    });
        }
        return sums.entrySet().stream()
                .map(sum -> new Sum(sum.getKey(), sum.getValue()))
                .sorted(Comparator.comparing(Sum::of, RedisUsageStore::compare))
                .toList();
    }

    private Map<Place, Amount> read(List<String> hours) throws StoreException {
        Map<Place, long[]> found = new HashMap<>();
        List<String> told = run("read", hours);
        for (int i = 0; i < told.size(); i += 3) {
            Instant hour = Instant.ofEpochSecond(Long.parseLong(told.get(i)));
            String field = told.get(i + 1);
            int end = field.indexOf('|');
            int which = Integer.parseInt(field, 0, end, 10) - 1;
            found.computeIfAbsent(
                                    new Place(hour, UsageJson.account(field.substring(end + 1))),
                                    _ -> new long[COUNTS])[which] =
                    Long.parseLong(told.get(i + 2));
        }
        Map<Place, Amount> amounts = new HashMap<>();
        found.forEach((place, counts) -> amounts.put(place, UsageJson.amount(counts)));
        return amounts;
    }

    private static boolean wanted(Place place, Question question) {
        return question.only().entrySet().stream()
                .allMatch(only -> value(place, only.getKey()).equals(only.getValue()));
    }

    private static List<String> values(Place place, List<Dimension> by) {
        return by.stream().map(dimension -> value(place, dimension)).toList();
    }

    private static String value(Place place, Dimension dimension) {
        Account account = place.account();
        return switch (dimension) {
            case DAY -> place.hour().toString().substring(0, "2026-11-27".length());
            case HOUR -> place.hour().toString();
            case KEY -> account.key();
            case TEAM -> account.team();
            case ALIAS -> account.alias();
            case PROFILE -> account.profile();
            case PROVIDER -> account.provider();
            case MODEL -> account.model();
            case KIND -> account.kind();
        };
    }

    private static int compare(List<String> one, List<String> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    @Override
    public void forgetBefore(Instant hour) throws StoreException {
        run("forget", List.of(Long.toString(hour.getEpochSecond())));
    }

    private List<String> run(String what, List<String> arguments) throws StoreException {
        List<String> all = new ArrayList<>();
        all.add(what);
        all.addAll(arguments);
        return SCRIPT.run(link, link.name(PART), all);
    }
}
