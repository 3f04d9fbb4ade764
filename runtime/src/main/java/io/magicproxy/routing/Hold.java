package io.magicproxy.routing;

import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * What one call occupies: a key, a place among the profile's calls, and the breaker's leave to try.
 */
final class Hold implements AutoCloseable {
    private final Profile profile;
    private final Breaker.Leave.Granted leave;
    private final Optional<KeyLease> lease;
    private CallWatch watch = CallWatch.NONE;
    private boolean judged;
    private boolean closed;

    Hold(Profile profile, Breaker.Leave.Granted leave, Optional<KeyLease> lease) {
        this.profile = profile;
        this.leave = leave;
        this.lease = lease;
        profile.traits().load().begun();
    }

    Optional<ApiKey> key() {
        return lease.map(KeyLease::key);
    }

    /** From now on the call is under way. */
    void watchedBy(CallWatch hears) {
        watch = hears;
    }

    CallWatch watch() {
        return watch;
    }

    /** Whether the profile's return hangs on this one call, so that it isn't tried twice. */
    boolean probe() {
        return leave.probe();
    }

    /** The call ended well; counts once. */
    void succeeded() {
        if (judged) {
            return;
        }
        judged = true;
        lease.ifPresent(KeyLease::succeeded);
        profile.breaker().succeeded(leave);
    }

    /**
     * The call failed.
     *
     * @param lastTry whether the profile is given up for this request, which the breaker counts
     */
    void failed(ProviderFailure failure, boolean lastTry) {
        watch.failed(failure);
        lease.ifPresent(l -> l.failed(failure));
        if (failure.failureClass() == FailureClass.TRANSIENT && lastTry) {
            judged = true;
            profile.breaker().failed(leave);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        watch.ended();
        if (!judged) {
            profile.breaker().undecided(leave);
        }
        lease.ifPresent(KeyLease::close);
        profile.traits().load().ended();
        profile.slots().ifPresent(Semaphore::release);
    }
}
