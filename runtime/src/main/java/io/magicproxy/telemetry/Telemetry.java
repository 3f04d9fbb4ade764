package io.magicproxy.telemetry;

import io.magicproxy.config.Environment;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * OpenTelemetry's SDK, as far as the configuration wants it: without a collector nothing of it is
 * started. A collector that is away costs nobody a moment: spans wait in a bounded queue, and what
 * doesn't fit is dropped.
 */
public final class Telemetry implements AutoCloseable {
    private static final int QUEUE = 8192;
    private static final int BATCH = 512;
    private static final Duration DELAY = Duration.ofSeconds(1);
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    /** Characters of one attribute: content may be long. */
    private static final int MAX_VALUE = 64 * 1024;

    private final Spans spans;
    private final Resource resource;
    private final Optional<SdkTracerProvider> tracing;
    private final Optional<MetricReader> metrics;

    private Telemetry(
            Spans spans,
            Resource resource,
            Optional<SdkTracerProvider> tracing,
            Optional<MetricReader> metrics) {
        this.spans = spans;
        this.resource = resource;
        this.tracing = tracing;
        this.metrics = metrics;
    }

    /** Tells nobody anything. */
    public static Telemetry off() {
        return new Telemetry(
                Spans.off(), Resource.getDefault(), Optional.empty(), Optional.empty());
    }

    /**
     * Starts what is wanted.
     *
     * @param role added to the service's name; "" for the gateway itself
     */
    public static Telemetry start(TelemetryConfig config, Environment environment, String role) {
        Export export = Export.of(config, environment);
        if (export.traces().isEmpty() && export.metrics().isEmpty()) {
            return off();
        }
        Resource resource = resource(export, role);
        Optional<SdkTracerProvider> tracing =
                export.traces().map(to -> tracing(to, export, resource));
        return new Telemetry(
                tracing.map(provider ->
                                new Spans(
                                        provider.get("io.magicproxy"),
                                        config.captureContent(),
                                        config.propagate()))
                        .orElseGet(Spans::off),
                resource,
                tracing,
                export.metrics().map(to -> reader(to, export)));
    }

    private static Resource resource(Export export, String role) {
        AttributesBuilder attributes = Attributes.builder();
        export.resource().forEach(attributes::put);
        attributes.put("service.name", export.service() + role);
        return Resource.getDefault().merge(Resource.create(attributes.build()));
    }

    private static SdkTracerProvider tracing(String to, Export export, Resource resource) {
        var exporter = OtlpHttpSpanExporter.builder().setEndpoint(to).setHeaders(export::headers);
        return SdkTracerProvider.builder()
                .setResource(resource)
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(export.sampling())))
                .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(MAX_VALUE).build())
                .addSpanProcessor(
                        BatchSpanProcessor.builder(
                                        new WatchedSpans(
                                                exporter.build(), new CollectorWatch("spans", to)))
                                .setMaxQueueSize(QUEUE)
                                .setMaxExportBatchSize(BATCH)
                                .setScheduleDelay(DELAY)
                                .build())
                .build();
    }

    private static MetricReader reader(String to, Export export) {
        return PeriodicMetricReader.builder(
                        new WatchedMetrics(
                                OtlpHttpMetricExporter.builder()
                                        .setEndpoint(to)
                                        .setHeaders(export::headers)
                                        .build(),
                                new CollectorWatch("metrics", to)))
                .setInterval(export.interval())
                .build();
    }

    public Spans spans() {
        return spans;
    }

    Resource resource() {
        return resource;
    }

    /** Takes the metrics to the collector. */
    Optional<MetricReader> metrics() {
        return metrics;
    }

    /** Sends what waits, if the collector takes it soon. */
    @Override
    public void close() {
        tracing.ifPresent(provider -> {
            var _ = provider.shutdown().join(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        });
    }
}
