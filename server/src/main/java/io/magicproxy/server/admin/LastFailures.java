package io.magicproxy.server.admin;

import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.routing.Attempt;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The last failure of each profile, for whoever wonders why it rests. */
public final class LastFailures {
    private final InstantSource clock;
    private final Map<String, Failed> last = new ConcurrentHashMap<>();

    /** A call that failed, and when. */
    record Failed(Instant at, ProviderFailure failure) {}

    public LastFailures(InstantSource clock) {
        this.clock = clock;
    }

    void finished(Attempt attempt) {
        attempt.failure()
                .ifPresent(failure ->
                        last.put(attempt.profile(), new Failed(clock.instant(), failure)));
    }

    Optional<Failed> of(String profile) {
        return Optional.ofNullable(last.get(profile));
    }
}
