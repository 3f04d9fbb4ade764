package io.magicproxy.store.redis;

import io.magicproxy.store.AuditLog;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The changes made at all gateways, as Redis has them; while that is away, those made at this one,
 * which it also keeps itself.
 */
final class FallbackAudit implements AuditLog {
    /** Says that what was changed before there was a Redis is in the outbox, or told. */
    private static final String BEGUN = "audit/shared";

    private final RedisAuditLog remote;
    private final AuditLog local;
    private final Outbox outbox;

    /**
     * @param local this gateway's part
     * @param own this gateway's state
     */
    FallbackAudit(RedisAuditLog remote, AuditLog local, SharedState own, BooleanSupplier up)
            throws StoreException {
        this.remote = remote;
        this.local = local;
        this.outbox =
                new Outbox(
                        own,
                        "audit/untold/",
                        (name, change) -> remote.append(name, RedisAuditLog.change(change)),
                        up);
        if (own.get(BEGUN).isEmpty()) {
            for (Entry entry : local.list(all()).reversed()) {
                outbox.add(RedisAuditLog.text(entry.change()));
            }
            own.put(BEGUN, "yes", Optional.empty());
        }
    }

    private static Filter all() {
        return new Filter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE);
    }

    @Override
    public void append(Change change) throws StoreException {
        local.append(change);
        outbox.add(RedisAuditLog.text(change));
        outbox.tellAll();
    }

    void tellAll() {
        outbox.tellAll();
    }

    @Override
    public List<Entry> list(Filter filter) throws StoreException {
        try {
            return remote.list(filter);
        } catch (StoreException e) {
            return local.list(filter);
        }
    }
}
