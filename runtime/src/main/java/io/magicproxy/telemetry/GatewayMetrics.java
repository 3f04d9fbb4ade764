package io.magicproxy.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All of the gateway's metrics. Labels hold names from the configuration and fixed words only:
 * nothing that a caller chooses, and nothing of a key.
 */
public final class GatewayMetrics implements AutoCloseable {
    private static final List<Double> SECONDS =
            List.of(
                    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
                    120.0, 300.0);
    private static final List<Double> SHORT_SECONDS =
            List.of(0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5);

    private final PrometheusMetricReader reader = PrometheusMetricReader.create();
    private final SdkMeterProvider provider =
            SdkMeterProvider.builder().registerMetricReader(reader).build();
    private final Meter meter = provider.get("io.magicproxy");

    private final LongCounter requests;
    private final DoubleHistogram requestSeconds;
    private final DoubleHistogram overheadSeconds;
    private final LongUpDownCounter openStreams;
    private final LongCounter attempts;
    private final DoubleHistogram attemptSeconds;
    private final DoubleHistogram firstTokenSeconds;
    private final LongCounter fallbacks;
    private final LongCounter tokens;
    private final DoubleCounter cost;
    private final LongCounter reloads;
    private final LongCounter keyProbes;
    private final LongCounter cacheUses;
    private final LongCounter runs;
    private final DoubleHistogram runSeconds;
    private final LongCounter steps;
    private final DoubleHistogram scriptSeconds;

    /** By profile: names from the configuration, so that there are few. */
    private final Map<String, ProfileFigures> figures = new ConcurrentHashMap<>();

    private final InstantSource clock;

    /** Label sets are few and used again and again. */
    private final Map<List<String>, Attributes> labels = new ConcurrentHashMap<>();

    public GatewayMetrics() {
        this(InstantSource.system());
    }

    public GatewayMetrics(InstantSource clock) {
        this.clock = clock;
        requests =
                counter(
                        "magic_proxy.requests",
                        "{request}",
                        "Requests answered, by endpoint, alias and HTTP status");
        requestSeconds =
                histogram(
                        "magic_proxy.request.duration",
                        "From a request's first byte to its answer's last",
                        SECONDS);
        overheadSeconds =
                histogram(
                        "magic_proxy.overhead",
                        "Time of a request that was not spent waiting for an upstream",
                        SHORT_SECONDS);
        openStreams =
                meter.upDownCounterBuilder("magic_proxy.streams.open")
                        .setUnit("{stream}")
                        .setDescription("Streams being written")
                        .build();
        attempts =
                counter(
                        "magic_proxy.upstream.attempts",
                        "{attempt}",
                        "Calls of upstreams, by profile and outcome: ok, or the failure's class");
        attemptSeconds =
                histogram(
                        "magic_proxy.upstream.duration",
                        "Time of a call until its answer, for a stream until its first output",
                        SECONDS);
        firstTokenSeconds =
                histogram(
                        "magic_proxy.time_to_first_token",
                        "From a streamed request's first byte to the first output",
                        SECONDS);
        fallbacks =
                counter(
                        "magic_proxy.fallbacks",
                        "{request}",
                        "Requests that another profile than the first answered, by alias");
        tokens =
                counter(
                        "magic_proxy.tokens",
                        "{token}",
                        "Tokens as the providers count them, by profile and kind");
        cost =
                meter.counterBuilder("magic_proxy.cost")
                        .ofDoubles()
                        .setUnit("USD")
                        .setDescription("Cost by the prices in model_info, by profile")
                        .build();
        reloads =
                counter(
                        "magic_proxy.config.reloads",
                        "{reload}",
                        "Configuration files read again, by outcome: applied or refused");
        keyProbes =
                counter(
                        "magic_proxy.key.probes",
                        "{probe}",
                        "Keys tried by a synthetic call, by pool and outcome: ok, or the failure's class");
        cacheUses =
                counter(
                        "magic_proxy.cache.requests",
                        "{request}",
                        "Answers of profiles whose answers are remembered, by profile and outcome: hit, miss or bypass");
        runs =
                counter(
                        "magic_proxy.session.runs",
                        "{run}",
                        "Runs of agents that have ended, by pattern and outcome: answered, failed or cancelled");
        runSeconds =
                histogram(
                        "magic_proxy.session.run.duration",
                        "Time that workers were at a run, by pattern; its time in the queue apart",
                        SECONDS);
        steps =
                counter(
                        "magic_proxy.session.steps",
                        "{step}",
                        "Steps of runs that have ended, by pattern");
        scriptSeconds =
                histogram(
                        "magic_proxy.script.duration",
                        "Time in which a pattern's script was at work itself, none of its calls being under way",
                        SECONDS);
    }

    /** A request has its answer. */
    public void requestDone(String endpoint, String alias, int status, Duration took) {
        Attributes set =
                labels("endpoint", endpoint, "alias", alias, "status", Integer.toString(status));
        requests.add(1, set);
        requestSeconds.record(seconds(took), labels("endpoint", endpoint));
    }

    public void overhead(String endpoint, Duration own) {
        overheadSeconds.record(seconds(own), labels("endpoint", endpoint));
    }

    public void streamOpened() {
        openStreams.add(1);
    }

    public void streamClosed() {
        openStreams.add(-1);
    }

    /**
     * An upstream was called.
     *
     * @param outcome {@code ok}, or the failure's class
     */
    public void attemptDone(String profile, String provider, String outcome, Duration took) {
        attempts.add(1, labels("profile", profile, "provider", provider, "outcome", outcome));
        attemptSeconds.record(seconds(took), labels("profile", profile));
        figures(profile).attempt(outcome, took);
    }

