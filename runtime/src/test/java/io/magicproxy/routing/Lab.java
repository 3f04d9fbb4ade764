package io.magicproxy.routing;

import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.upstream.Cancellation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Profiles, keys and time for tests of the routing. */
final class Lab {
    static final Duration LONG = Duration.ofMinutes(10);

    final FakeClock clock = new FakeClock();
    final MemoryState store = new MemoryState();
    final List<Duration> pauses = new ArrayList<>();
    final List<Attempt> heard = new ArrayList<>();
    Runnable duringPause = () -> {};

    final RoutingListener listener =
            new RoutingListener() {
                @Override
                public void attemptFinished(Attempt attempt) {
                    heard.add(attempt);
                }

                @Override
                public void keyChanged(String pool, String key, KeyState state) {}

                @Override
                public void keyProbed(String pool, String key, Optional<ProviderFailure> failure) {}

                @Override
                public void breakerChanged(String profile, Breaker.State state) {}
            };

    /** Moves the clock instead of waiting. */
    private void pause(Duration time, Cancellation cancellation) {
        pauses.add(time);
        clock.advance(time);
        duringPause.run();
        cancellation
                .reason()
                .ifPresent(why -> {
                    throw new CallCancelledException(why);
                });
    }

    Failover failover(int retries) {
        return new Failover(
                new Failover.Settings(retries, Duration.ZERO), clock, this::pause, listener);
    }

    static ApiKey key(String name) {
        return new ApiKey("sk-test-key-" + name + "-0123456789");
    }

    KeyPool pool(String... names) {
        KeyPool pool =
                new KeyPool(
                        "pool" + String.join("", names),
                        new KeyPoolSettings(true, Duration.ofSeconds(60), 1),
                        clock,
                        store,
                        listener);
        pool.update(
                Arrays.stream(names).map(n -> new KeyEntry(key(n))).toList(),
                new KeyPoolSettings(true, Duration.ofSeconds(60), 1),
                "put a key into " + String.join("", names));
        return pool;
    }

    Profile profile(String name, FakeProvider provider, KeyPool pool) {
        return profile(name, provider, Optional.of(pool), Optional.empty());
    }

    Profile profile(String name, FakeProvider provider) {
        return profile(name, provider, Optional.empty(), Optional.empty());
    }

    Profile profile(
            String name, FakeProvider provider, Optional<KeyPool> pool, Optional<Semaphore> slots) {
        return new Profile(
                name,
                "fake",
                name + "-model",
                provider,
                pool,
                pool.isPresent(),
                new Breaker(name, new Breaker.Settings(3, Duration.ofSeconds(30)), clock, listener),
                new Profile.Limits(Duration.ofSeconds(10), Duration.ofSeconds(60), LONG),
                slots,
                new ModelInfo(
                        ModelInfo.Mode.CHAT,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Json.object()),
                Traits.usual());
    }

    static Route route(Profile... chain) {
        return new Route("main", List.of(chain), List.of(), List.of());
    }

    static RequestBody request() {
        try {
            return new RequestScanner(20)
                    .scan("{\"model\":\"main\"}".getBytes(StandardCharsets.UTF_8));
        } catch (MalformedRequestException e) {
            throw new AssertionError(e);
        }
    }

    static Cancellation patience() {
        return new Cancellation(LONG);
    }
}
