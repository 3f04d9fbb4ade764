package io.magicproxy.quota;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** All keys and teams at one moment. Immutable. */
final class KeyRing {
    private final Map<String, Held> byHash = new HashMap<>();
    private final Map<String, VirtualKey> keys = new LinkedHashMap<>();
    private final Map<String, Team> teams = new LinkedHashMap<>();
    private final Map<String, List<Account>> accounts = new HashMap<>();

    /**
     * A secret's key.
     *
     * @param until the secret is good; absent: as long as the key
     */
    record Held(VirtualKey key, Optional<Instant> until) {}

    /** What the file declares comes before what the store has. */
    KeyRing(Collection<VirtualKey> all, Collection<Team> groups) {
        for (Team team : groups) {
            teams.putIfAbsent(team.name(), team);
        }
        for (VirtualKey key : all) {
            keys.put(key.id(), key);
            accounts.put(key.id(), accountsOf(key));
            byHash.putIfAbsent(key.secret().hash(), new Held(key, Optional.empty()));
            key.life()
                    .former()
                    .ifPresent(former ->
                            byHash.putIfAbsent(
                                    former.secret().hash(),
                                    new Held(key, Optional.of(former.until()))));
        }
    }

    private List<Account> accountsOf(VirtualKey key) {
        return Stream.concat(
                        Stream.of(Account.of(key)),
                        key.terms().team().flatMap(this::team).map(Account::of).stream())
                .toList();
    }

    Optional<Held> bySecret(String hash) {
        return Optional.ofNullable(byHash.get(hash));
    }

    Optional<VirtualKey> key(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    /** The key's own, and its team's. */
    List<Account> accounts(VirtualKey key) {
        return accounts.getOrDefault(key.id(), List.of());
    }

    Optional<Team> team(String name) {
        return Optional.ofNullable(teams.get(name));
    }

    List<VirtualKey> keys() {
        return List.copyOf(keys.values());
    }

    List<Team> teams() {
        return List.copyOf(teams.values());
    }
}
