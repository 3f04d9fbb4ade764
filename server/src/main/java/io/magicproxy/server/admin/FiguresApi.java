package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.routing.Breaker;
import io.magicproxy.routing.Profile;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.telemetry.ProfileFigures;
import io.magicproxy.usage.UsageLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** {@code /admin/health}: how providers, keys and sessions fare, with figures since the start. */
public final class FiguresApi implements HttpService {
    private static final List<String> KINDS =
            List.of("input", "output", "cache_read", "cache_write", "reasoning");

    private static final Map<String, String> SOURCES =
            Map.of(
                    "attempts",
                    "calls of the provider since the start, probes of keys left out",
                    "latency",
                    "successful calls of the last 15 minutes, 500 at most; of streams until the first output",
                    "tokens",
                    "as the provider counts them; where it tells nothing of an agent's cut-off answer, 4 letters a token",
                    "cost_usd",
                    "tokens times the prices in model_info at the time of the answer; null without prices",
                    "minutes",
                    "the last 60 minutes that had a call");

    private final Gateway gateway;
    private final Supplier<ObjectNode> sessions;
    private final Counts counts;
    private final InstantSource clock;
    private final Instant since;

    /** Where figures come from. */
    public record Counts(GatewayMetrics metrics, LastFailures failures, UsageLog usage) {}

    /**
     * @param sessions how they fare
     */
    public FiguresApi(
            Gateway gateway, Supplier<ObjectNode> sessions, Counts counts, InstantSource clock) {
        this.gateway = gateway;
        this.sessions = sessions;
        this.counts = counts;
        this.clock = clock;
        this.since = clock.instant();
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", (_, response) -> AdminRequests.send(response, show()));
    }

    private ObjectNode show() {
        GatewayGeneration generation = gateway.current();
        ObjectNode json = Json.object().put("status", "UP").put("since", since.toString());
        json.put("now", clock.instant().toString());
        json.putObject("config")
                .put("version", generation.version())
                .put("applied", gateway.status().applied());
        json.set("sessions", sessions.get());
        json.set("pools", KeysApi.pools(generation));
        ArrayNode profiles = json.putArray("profiles");
        generation.profiles().forEach(profile -> profiles.add(profile(profile)));
        ObjectNode sources = json.putObject("sources");
        SOURCES.forEach(sources::put);
        return json;
    }

    private ObjectNode profile(Profile profile) {
        ObjectNode json = profile.describe(Json.object().put("name", profile.name()));
        json.put("key_pool", profile.pool().map(pool -> pool.id()).orElse(null));
        json.set("breaker", breaker(profile.breaker().view()));
        ProfileFigures.View view = counts.metrics().figures(profile.name()).view();
        ObjectNode attempts = json.putObject("attempts");
        view.attempts().forEach(attempts::put);
        json.putNull("latency");
        view.latency()
                .ifPresent(latency ->
                        json.putObject("latency")
                                .put("p50_ms", millis(latency.p50()))
                                .put("p95_ms", millis(latency.p95()))
                                .put("samples", latency.samples()));
        ObjectNode tokens = json.putObject("tokens");
        KINDS.forEach(kind -> tokens.put(kind, view.tokens().getOrDefault(kind, 0L)));
        json.put("cost_usd", view.cost().orElse(null));
        json.put("priced", profile.info().priced());
        json.putNull("last_failure");
        counts.failures()
                .of(profile.name())
                .ifPresent(failed -> json.set("last_failure", failure(failed)));
        ArrayNode minutes = json.putArray("minutes");
        view.minutes().forEach(minute -> minutes.add(minute(minute)));
        return json;
    }

    private static ObjectNode breaker(Breaker.View view) {
        return Json.object()
                .put("state", view.state().name().toLowerCase(Locale.ROOT))
                .put("until", view.until().map(Instant::toString).orElse(null))
                .put("recent_failures", view.failures());
    }

    private static ObjectNode failure(LastFailures.Failed failed) {
        return Json.object()
                .put("at", failed.at().toString())
                .put("class", failed.failure().failureClass().wire())
                .put("status", failed.failure().status().orElse(null))
                .put("message", failed.failure().message());
    }

    private static ObjectNode minute(ProfileFigures.Minute minute) {
        return Json.object()
                .put("at", minute.at().toString())
                .put("ok", minute.ok())
                .put("failed", minute.failed())
                .put("input", minute.input())
                .put("output", minute.output())
                .put("cost_usd", minute.cost());
    }

    private static double millis(Duration duration) {
        return Math.round(duration.toNanos() / 1e3) / 1e3;
    }
}