    public void firstToken(String profile, Duration after) {
        firstTokenSeconds.record(seconds(after), labels("profile", profile));
    }

    public void fallback(String alias) {
        fallbacks.add(1, labels("alias", alias));
    }

    /**
     * Tokens of one kind.
     *
     * @param kind {@code input}, {@code output}, {@code cache_read}, {@code cache_write} or {@code
     *     reasoning}
     */
    public void tokens(String profile, String kind, long count) {
        if (count > 0) {
            tokens.add(count, labels("profile", profile, "kind", kind));
            figures(profile).tokens(kind, count);
        }
    }

    public void cost(String profile, double usd) {
        cost.add(usd, labels("profile", profile));
        figures(profile).cost(usd);
    }

    /** A profile's own figures. */
    public ProfileFigures figures(String profile) {
        return figures.computeIfAbsent(profile, _ -> new ProfileFigures(clock));
    }

    public void reload(boolean applied) {
        reloads.add(1, labels("outcome", applied ? "applied" : "refused"));
    }

    /**
     * A key was tried by a synthetic call.
     *
     * @param outcome {@code ok}, or the failure's class
     */
    public void keyProbed(String pool, String outcome) {
        keyProbes.add(1, labels("pool", pool, "outcome", outcome));
    }

    /**
     * A profile whose answers are remembered has given one.
     *
     * @param outcome {@code hit}, {@code miss} or {@code bypass}
     */
    public void cacheUsed(String profile, String outcome) {
        cacheUses.add(1, labels("profile", profile, "outcome", outcome));
    }

    /**
     * A run has ended.
     *
     * @param outcome {@code answered}, {@code failed} or {@code cancelled}
     */
    public void runEnded(String pattern, String outcome, int itsSteps, Duration worked) {
        runs.add(1, labels("pattern", pattern, "outcome", outcome));
        runSeconds.record(seconds(worked), labels("pattern", pattern));
        if (itsSteps > 0) {
            steps.add(itsSteps, labels("pattern", pattern));
        }
    }

    public void scriptRan(Duration own) {
        scriptSeconds.record(seconds(own), Attributes.empty());
    }

    /** Runs by where they are, {@code waiting} or {@code active}, asked for at each reading. */
    public void openRuns(Supplier<Map<String, Long>> byPlace) {
        meter.gaugeBuilder("magic_proxy.session.runs.open")
                .ofLongs()
                .setUnit("{run}")
                .setDescription(
                        "Runs that have not ended, by place: waiting in the queue, or active")
                .buildWithCallback(m ->
                        byPlace.get()
                                .forEach(
                                        (place, count) -> m.record(count, labels("place", place))));
    }

    /** Script hosts that live, asked for at each reading. */
    public void scriptHosts(Supplier<Long> count) {
        meter.gaugeBuilder("magic_proxy.script.hosts")
                .ofLongs()
                .setUnit("{process}")
                .setDescription("Child processes in which scripts run")
                .buildWithCallback(m -> m.record(count.get()));
    }

    /** Keys by pool and state, asked for at each reading. */
    public void keyStates(Supplier<Map<List<String>, Long>> byPoolAndState) {
        gauge(
                "magic_proxy.keys",
                "{key}",
                "Keys, by pool and state",
                "pool",
                "state",
                byPoolAndState);
    }

    /** Breakers by profile and state (1 for the state that holds), asked for at each reading. */
    public void breakerStates(Supplier<Map<List<String>, Long>> byProfileAndState) {
        gauge(
                "magic_proxy.breakers",
                "{breaker}",
                "Breakers, by profile and state",
                "profile",
                "state",
                byProfileAndState);
    }

    /** Remote MCP servers by name and state (1 for the one that holds), asked at each reading. */
    public void mcpServers(Supplier<Map<List<String>, Long>> byServerAndState) {
        gauge(
                "magic_proxy.mcp_servers",
                "{server}",
                "Remote MCP servers, by server and state",
                "server",
                "state",
                byServerAndState);
    }

    /** Sessions of MCP clients, asked for at each reading. */
    public void mcpSessions(LongSupplier count) {
        meter.gaugeBuilder("magic_proxy.mcp_sessions")
                .ofLongs()
                .setUnit("{session}")
                .setDescription("Sessions of MCP clients")
                .buildWithCallback(m -> m.record(count.getAsLong()));
    }

    /** Writes all of them in Prometheus' text format. */
    public void write(OutputStream out) throws IOException {
        PrometheusTextFormatWriter.create().write(out, reader.collect());
    }

    @Override
    public void close() {
        provider.close();
    }

    private void gauge(
            String name,
            String unit,
            String description,
            String first,
            String second,
            Supplier<Map<List<String>, Long>> values) {
        meter.gaugeBuilder(name)
                .ofLongs()
                .setUnit(unit)
                .setDescription(description)
                .buildWithCallback(m ->
                        values.get()
                                .forEach((k, v) ->
                                        m.record(v, labels(first, k.get(0), second, k.get(1)))));
    }

    private LongCounter counter(String name, String unit, String description) {
        return meter.counterBuilder(name).setUnit(unit).setDescription(description).build();
    }

    private DoubleHistogram histogram(String name, String description, List<Double> bounds) {
        return meter.histogramBuilder(name)
                .setUnit("s")
                .setDescription(description)
                .setExplicitBucketBoundariesAdvice(bounds)
                .build();
    }

    private Attributes labels(String... namesAndValues) {
        return labels.computeIfAbsent(List.of(namesAndValues), GatewayMetrics::attributes);
    }

    private static Attributes attributes(List<String> namesAndValues) {
        var builder = Attributes.builder();
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            builder.put(AttributeKey.stringKey(namesAndValues.get(i)), namesAndValues.get(i + 1));
        }
        return builder.build();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
