package io.magicproxy.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All of the gateway's metrics. Labels hold names from the configuration and fixed words only:
 * nothing that a caller chooses, and nothing of a key.
 */
public final class GatewayMetrics implements AutoCloseable {
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final PrometheusMetricReader reader = PrometheusMetricReader.create();
    private final SdkMeterProvider provider;
    private final Instruments instruments;

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
    private final DoubleHistogram queueSeconds;
    private final DoubleHistogram toolSeconds;
    private final Optional<GenAi> genAi;

    /** The GenAI conventions' own, for those who read them at a collector. */
    private record GenAi(DoubleHistogram seconds, DoubleHistogram tokens) {}

    /** What the conventions tell calls apart by. */
    private record Model(String operation, String provider, String name) {}

    /** Made once for each model: all of them stand on the way of each request. */
    private record ModelLabels(Attributes ok, Attributes input, Attributes output) {
        static ModelLabels of(Model model) {
            Attributes all =
                    Attributes.of(
                            Names.OPERATION,
                            model.operation(),
                            Names.PROVIDER,
                            Names.provider(model.provider()),
                            Names.REQUEST_MODEL,
                            model.name());
            return new ModelLabels(
                    all,
                    all.toBuilder().put(Names.TOKEN_TYPE, "input").build(),
                    all.toBuilder().put(Names.TOKEN_TYPE, "output").build());
        }
    }

    private final Map<Model, ModelLabels> modelLabels = new ConcurrentHashMap<>();

    /** By profile: names from the configuration, so that there are few. */
    private final Map<String, ProfileFigures> figures = new ConcurrentHashMap<>();

    private final InstantSource clock;

    /** Label sets are few and used again and again. */
    private final Map<List<String>, Attributes> labels = new ConcurrentHashMap<>();

    public GatewayMetrics() {
        this(InstantSource.system());
    }

    public GatewayMetrics(InstantSource clock) {
        this(clock, Telemetry.off());
    }

