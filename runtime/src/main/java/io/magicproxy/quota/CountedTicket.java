package io.magicproxy.quota;

import io.magicproxy.chat.Usage;
import io.magicproxy.store.Counters;
import io.magicproxy.store.Counters.Change;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A ticket whose call is counted. */
final class CountedTicket implements Ticket {
    private static final Logger LOG = System.getLogger(CountedTicket.class.getName());

    private final Counters counters;
    private final Instant at;
    private final List<Account.Line> lines;
    private final Reserved reserved;
    private final Reserved sent;
    private final Standing standing;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Reserved used = new Reserved(0, 0);

    /**
     * What was set aside, or used.
     *
     * @param nanos of a dollar
     */
    record Reserved(long tokens, long nanos) {
        static Reserved of(Estimate estimate) {
            return new Reserved(
                    estimate.prompt() + estimate.completion(),
                    CountedTicket.nanos(estimate.cost()));
        }
    }

    private static long nanos(Optional<BigDecimal> usd) {
        return usd.map(Account::nanos).orElse(0L);
    }

    CountedTicket(
            Counters counters,
            Instant at,
            List<Account.Line> lines,
            Estimate estimate,
            Standing standing) {
        this.counters = counters;
        this.at = at;
        this.lines = lines;
        this.reserved = Reserved.of(estimate);
        this.sent = new Reserved(estimate.prompt(), nanos(estimate.promptCost()));
        this.standing = standing;
    }

    @Override
    public boolean counted() {
        return true;
    }

    @Override
    public Standing standing() {
        return standing;
    }

    @Override
    public void used(Usage usage, Optional<BigDecimal> cost) {
        used = new Reserved(usage.total(), nanos(cost));
    }

    @Override
    public void givenUp() {
        used = sent;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        List<Change> changes = new ArrayList<>(lines.size());
        for (Account.Line line : lines) {
            long amount =
                    switch (line.what()) {
                        case REQUESTS -> 0;
                        case TOKENS -> used.tokens - reserved.tokens;
                        case CONCURRENT -> -1;
                        case DAY, MONTH -> used.nanos - reserved.nanos;
                    };
            if (amount != 0) {
                changes.add(new Change(line.counter(), amount));
            }
        }
        if (changes.isEmpty()) {
            return;
        }
        try {
            counters.adjust(at, changes);
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "a call stays counted as it was estimated: {0}", e.getMessage());
        }
    }
}
