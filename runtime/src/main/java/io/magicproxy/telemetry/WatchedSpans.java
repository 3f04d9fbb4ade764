package io.magicproxy.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

/** Sends spans, and lets somebody watch how that goes. */
record WatchedSpans(SpanExporter exporter, CollectorWatch watch) implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        return watch.told(exporter.export(spans));
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
