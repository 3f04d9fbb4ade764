package io.magicproxy.store.redis;

import io.magicproxy.store.AuditLog;
import io.magicproxy.store.Cache;
import io.magicproxy.store.Counters;
import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.SavedFiles;
import io.magicproxy.store.SavedVersions;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.UsageStore;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.TaskLedger;
import java.time.Duration;
import java.time.InstantSource;

/** All that several gateways share in Redis, each with this process's own to fall back on. */
public final class RedisStores implements AutoCloseable {
    private final RedisLink link;
    private final FallbackState state;
    private final RedisCounters inRedis;
    private final FallbackCounters counters;
    private final RedisJournal journal;

    /**
     * @param state this process's own
     * @param counters this process's own
     */
    public RedisStores(
            RedisConfig config, SharedState state, Counters counters, InstantSource clock)
            throws StoreException {
        this.link = RedisLink.open(config);
        this.state = new FallbackState(new RedisSharedState(link, clock), state);
        this.inRedis = new RedisCounters(link);
        this.counters = new FallbackCounters(inRedis, counters);
        this.journal = new RedisJournal(link, clock);
        link.whenBack(this.state::tellAll);
        link.whenBack(inRedis::beginAnew);
        link.whenBack(this.counters::tellAll);
    }

    public SharedState state() {
        return state;
    }

    public Counters counters() {
        return counters;
    }

    public Cache cache() {
        return new RedisCache(link);
    }

    /** All sessions; there is nothing to fall back on. */
    public Journal journal() {
        return journal;
    }

    /** Who has which run. */
    public TaskLedger ledger() {
        return new RedisTaskLedger(link);
    }

    /** What is saved at one gateway, for all. */
    public SavedFiles files() {
        return new RedisSavedFiles(link);
    }

    /** Versions of scripts, for all. */
    public SavedVersions versions() {
        return new RedisSavedVersions(link);
    }

    /**
     * What was used at all gateways.
     *
     * @param local this process's part
     * @param own this process's state
     */
    public UsageStore usage(UsageStore local, SharedState own) throws StoreException {
        var usage = new FallbackUsage(new RedisUsageStore(link), local, own, link::isUp);
        link.whenBack(usage::tellAll);
        usage.tellAll();
        return usage;
    }

    /**
     * What was changed at all gateways.
     *
     * @param local this process's part
     * @param own this process's state
     */
    public AuditLog audit(AuditLog local, SharedState own, Duration retention, InstantSource clock)
            throws StoreException {
        var remote = new RedisAuditLog(link, retention, clock);
        var audit = new FallbackAudit(remote, local, own, link::isUp);
        link.whenBack(audit::tellAll);
        audit.tellAll();
        return audit;
    }

    /** Whether Redis is there. */
    public boolean isUp() {
        return link.isUp();
    }

    @Override
    public void close() {
        journal.close();
        inRedis.close();
        link.close();
    }
}