    /**
     * @param telemetry takes them to a collector, too, if there is one
     */
    public GatewayMetrics(InstantSource clock, Telemetry telemetry) {
        this.clock = clock;
        SdkMeterProviderBuilder builder =
                SdkMeterProvider.builder()
                        .setResource(telemetry.resource())
                        .registerMetricReader(reader);
        telemetry.metrics().ifPresent(builder::registerMetricReader);
        this.provider = builder.build();
        this.instruments = new Instruments(provider.get("io.magicproxy"));
        requests = instruments.counter(Metric.REQUESTS);
        requestSeconds = instruments.histogram(Metric.REQUEST_DURATION);
        overheadSeconds = instruments.histogram(Metric.OVERHEAD);
        openStreams = instruments.upDown(Metric.OPEN_STREAMS);
        attempts = instruments.counter(Metric.ATTEMPTS);
        attemptSeconds = instruments.histogram(Metric.ATTEMPT_DURATION);
        firstTokenSeconds = instruments.histogram(Metric.FIRST_TOKEN);
        fallbacks = instruments.counter(Metric.FALLBACKS);
        tokens = instruments.counter(Metric.TOKENS);
        cost = instruments.amount(Metric.COST);
        reloads = instruments.counter(Metric.RELOADS);
        keyProbes = instruments.counter(Metric.KEY_PROBES);
        runs = instruments.counter(Metric.RUNS);
        runSeconds = instruments.histogram(Metric.RUN_DURATION);
        steps = instruments.counter(Metric.STEPS);
        scriptSeconds = instruments.histogram(Metric.SCRIPT_DURATION);
        queueSeconds = instruments.histogram(Metric.QUEUE_DURATION);
        toolSeconds = instruments.histogram(Metric.TOOL_CALLS);
        cacheUses = instruments.counter(Metric.CACHE_USES);
        genAi =
                telemetry
                        .metrics()
                        .map(_ ->
                                new GenAi(
                                        instruments.histogram(Metric.GEN_AI_DURATION),
                                        instruments.histogram(Metric.GEN_AI_TOKENS)));
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

    /**
     * A run has its first worker.
     *
     * @param waited since it was asked for
     */
    public void runTaken(String pattern, Duration waited) {
        queueSeconds.record(seconds(waited), labels("pattern", pattern));
    }

    /**
     * A tool was called.
     *
     * @param tool a name that the gateway offers
     * @param outcome {@code ok}, {@code failed} or {@code timed_out}
     */
    public void toolCalled(String tool, String outcome, Duration took) {
        toolSeconds.record(seconds(took), labels("tool", tool, "outcome", outcome));
    }

    /** Whether {@link #modelCalled} is of use. */
    public boolean countsModelCalls() {
        return genAi.isPresent();
    }

    /**
     * A provider was called, and all of its answer has come.
     *
     * @param outcome {@code ok}, or the failure's class
     */
    public void modelCalled(ModelCall call, String outcome, Duration took) {
        genAi.ifPresent(own -> {
            ModelLabels set = modelLabels(call);
            own.seconds()
                    .record(
                            seconds(took),
                            outcome.equals("ok")
                                    ? set.ok()
                                    : set.ok().toBuilder().put(Names.ERROR, outcome).build());
        });
    }

    /** What a call of a provider used. */
    public void modelTokens(ModelCall call, long input, long output) {
        genAi.ifPresent(own -> {
            ModelLabels set = modelLabels(call);
            own.tokens().record((double) input, set.input());
            own.tokens().record((double) output, set.output());
        });
    }

    private ModelLabels modelLabels(ModelCall call) {
        return modelLabels.computeIfAbsent(
                new Model(call.operation(), call.provider(), call.model()), ModelLabels::of);
    }

    /** Runs by where they are, {@code waiting} or {@code active}, asked for at each reading. */
    public void openRuns(Supplier<Map<String, Long>> byPlace) {
        instruments.gauge(
                Metric.OPEN_RUNS,
                m ->
                        byPlace.get()
                                .forEach(
                                        (place, count) -> m.record(count, labels("place", place))));
    }

    /** Script hosts that live, asked for at each reading. */
    public void scriptHosts(Supplier<Long> count) {
        instruments.gauge(Metric.SCRIPT_HOSTS, m -> m.record(count.get()));
    }

    /** Keys by pool and state, asked for at each reading. */
    public void keyStates(Supplier<Map<List<String>, Long>> byPoolAndState) {
        gauge(Metric.KEYS, byPoolAndState);
    }

    /** Breakers by profile and state (1 for the state that holds), asked for at each reading. */
    public void breakerStates(Supplier<Map<List<String>, Long>> byProfileAndState) {
        gauge(Metric.BREAKERS, byProfileAndState);
    }

    /** Remote MCP servers by name and state (1 for the one that holds), asked at each reading. */
    public void mcpServers(Supplier<Map<List<String>, Long>> byServerAndState) {
        gauge(Metric.MCP_SERVERS, byServerAndState);
    }

    /** Sessions of MCP clients, asked for at each reading. */
    public void mcpSessions(LongSupplier count) {
        instruments.gauge(Metric.MCP_SESSIONS, m -> m.record(count.getAsLong()));
    }

    /** Writes all of them in Prometheus' text format. */
    public void write(OutputStream out) throws IOException {
        PrometheusTextFormatWriter.create().write(out, reader.collect());
    }

    /** A collector that is away is not waited for. */
    @Override
    public void close() {
        var _ = provider.shutdown().join(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Of a metric with two labels. */
    private void gauge(Metric metric, Supplier<Map<List<String>, Long>> values) {
        String first = metric.labels().get(0);
        String second = metric.labels().get(1);
        instruments.gauge(
                metric,
                m ->
                        values.get()
                                .forEach((k, v) ->
                                        m.record(v, labels(first, k.get(0), second, k.get(1)))));
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
