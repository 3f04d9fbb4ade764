package io.magicproxy.quota;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that an operator hands out. Of its secret only the hash is known.
 *
 * @param id by which it is named wherever its use is written down
 * @param version counts its changes
 */
public record VirtualKey(
        String id, Terms terms, Secret secret, Life life, long version, Origin origin) {

    /**
     * What is known of the secret.
     *
     * @param hash SHA-256, in hexadecimal digits
     * @param shown its first letters and its last four
     */
    public record Secret(String hash, String shown) {
        /** Never shows the hash, by which guesses could be tried. */
        @Override
        public String toString() {
            return shown;
        }
    }

    /**
     * What has become of it.
     *
     * @param created absent for one of the configuration
     * @param former the secret before the last rotation
     */
    public record Life(
            Optional<Instant> created,
            Optional<Instant> rotated,
            Optional<Instant> revoked,
            Optional<Former> former) {}

    /**
     * A secret that was replaced.
     *
     * @param until it is still good
     */
    public record Former(Secret secret, Instant until) {}

    /** Whether it opens anything. */
    public enum State {
        ACTIVE,
        EXPIRED,
        REVOKED
    }

    public State state(Instant now) {
        if (life.revoked().isPresent()) {
            return State.REVOKED;
        }
        return terms.expires().filter(end -> !end.isAfter(now)).isPresent()
                ? State.EXPIRED
                : State.ACTIVE;
    }

    VirtualKey with(Terms changed) {
        return new VirtualKey(id, changed, secret, life, version + 1, origin);
    }

    VirtualKey with(Secret fresh, Life changed) {
        return new VirtualKey(id, terms, fresh, changed, version + 1, origin);
    }
}
