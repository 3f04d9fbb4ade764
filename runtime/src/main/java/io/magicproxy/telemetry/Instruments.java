package io.magicproxy.telemetry;

import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.List;
import java.util.function.Consumer;

/** Makes what measures a {@link Metric}. */
record Instruments(Meter meter) {
    private static final List<Double> SECONDS =
            List.of(
                    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
                    120.0, 300.0);
    private static final List<Double> SHORT_SECONDS =
            List.of(0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5);

    /** As the GenAI conventions advise. */
    private static final List<Double> TOKENS =
            List.of(
                    1.0,
                    4.0,
                    16.0,
                    64.0,
                    256.0,
                    1024.0,
                    4096.0,
                    16_384.0,
                    65_536.0,
                    262_144.0,
                    1_048_576.0);

    LongCounter counter(Metric metric) {
        return meter.counterBuilder(metric.label())
                .setUnit(metric.unit())
                .setDescription(metric.meaning())
                .build();
    }

    DoubleCounter amount(Metric metric) {
        return meter.counterBuilder(metric.label())
                .ofDoubles()
                .setUnit(metric.unit())
                .setDescription(metric.meaning())
                .build();
    }

    LongUpDownCounter upDown(Metric metric) {
        return meter.upDownCounterBuilder(metric.label())
                .setUnit(metric.unit())
                .setDescription(metric.meaning())
                .build();
    }

    DoubleHistogram histogram(Metric metric) {
        return meter.histogramBuilder(metric.label())
                .setUnit(metric.unit())
                .setDescription(metric.meaning())
                .setExplicitBucketBoundariesAdvice(bounds(metric))
                .build();
    }

    void gauge(Metric metric, Consumer<ObservableLongMeasurement> asked) {
        meter.gaugeBuilder(metric.label())
                .ofLongs()
                .setUnit(metric.unit())
                .setDescription(metric.meaning())
                .buildWithCallback(asked);
    }

    private static List<Double> bounds(Metric metric) {
        return switch (metric.kind()) {
            case SECONDS -> SECONDS;
            case SHORT_SECONDS -> SHORT_SECONDS;
            case TOKENS -> TOKENS;
            case COUNTER, AMOUNT, UP_DOWN, GAUGE ->
                    throw new IllegalArgumentException(metric + " is no histogram");
        };
    }
}
