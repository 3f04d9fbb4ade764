package io.magicproxy.quota;

import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import io.magicproxy.usage.Payer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The keys that were handed out, and the teams: found by secret, id and name. */
public final class VirtualKeys {
    private final KeyRecords records;
    private final InstantSource clock;
    private List<VirtualKey> storedKeys;
    private List<Team> storedTeams;
    private List<VirtualKey> declaredKeys = List.of();
    private List<Team> declaredTeams = List.of();
    private volatile KeyRing ring;

    /** What a secret is. */
    public sealed interface Found {
        record Good(VirtualKey key) implements Found {}

        /**
         * It was one.
         *
         * @param why for whoever shows it
         */
        record Ended(String why) implements Found {}

        record Unknown() implements Found {}
    }

    public VirtualKeys(SharedState store, InstantSource clock) throws StoreException {
        this.records = new KeyRecords(store);
        this.clock = clock;
        this.storedKeys = records.keys();
        this.storedTeams = records.teams();
        this.ring = new KeyRing(storedKeys, storedTeams);
    }

    /** Takes what the configuration declares, in place of what an earlier one did. */
    public synchronized void declare(List<VirtualKeyConfig> keys, List<TeamConfig> teams) {
        declaredKeys = keys.stream().flatMap(key -> key.virtualKey().stream()).toList();
        declaredTeams = teams.stream().map(TeamConfig::team).toList();
        rebuild();
    }

    /** Takes over what other gateways that share the store have changed. */
    public synchronized void refresh() throws StoreException {
        List<VirtualKey> keys = records.keys();
        List<Team> teams = records.teams();
        if (!keys.equals(storedKeys) || !teams.equals(storedTeams)) {
            storedKeys = keys;
            storedTeams = teams;
            rebuild();
        }
    }

    private void rebuild() {
        ring =
                new KeyRing(
                        Stream.concat(declaredKeys.stream(), storedKeys.stream()).toList(),
                        Stream.concat(declaredTeams.stream(), storedTeams.stream()).toList());
    }

    /**
     * Looks a secret up by its hash, so that the time it takes tells nothing of it.
     *
     * @param sha256 of the secret
     */
    public Found find(byte[] sha256) {
        Optional<KeyRing.Held> held = ring.bySecret(Secrets.hex(sha256));
        if (held.isEmpty()) {
            return new Found.Unknown();
        }
        VirtualKey key = held.get().key();
        Instant now = clock.instant();
        return switch (key.state(now)) {
            case REVOKED -> new Found.Ended(ended(key));
            case EXPIRED -> new Found.Ended(ended(key));
            case ACTIVE ->
                    held.get().until().filter(until -> !until.isAfter(now)).isPresent()
                            ? new Found.Ended(
                                    "the key \""
                                            + key.terms().name()
                                            + "\" was rotated; use the new one")
                            : new Found.Good(key);
        };
    }

    /** Why a key opens nothing any more. */
    static String ended(VirtualKey key) {
        String named = "the key \"" + key.terms().name() + "\" ";
        return key.life()
                .revoked()
                .map(at -> named + "was revoked at " + at)
                .orElseGet(() ->
                        named
                                + "expired at "
                                + key.terms().expires().map(Instant::toString).orElse(""));
    }

    public Optional<VirtualKey> key(String id) {
        return ring.key(id);
    }

    public List<VirtualKey> keys() {
        return ring.keys();
    }

    List<Account> accounts(VirtualKey key) {
        return ring.accounts(key);
    }

    public Optional<Team> team(String name) {
        return ring.team(name);
    }

    public List<Team> teams() {
        return ring.teams();
    }

    /** The payer whose key has that id; ids that are no key's stand for themselves. */
    public Payer payer(String owner) {
        return key(owner).map(VirtualKeys::payer).orElseGet(() -> new Payer(owner, ""));
    }

    public static Payer payer(VirtualKey key) {
        return new Payer(key.id(), key.terms().team().orElse(""));
    }

    /** Makes keys and changes them. */
    public KeyDesk keyDesk() {
        return new KeyDesk(this);
    }

    /** Makes teams and changes them. */
    public TeamDesk teamDesk() {
        return new TeamDesk(this);
    }

    Instant now() {
        return clock.instant();
    }

    /** A step that nobody comes between. */
    @FunctionalInterface
    interface Step<T> {
        T take(KeyRing ring, KeyRecords records) throws StoreException;
    }

    /** Takes a step; afterwards what the store has is looked at anew. */
    synchronized <T> T change(Step<T> step) throws StoreException {
        try {
            return step.take(ring, records);
        } finally {
            storedKeys = records.keys();
            storedTeams = records.teams();
            rebuild();
        }
    }
}
