package io.magicproxy.routing;

import io.magicproxy.provider.ProviderFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Why a request has no answer. */
public sealed interface RoutingFailure {
    List<Attempt> attempts();

    /** The request itself is at fault; other profiles would say the same. */
    record Refused(ProviderFailure failure, List<Attempt> attempts) implements RoutingFailure {}

    /** Everything was tried. */
    record Exhausted(ProviderFailure last, Optional<Duration> retryAfter, List<Attempt> attempts)
            implements RoutingFailure {}

    /** Nothing may be tried before then, and that is too late. */
    record CoolingDown(Duration retryAfter, List<Attempt> attempts) implements RoutingFailure {}

    /** No profile of the route has a key that could be used. */
    record NoKey(String remedy, List<Attempt> attempts) implements RoutingFailure {}
}
