package io.magicproxy.upstream;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How connections are kept.
 *
 * @param idleConnections how many to keep for each origin, 0 for none; those in use are not limited
 * @param idleFor after which an unused one is closed; below what upstreams and the load balancers
 *     before them allow
 * @param headerBytes how large an answer's head may be
 * @param trust whom to trust; empty: the JDK's defaults
 */
public record UpstreamConfig(
        int idleConnections, Duration idleFor, int headerBytes, Optional<SSLContext> trust) {

    /** 1,024 idle connections for each origin, kept for 30 s; heads of at most 64 KiB. */
    public static UpstreamConfig defaults() {
        return new UpstreamConfig(1024, Duration.ofSeconds(30), 64 * 1024, Optional.empty());
    }

    public UpstreamConfig idleConnections(int count) {
        return new UpstreamConfig(count, idleFor, headerBytes, trust);
    }

    public UpstreamConfig idleFor(Duration time) {
        return new UpstreamConfig(idleConnections, time, headerBytes, trust);
    }

    public UpstreamConfig trust(SSLContext context) {
        return new UpstreamConfig(idleConnections, idleFor, headerBytes, Optional.of(context));
    }
}
