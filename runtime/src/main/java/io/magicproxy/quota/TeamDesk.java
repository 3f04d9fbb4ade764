package io.magicproxy.quota;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.store.StoreException;
import java.util.List;
import java.util.Optional;

/** Where an administrator makes teams and changes them. */
public final class TeamDesk {
    private final VirtualKeys keys;

    /** What came of a wish. */
    public sealed interface Outcome {
        record Done(Team team) implements Outcome {}

        record Unknown() implements Outcome {}

        record Invalid(String field, String message) implements Outcome {}

        /** It stands in the configuration. */
        record ReadOnly() implements Outcome {}

        /** Somebody else was quicker. */
        record Stale(long version) implements Outcome {}

        record Conflict(String message) implements Outcome {}
    }

    TeamDesk(VirtualKeys keys) {
        this.keys = keys;
    }

    public Outcome create(ObjectNode wish) throws StoreException {
        return keys.change((ring, records) -> {
            try {
                String name = TermsJson.name(wish);
                if (ring.team(name).isPresent()) {
                    return new Outcome.Conflict("there is a team of that name");
                }
                return kept(records, read(wish, name, Optional.empty()));
            } catch (BadTermsException e) {
                return new Outcome.Invalid(e.field(), e.text());
            }
        });
    }

    private Team read(ObjectNode wish, String name, Optional<Team> before)
            throws BadTermsException {
        return new Team(
                name,
                TermsJson.limits(wish.path("limits")),
                TermsJson.metadata(wish.path("metadata")),
                before.flatMap(Team::created).or(() -> Optional.of(keys.now())),
                before.map(Team::version).orElse(0L) + 1,
                Origin.STORE);
    }

    private static Outcome kept(KeyRecords records, Team team) throws StoreException {
        records.put(team);
        return new Outcome.Done(team);
    }

    /** Replaces all but the name. */
    public Outcome change(String name, ObjectNode wish, Optional<Long> version)
            throws StoreException {
        return keys.change((ring, records) -> {
            Optional<Outcome> refusal = refusal(ring, name, version);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            if (wish.hasNonNull("name") && !wish.path("name").asText().equals(name)) {
                return new Outcome.Invalid("name", "can't be changed: keys refer to it");
            }
            try {
                return kept(records, read(wish, name, ring.team(name)));
            } catch (BadTermsException e) {
                return new Outcome.Invalid(e.field(), e.text());
            }
        });
    }

    /** Forgets the team, if it has no keys. */
    public Outcome delete(String name, Optional<Long> version) throws StoreException {
        return keys.change((ring, records) -> {
            Optional<Outcome> refusal = refusal(ring, name, version);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            List<String> members =
                    ring.keys().stream()
                            .filter(key -> key.terms().team().equals(Optional.of(name)))
                            .map(key -> key.terms().name())
                            .toList();
            if (!members.isEmpty()) {
                return new Outcome.Conflict(
                        "the team has keys ("
                                + String.join(", ", members)
                                + "); delete them, or give them another team, first");
            }
            Team team = ring.team(name).orElseThrow();
            records.remove(team);
            return new Outcome.Done(team);
        });
    }

    private static Optional<Outcome> refusal(KeyRing ring, String name, Optional<Long> version) {
        Optional<Team> team = ring.team(name);
        if (team.isEmpty()) {
            return Optional.of(new Outcome.Unknown());
        }
        if (team.get().origin() == Origin.CONFIGURATION) {
            return Optional.of(new Outcome.ReadOnly());
        }
        return version.filter(seen -> seen != team.get().version())
                .map(_ -> new Outcome.Stale(team.get().version()));
    }
}
