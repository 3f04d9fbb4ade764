package io.magicproxy.store;

import io.magicproxy.config.Option;
import io.magicproxy.config.SecretRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code backend_settings.redis}: where several gateways share their state. */
public record RedisConfig(
        @Option(
                        value =
                                "The servers, `rediss://` with TLS: one; the sentinels; or some of the cluster. With it, all gateways that use it share the states of keys and breakers, limits, budgets, usage, the audit log, remembered answers and what is saved in the page; with `events: redis` their sessions, too. A change needs a restart.",
                        example = "redis://redis:6379")
                List<String> urls,
        @Option(value = "How the servers belong together.", standard = "single") Mode mode,
        @Option(value = "With `sentinel`: what it calls the master.", standard = "mymaster")
                String masterName,
        @Option(value = "The user, if it isn't the default one.") Optional<String> username,
        @Option(value = "Its password.", example = "os.environ/REDIS_PASSWORD")
                Optional<SecretRef> password,
        @Option(value = "Begins the names of all that is kept there.", standard = "magic-proxy")
                String keyPrefix,
        @Option(
                        value =
                                "How long an answer may take; then the gateway goes on with what it knows itself until the server is back.",
                        standard = "1s",
                        min = 1)
                Duration timeout,
        @Option(
                        value =
                                "Lets it start on a server that may lose or drop what it holds (`appendonly no`, or another `maxmemory-policy` than `noeviction`).",
                        standard = "false")
                boolean allowVolatile) {

    /** How the servers belong together. */
    public enum Mode {
        SINGLE,
        SENTINEL,
        CLUSTER
    }
}
