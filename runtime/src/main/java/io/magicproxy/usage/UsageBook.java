package io.magicproxy.usage;

import io.magicproxy.chat.Usage;
import io.magicproxy.routing.Cost;
import io.magicproxy.store.UsageStore.Account;
import io.magicproxy.store.UsageStore.Amount;
import io.magicproxy.telemetry.GatewayMetrics;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/** Is told of each call, and counts its tokens and what they cost. */
public final class UsageBook {
    private static final int PICO_DIGITS = 12;
    private static final String NOBODY = "";

    private final GatewayMetrics metrics;
    private final UsageLog log;

    public UsageBook(GatewayMetrics metrics, UsageLog log) {
        this.metrics = metrics;
        this.log = log;
    }

    /**
     * A call was answered.
     *
     * @return what it cost in US dollars, if the prices are known
     */
    public Optional<BigDecimal> used(Use use) {
        String profile = use.profile().name();
        Usage usage = use.usage();
        metrics.tokens(profile, "input", usage.prompt());
        metrics.tokens(profile, "output", usage.completion());
        metrics.tokens(profile, "cache_read", usage.cacheRead());
        metrics.tokens(profile, "cache_write", usage.cacheWrite());
        metrics.tokens(profile, "reasoning", usage.reasoning());
        Optional<BigDecimal> cost = Cost.of(use.profile().info(), usage);
        cost.ifPresent(usd -> metrics.cost(profile, usd.doubleValue()));
        log.add(account(use), amount(usage, cost));
        return cost;
    }

    /** A call was answered from the cache: it took nothing. */
    public void remembered(Use use) {
        log.add(account(use), new Amount(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    /** A call had no answer. */
    public void failed(Payer payer, String alias, Use.Kind kind) {
        log.add(
                new Account(payer.key(), payer.team(), alias, NOBODY, NOBODY, NOBODY, kind.wire()),
                new Amount(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    private static Account account(Use use) {
        return new Account(
                use.payer().key(),
                use.payer().team(),
                use.alias(),
                use.profile().name(),
                use.profile().provider(),
                use.profile().model(),
                use.kind().wire());
    }

    private static Amount amount(Usage usage, Optional<BigDecimal> cost) {
        return new Amount(
                1,
                0,
                0,
                usage.estimated() ? 1 : 0,
                cost.isPresent() ? 0 : 1,
                usage.prompt(),
                usage.completion(),
                usage.cacheRead(),
                usage.cacheWrite(),
                usage.reasoning(),
                cost.map(UsageBook::pico).orElse(0L));
    }

    private static long pico(BigDecimal usd) {
        return usd.movePointRight(PICO_DIGITS).setScale(0, RoundingMode.HALF_UP).longValue();
    }
}
