package io.magicproxy.routing;

import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Tells other gateways which breakers are open here, and opens and closes them as the others have.
 * The later of two deadlines wins; each gateway probes for itself. Nothing of it is done while
 * requests wait.
 */
public final class SharedBreakers {
    private static final String PREFIX = "breaker/";

    /** Of a profile that nobody asks for any more. */
    private static final Duration KEPT = Duration.ofDays(1);

    private final SharedState store;
    private final BooleanSupplier up;

    /**
     * @param up whether the store tells what all gateways have told it
     */
    public SharedBreakers(SharedState store, BooleanSupplier up) {
        this.store = store;
        this.up = up;
    }

    /** To be called again and again, by one thread. */
    public void exchange(Collection<Breaker> breakers) throws StoreException {
        Map<String, String> found = store.list(PREFIX);
        if (!up.getAsBoolean()) {
            return;
        }
        for (Breaker breaker : breakers) {
            String name = PREFIX + URLEncoder.encode(breaker.profile(), StandardCharsets.UTF_8);
            Optional<Instant> shared =
                    Optional.ofNullable(found.get(name)).flatMap(SharedBreakers::instant);
            Optional<Breaker.Untold> untold = breaker.untold();
            if (untold.isPresent()) {
                tell(name, untold.get(), shared);
                breaker.told(untold.get());
                if (untold.get().until().isEmpty()) {
                    continue;
                }
            }
            if (untold.isEmpty() || shared.isPresent()) {
                breaker.learn(shared);
            }
        }
    }

    private void tell(String name, Breaker.Untold own, Optional<Instant> shared)
            throws StoreException {
        if (own.until().isEmpty()) {
            store.remove(name);
        } else if (shared.isEmpty() || shared.get().isBefore(own.until().get())) {
            store.put(name, own.until().get().toString(), Optional.of(KEPT));
        }
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
