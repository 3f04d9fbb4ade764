package io.magicproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsDocsTest {
    private static final Path FILE =
            Path.of(System.getProperty("project.root"), "docs", "metrics.md");

    @Test
    void the_page_is_what_the_code_says() throws Exception {
        String page = page();
        if (Boolean.getBoolean("regenerate.docs")) {
            Files.writeString(FILE, page);
        }
        assertThat(FILE)
                .as(
                        "made from the code; write it anew with -Dtest=MetricsDocsTest -Dregenerate.docs=true")
                .hasContent(page);
    }

    private static String page() throws IOException {
        var out = new StringBuilder(head());
        out.append(
                "| in Prometheus | type | labels | meaning | by OTLP |\n|---|---|---|---|---|\n");
        for (Metric metric : Metric.values()) {
            Exposed exposed = exposed(metric);
            out.append(
                    "| `%s` | %s | %s | %s | `%s`, %s |\n"
                            .formatted(
                                    exposed.name,
                                    exposed.type,
                                    metric.labels().stream()
                                            .map(label -> "`" + label.replace('.', '_') + "`")
                                            .collect(Collectors.joining(", ")),
                                    metric.meaning(),
                                    metric.label(),
                                    metric.unit()));
        }
        return out.toString();
    }

    /** As a reader of the figures sees it. */
    private record Exposed(String name, String type) {}

    private static Exposed exposed(Metric metric) throws IOException {
        var reader = PrometheusMetricReader.create();
        try (var provider = SdkMeterProvider.builder().registerMetricReader(reader).build()) {
            var instruments = new Instruments(provider.get("docs"));
            switch (metric.kind()) {
                case COUNTER -> instruments.counter(metric).add(1, Attributes.empty());
                case AMOUNT -> instruments.amount(metric).add(1, Attributes.empty());
                case UP_DOWN -> instruments.upDown(metric).add(1, Attributes.empty());
                case GAUGE -> instruments.gauge(metric, m -> m.record(1));
                case SECONDS, SHORT_SECONDS, TOKENS -> instruments.histogram(metric).record(1);
            }
            var out = new ByteArrayOutputStream();
            PrometheusTextFormatWriter.create().write(out, reader.collect());
            String line =
                    out.toString(StandardCharsets.UTF_8)
                            .lines()
                            .filter(each ->
                                    each.startsWith("# TYPE ") && !each.contains("target_info"))
                            .findFirst()
                            .orElseThrow();
            String[] words = line.split(" ", -1);
            return new Exposed(words[2], words[3]);
        }
    }

    private static String head() throws IOException {
        try (InputStream in = MetricsDocsTest.class.getResourceAsStream("metrics-head.md")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
