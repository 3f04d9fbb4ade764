package io.magicproxy.cache;

import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The calls under way, by key: who asks the same meanwhile waits for the answer. */
final class Flights {
    private final Map<String, Flight> underWay = new ConcurrentHashMap<>();

    /** A place in a call. */
    sealed interface Seat {
        /** Makes it, and must tell its landing. */
        record Leads(Flight flight) implements Seat {}

        /** Waits for it. */
        record Follows(Flight flight) implements Seat {}
    }

    Seat join(String key) {
        Flight mine = new Flight();
        Flight other = underWay.putIfAbsent(key, mine);
        return other == null ? new Seat.Leads(mine) : new Seat.Follows(other);
    }

    Optional<Flight> find(String key) {
        return Optional.ofNullable(underWay.get(key));
    }

    /** Takes it away first: who comes from now on begins another. */
    void land(String key, Flight flight, Landing landing) {
        underWay.remove(key, flight);
        flight.land(landing);
    }

    /** One call. */
    static final class Flight {
        private final List<CountDownLatch> waiting = new ArrayList<>(2);
        private @Nullable Landing landing;

        private void land(Landing outcome) {
            List<CountDownLatch> woken;
            synchronized (waiting) {
                landing = outcome;
                woken = List.copyOf(waiting);
                waiting.clear();
            }
            woken.forEach(CountDownLatch::countDown);
        }

        /**
         * What came of it; empty if that takes too long.
         *
         * @throws CallCancelledException when the waiting request is given up
         */
        Optional<Landing> await(Duration limit, Cancellation cancellation) {
            CountDownLatch latch = new CountDownLatch(1);
            synchronized (waiting) {
                if (landing != null) {
                    return Optional.of(landing);
                }
                waiting.add(latch);
            }
            try (var _ = cancellation.onCancel(latch::countDown)) {
                Duration left = cancellation.remaining().orElse(limit);
                Duration wait = left.compareTo(limit) < 0 ? left : limit;
                var _ = latch.await(wait.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CallCancelledException(Cancellation.Reason.SHUTDOWN);
            }
            cancellation
                    .reason()
                    .ifPresent(why -> {
                        throw new CallCancelledException(why);
                    });
            return outcome(latch);
        }

        private Optional<Landing> outcome(CountDownLatch latch) {
            synchronized (waiting) {
                waiting.remove(latch);
                return Optional.ofNullable(landing);
            }
        }
    }
}
