package io.magicproxy.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.RequestScanner;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.store.SharedState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/** Profiles whose upstreams say what they are told to, on a clock that only waiting moves. */
final class Scene {
    final List<String> calls = new ArrayList<>();
    final Memory store = new Memory();
    Instant now = Instant.parse("2026-11-23T12:00:00Z");
    final InstantSource clock = () -> now;
    KeyPoolSettings keySettings = new KeyPoolSettings(true, Duration.ofSeconds(60), 1);
    int retries = 2;
    private final Map<String, Deque<Object>> scripts = new LinkedHashMap<>();

    /** A pool with these keys. */
    KeyPool pool(String... keys) {
        KeyPool pool = new KeyPool("p", keySettings, clock, store, RoutingListener.none());
        pool.update(
                Arrays.stream(keys).map(k -> new KeyEntry(new ApiKey(k))).toList(),
                keySettings,
                "add a key to p");
        return pool;
    }

    Profile profile(String name, KeyPool pool, Object... script) {
        return profile(name, pool, Optional.empty(), script);
    }

    /**
     * A profile whose calls end as the script says: a failure's class, a failure, or a text; the
     * last one for ever.
     */
    Profile profile(String name, KeyPool pool, Optional<Semaphore> slots, Object... script) {
        scripts.put(name, new ArrayDeque<>(List.of(script)));
        return new Profile(
                name,
                "openai",
                "m",
                new Scripted(name),
                Optional.of(pool),
                true,
                new Breaker(
                        name,
                        new Breaker.Settings(3, Duration.ofSeconds(30)),
                        clock,
                        RoutingListener.none()),
                new Profile.Limits(
                        Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(60)),
                slots,
                ConfigReader.defaults(ModelInfo.class),
                Traits.usual());
    }

    Failover failover() {
        return new Failover(
                new Failover.Settings(retries, Duration.ZERO),
                clock,
                (time, cancellation) -> {
                    now = now.plus(time);
                    calls.add("pause");
                },
                RoutingListener.none());
    }

    static Route route(Profile... chain) {
        return new Route("main", List.of(chain), List.of(), List.of());
    }

    static RequestBody request() throws Exception {
        return new RequestScanner(64).scan("{\"model\":\"main\",\"messages\":[]}".getBytes(UTF_8));
    }

    static ProviderFailure failure(FailureClass failureClass, Duration retryAfter) {
        return new ProviderFailure(
                failureClass,
                Optional.of(400),
                "said no",
                Optional.empty(),
                Optional.empty(),
                Optional.of(retryAfter));
    }

    /** The calls without the pauses. */
    List<String> upstreamCalls() {
        return calls.stream().filter(c -> !c.equals("pause")).toList();
    }

    private final class Scripted implements ProviderAdapter {
        private final String name;

        Scripted(String name) {
            this.name = name;
        }

        @Override
        public JsonReply chat(RequestBody request, CallContext call) throws ProviderException {
            String text = next(name, call);
            return new JsonReply(text.getBytes(UTF_8), Optional.empty(), List.of());
        }

        private String next(String what, CallContext call) throws ProviderException {
            calls.add(what + ":" + call.key().orElseThrow().reveal());
            Deque<Object> script = Objects.requireNonNull(scripts.get(name));
            Object next = script.size() > 1 ? script.removeFirst() : script.getFirst();
            return switch (next) {
                case FailureClass c ->
                        throw new ProviderException(ProviderFailure.of(c, "said no"));
                case ProviderFailure f -> throw new ProviderException(f);
                default -> next.toString();
            };
        }

        @Override
        public ChatStream stream(RequestBody request, CallContext call) {
            throw new IllegalStateException("not scripted");
        }

        @Override
        public JsonReply embed(RequestBody request, CallContext call) throws ProviderException {
            return chat(request, call);
        }

        @Override
        public void probe(CallContext call) throws ProviderException {
            next("probe " + name, call);
        }
    }

    /** A store without a disk. */
    static final class Memory implements SharedState {
        private final Map<String, String> values = new TreeMap<>();

        @Override
        public void put(String name, String value, Optional<Duration> keepFor) {
            values.put(name, value);
        }

        @Override
        public Optional<String> get(String name) {
            return Optional.ofNullable(values.get(name));
        }

        @Override
        public void remove(String name) {
            values.remove(name);
        }

        @Override
        public Map<String, String> list(String prefix) {
            Map<String, String> found = new TreeMap<>();
            values.forEach((name, value) -> {
                if (name.startsWith(prefix)) {
                    found.put(name, value);
                }
            });
            return found;
        }
    }
}
