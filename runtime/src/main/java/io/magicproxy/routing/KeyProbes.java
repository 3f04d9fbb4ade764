package io.magicproxy.routing;

import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import java.time.Duration;
import java.util.Optional;

/**
 * Tries the keys of one pool that have rested or were refused, one after the other, by synthetic
 * calls. Real requests don't wait for it: one that comes meanwhile tries a rested key itself.
 */
public final class KeyProbes {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private KeyProbes() {}

    /**
     * Tries them with this profile's upstream.
     *
     * @throws io.magicproxy.provider.CallCancelledException when it is given up
     */
    public static void of(KeyPool pool, Profile profile, Cancellation cancellation) {
        for (KeyPool.Doubt doubt : pool.doubts()) {
            Optional<ProviderFailure> failure = call(profile, doubt.secret(), cancellation);
            pool.probed(doubt, failure);
            if (failure.filter(f -> f.failureClass() == FailureClass.TRANSIENT).isPresent()) {
                return; // The upstream is in trouble: the other keys would fare alike.
            }
        }
    }

    private static Optional<ProviderFailure> call(
            Profile profile, ApiKey key, Cancellation cancellation) {
        Duration connect = profile.limits().connect();
        Timeouts timeouts =
                new Timeouts(connect.compareTo(LIMIT) < 0 ? connect : LIMIT, LIMIT, LIMIT);
        try {
            profile.adapter().probe(new CallContext(Optional.of(key), cancellation, timeouts));
            return Optional.empty();
        } catch (ProviderException e) {
            return Optional.of(e.failure());
        }
    }
}
