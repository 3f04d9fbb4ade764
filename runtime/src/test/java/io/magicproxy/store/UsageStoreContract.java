package io.magicproxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.UsageStore.Account;
import io.magicproxy.store.UsageStore.Amount;
import io.magicproxy.store.UsageStore.Dimension;
import io.magicproxy.store.UsageStore.Line;
import io.magicproxy.store.UsageStore.Question;
import io.magicproxy.store.UsageStore.Sum;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What everyone who keeps a {@link UsageStore} must do. */
public abstract class UsageStoreContract {
    private static final Instant EVENING = Instant.parse("2026-11-26T23:00:00Z");
    private static final Instant NIGHT = EVENING.plus(Duration.ofHours(1));
    private static final Account ANN = account("ann", "gpt");
    private static final Account BOB = account("bob", "gpt");

    /** Opens the test's one store; the one opened before is closed first. */
    protected abstract UsageStore open() throws Exception;

    @Test
    void what_is_added_is_summed_and_stays() throws Exception {
        UsageStore store = open();
        store.add(
                List.of(
                        new Line(EVENING, ANN, amount(1, 10)),
                        new Line(EVENING, BOB, amount(1, 5))));
        store.add(
                List.of(new Line(EVENING, ANN, amount(2, 20)), new Line(NIGHT, ANN, amount(1, 7))));
        UsageStore again = open();

        assertThat(again.sums(asked(Map.of(), Dimension.DAY, Dimension.KEY)))
                .containsExactly(
                        new Sum(List.of("2026-11-26", "ann"), amount(3, 30)),
                        new Sum(List.of("2026-11-26", "bob"), amount(1, 5)),
                        new Sum(List.of("2026-11-27", "ann"), amount(1, 7)));
        assertThat(again.sums(asked(Map.of(Dimension.KEY, "ann"), Dimension.HOUR)))
                .containsExactly(
                        new Sum(List.of("2026-11-26T23:00:00Z"), amount(3, 30)),
                        new Sum(List.of("2026-11-27T00:00:00Z"), amount(1, 7)));
        assertThat(again.sums(asked(Map.of(Dimension.KEY, "nobody"), Dimension.DAY))).isEmpty();
    }

    @Test
    void only_the_hours_that_are_asked_for_count_and_old_ones_are_forgotten() throws Exception {
        UsageStore store = open();
        store.add(
                List.of(new Line(EVENING, ANN, amount(1, 1)), new Line(NIGHT, ANN, amount(1, 2))));

        assertThat(store.sums(new Question(EVENING, NIGHT, Map.of(), List.of(Dimension.KEY))))
                .containsExactly(new Sum(List.of("ann"), amount(1, 1)));
        store.forgetBefore(NIGHT);
        assertThat(store.sums(asked(Map.of(), Dimension.KEY)))
                .containsExactly(new Sum(List.of("ann"), amount(1, 2)));
    }

    @Test
    void what_is_summed_by_nothing_is_one_sum_and_big_numbers_are_exact() throws Exception {
        UsageStore store = open();
        long big = 9_007_199_254_740_993L;
        Amount amount = new Amount(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, big);
        store.add(List.of(new Line(EVENING, ANN, amount), new Line(NIGHT, BOB, amount)));

        assertThat(store.sums(asked(Map.of())))
                .containsExactly(new Sum(List.of(), amount.plus(amount)));
        assertThat(store.sums(asked(Map.of(Dimension.KEY, "nobody"))))
                .containsExactly(new Sum(List.of(), Amount.NONE));
        assertThat(
                        store.sums(
                                asked(
                                        Map.of(Dimension.TEAM, "team"),
                                        Dimension.KEY,
                                        Dimension.MODEL)))
                .extracting(Sum::of)
                .containsExactly(List.of("ann", "m"), List.of("bob", "m"));
    }

    @Test
    void names_are_any_texts() throws Exception {
        UsageStore store = open();
        Account odd = new Account("k|1", "", "a\"b", "grün 日本", "[\"x\",2]", "m\\n", "chat");
        store.add(List.of(new Line(EVENING, odd, amount(1, 1))));
        assertThat(
                        store.sums(
                                asked(
                                        Map.of(Dimension.KEY, "k|1"),
                                        Dimension.TEAM,
                                        Dimension.ALIAS,
                                        Dimension.PROFILE,
                                        Dimension.PROVIDER,
                                        Dimension.MODEL)))
                .extracting(Sum::of)
                .containsExactly(
                        List.of("", odd.alias(), odd.profile(), odd.provider(), odd.model()));
    }

    private static Question asked(Map<Dimension, String> only, Dimension... by) {
        return new Question(EVENING, NIGHT.plus(Duration.ofHours(1)), only, List.of(by));
    }

    private static Account account(String key, String alias) {
        return new Account(key, "team", alias, "profile", "openai", "m", "chat");
    }

    private static Amount amount(long requests, long tokens) {
        return new Amount(requests, 0, 0, 0, 0, tokens, tokens, 0, 0, 0, tokens * 1000);
    }
}
