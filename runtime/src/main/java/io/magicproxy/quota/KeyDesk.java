package io.magicproxy.quota;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Where an administrator makes keys and changes them. */
public final class KeyDesk {
    private static final Duration MAX_GRACE = Duration.ofDays(30);

    private final VirtualKeys keys;

    /** What came of a wish. */
    public sealed interface Outcome {
        /**
         * Done.
         *
         * @param secret a new one: told now, and never again
         */
        record Done(VirtualKey key, Optional<String> secret) implements Outcome {}

        record Unknown() implements Outcome {}

        record Invalid(String field, String message) implements Outcome {}

        /** It stands in the configuration. */
        record ReadOnly() implements Outcome {}

        /** Somebody else was quicker. */
        record Stale(long version) implements Outcome {}

        record Conflict(String message) implements Outcome {}
    }

    KeyDesk(VirtualKeys keys) {
        this.keys = keys;
    }

    public Outcome create(ObjectNode wish) throws StoreException {
        return keys.change((ring, records) -> {
            Instant now = keys.now();
            try {
                Terms terms = checked(ring, TermsJson.terms(wish, now), Optional.empty());
                String secret = Secrets.fresh();
                VirtualKey key =
                        new VirtualKey(
                                Secrets.id(),
                                terms,
                                Secrets.known(secret),
                                new VirtualKey.Life(
                                        Optional.of(now),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()),
                                1,
                                Origin.STORE);
                records.put(key);
                return new Outcome.Done(key, Optional.of(secret));
            } catch (BadTermsException e) {
                return new Outcome.Invalid(e.field(), e.text());
            }
        });
    }

    /** What holds between a key and the others. */
    private static Terms checked(KeyRing ring, Terms terms, Optional<String> itself)
            throws BadTermsException {
        for (VirtualKey other : ring.keys()) {
            if (other.terms().name().equals(terms.name())
                    && !itself.equals(Optional.of(other.id()))) {
                throw new BadTermsException(
                        "name", "is that of another key; choose one of its own");
            }
        }
        if (terms.team().isPresent() && ring.team(terms.team().get()).isEmpty()) {
            throw new BadTermsException(
                    "team", "is no team's name; GET /admin/teams lists them, POST makes one");
        }
        return terms;
    }

    /** Replaces the terms. */
    public Outcome change(String id, ObjectNode wish, Optional<Long> version)
            throws StoreException {
        return keys.change((ring, records) -> {
            Optional<Outcome> refusal = refusal(ring, id, version);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            try {
                Terms terms = checked(ring, TermsJson.terms(wish, keys.now()), Optional.of(id));
                VirtualKey changed = ring.key(id).orElseThrow().with(terms);
                records.put(changed);
                return new Outcome.Done(changed, Optional.empty());
            } catch (BadTermsException e) {
                return new Outcome.Invalid(e.field(), e.text());
            }
        });
    }

    /**
     * Gives the key a new secret.
     *
     * @param grace how long the old one is still good, as people write spans; empty: not at all
     */
    public Outcome rotate(String id, String grace, Optional<Long> version) throws StoreException {
        Optional<Duration> span = grace.isBlank() ? Optional.of(Duration.ZERO) : Expiry.span(grace);
        if (span.isEmpty() || span.get().compareTo(MAX_GRACE) > 0) {
            return new Outcome.Invalid("grace", "must be a span such as 1h, at most 30d");
        }
        return keys.change((ring, records) -> {
            Optional<Outcome> refusal = refusal(ring, id, version);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            VirtualKey key = ring.key(id).orElseThrow();
            if (key.life().revoked().isPresent()) {
                return new Outcome.Conflict("a revoked key can't be rotated; make a new one");
            }
            Instant now = keys.now();
            String secret = Secrets.fresh();
            VirtualKey fresh =
                    key.with(
                            Secrets.known(secret),
                            new VirtualKey.Life(
                                    key.life().created(),
                                    Optional.of(now),
                                    Optional.empty(),
                                    Optional.of(
                                            new VirtualKey.Former(
                                                    key.secret(), now.plus(span.get())))));
            records.put(fresh);
            return new Outcome.Done(fresh, Optional.of(secret));
        });
    }

    /** For good. Requests under way end as they would have. */
    public Outcome revoke(String id, Optional<Long> version) throws StoreException {
        return keys.change((ring, records) -> {
            Optional<Outcome> refusal = refusal(ring, id, version);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            VirtualKey key = ring.key(id).orElseThrow();
            VirtualKey.Life life = key.life();
            VirtualKey revoked =
                    life.revoked().isPresent()
                            ? key
                            : key.with(
                                    key.secret(),
                                    new VirtualKey.Life(
                                            life.created(),
                                            life.rotated(),
                                            Optional.of(keys.now()),
                                            life.former()));
            records.put(revoked);
            return new Outcome.Done(revoked, Optional.empty());
        });
    }

    /** Forgets the key. */
    public Outcome delete(String id, Optional<Long> version) throws StoreException {
        return keys.change((ring, records) -> {
            Optional<Outcome> refusal = refusal(ring, id, version);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            VirtualKey key = ring.key(id).orElseThrow();
            records.remove(key);
            return new Outcome.Done(key, Optional.empty());
        });
    }

    private static Optional<Outcome> refusal(KeyRing ring, String id, Optional<Long> version) {
        Optional<VirtualKey> key = ring.key(id);
        if (key.isEmpty()) {
            return Optional.of(new Outcome.Unknown());
        }
        if (key.get().origin() == Origin.CONFIGURATION) {
            return Optional.of(new Outcome.ReadOnly());
        }
        return version.filter(seen -> seen != key.get().version())
                .map(_ -> new Outcome.Stale(key.get().version()));
    }
}
