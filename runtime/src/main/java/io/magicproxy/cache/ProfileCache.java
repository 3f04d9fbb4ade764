package io.magicproxy.cache;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.cache.Flights.Flight;
import io.magicproxy.cache.Flights.Seat;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** One profile's answers, under one rule. */
public final class ProfileCache {
    private final ResponseCache cache;
    private final Limits limits;
    private final CacheKeys keys;

    /**
     * What one answer may take.
     *
     * @param keepFor how long it is remembered
     * @param patience how long a request waits for another one's call before it makes its own
     */
    public record Limits(Duration keepFor, long maxBytes, Duration patience) {}

    /**
     * Prepared for a profile.
     *
     * @param profile what of the profile decides its answers
     */
    public ProfileCache(
            ResponseCache cache, String prefix, CacheRule rule, JsonNode profile, Limits limits) {
        this.cache = cache;
        this.limits = limits;
        this.keys = new CacheKeys(prefix, rule, profile);
    }

    /**
     * The answer, or leave to ask for it. Blocks while another request asks for the same.
     *
     * @throws io.magicproxy.provider.CallCancelledException when the request is given up meanwhile
     */
    public <T> Passage<T> enter(CacheRequest<T> request) {
        Optional<String> key = keys.of(request);
        if (key.isEmpty()) {
            return unheard(request);
        }
        if (!request.terms().reads()) {
            return request.terms().stores()
                    ? ask(request, CacheUse.BYPASS, keep(key.get()))
                    : unheard(request);
        }
        return request.terms().stores() ? shared(key.get(), request) : readOnly(key.get(), request);
    }

    private <T> Passage<T> shared(String key, CacheRequest<T> request) {
        while (true) {
            Optional<StoredAnswer> known = cache.find(key, limits.keepFor());
            if (known.isPresent()) {
                return known(request, known.get());
            }
            switch (cache.flights().join(key)) {
                case Seat.Leads(Flight flight) -> {
                    return lead(key, flight, request);
                }
                case Seat.Follows(Flight flight) -> {
                    Landing landing =
                            flight.await(limits.patience(), request.cancellation())
                                    .orElseGet(Landing.Lost::new);
                    switch (landing) {
                        case Landing.Landed(StoredAnswer answer) -> {
                            return known(request, answer);
                        }
                        case Landing.Lost _ -> {
                            return ask(request, CacheUse.MISS, keep(key));
                        }
                        case Landing.Left _ -> {}
                    }
                }
            }
        }
    }

    /** Looks once more: the call before may have landed after the first look. */
    private <T> Passage<T> lead(String key, Flight flight, CacheRequest<T> request) {
        Optional<StoredAnswer> known = cache.find(key, limits.keepFor());
        if (known.isPresent()) {
            cache.flights().land(key, flight, new Landing.Landed(known.get()));
            return known(request, known.get());
        }
        Consumer<Landing> keep = keep(key);
        return ask(
                request,
                CacheUse.MISS,
                landing -> {
                    // Kept first: who comes when the call has landed finds it.
                    try {
                        keep.accept(landing);
                    } finally {
                        cache.flights().land(key, flight, landing);
                    }
                });
    }

    private <T> Passage<T> readOnly(String key, CacheRequest<T> request) {
        Optional<StoredAnswer> known = cache.find(key, limits.keepFor());
        if (known.isPresent()) {
            return known(request, known.get());
        }
        Optional<Landing> landing =
                cache.flights()
                        .find(key)
                        .flatMap(f -> f.await(limits.patience(), request.cancellation()));
        return landing.isPresent() && landing.get() instanceof Landing.Landed(StoredAnswer answer)
                ? known(request, answer)
                : unheard(request);
    }

    private Consumer<Landing> keep(String key) {
        return landing -> {
            if (landing instanceof Landing.Landed(StoredAnswer answer)) {
                cache.keep(key, answer, limits.keepFor());
            }
        };
    }

    private static <T> Passage<T> known(CacheRequest<T> request, StoredAnswer answer) {
        return new Passage.Known<>(request.kind().again(answer));
    }

    private <T> Passage<T> ask(CacheRequest<T> request, CacheUse use, Consumer<Landing> told) {
        return new Passage.Ask<>(
                use,
                request.kind(),
                Optional.of(new Recording(limits.maxBytes(), cache.now(), told)));
    }

    /** Leaves nothing behind. */
    private static <T> Passage<T> unheard(CacheRequest<T> request) {
        return new Passage.Ask<>(CacheUse.BYPASS, request.kind(), Optional.empty());
    }
}
