package io.magicproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.ConfigReader;
import io.magicproxy.config.Environment;
import io.magicproxy.config.SecretRef;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExportTest {
    private static final TelemetryConfig SILENT = ConfigReader.defaults(TelemetryConfig.class);

    private static Export of(TelemetryConfig config, Map<String, String> environment) {
        return Export.of(config, Environment.of(environment));
    }

    @Test
    void nothing_is_sent_unless_somebody_says_where() {
        Export export = of(SILENT, Map.of());
        assertThat(export.traces()).isEmpty();
        assertThat(export.metrics()).isEmpty();
    }

    @Test
    void the_environment_counts_where_the_configuration_is_silent() {
        Export export =
                of(
                        SILENT,
                        Map.of(
                                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/base/",
                                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/whole",
                                "OTEL_EXPORTER_OTLP_HEADERS", "a=b%20c, d = e",
                                "OTEL_TRACES_SAMPLER", "parentbased_traceidratio",
                                "OTEL_TRACES_SAMPLER_ARG", "0.25",
                                "OTEL_METRIC_EXPORT_INTERVAL", "5000",
                                "OTEL_RESOURCE_ATTRIBUTES", "service.name=n,region=eu"));
        assertThat(export.traces()).contains("http://t/whole");
        assertThat(export.metrics()).contains("http://c:4318/base/v1/metrics");
        assertThat(export.headers()).isEqualTo(Map.of("a", "b c", "d", "e"));
        assertThat(export.sampling()).isEqualTo(0.25);
        assertThat(export.interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(export.service()).isEqualTo("n");
        assertThat(export.resource()).containsEntry("region", "eu");
        assertThat(export.toString()).doesNotContain("b c");
    }

    @Test
    void the_configuration_comes_first() {
        var config =
                new TelemetryConfig(
                        Optional.of("http://own:4318"),
                        Map.of("k", SecretRef.of("v")),
                        Optional.of(BigDecimal.ONE),
                        false,
                        Optional.of("own"),
                        true,
                        Optional.of(Duration.ofSeconds(1)),
                        true,
                        LogFormat.AUTO);
        Export export =
                of(
                        config,
                        Map.of(
                                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318",
                                "OTEL_EXPORTER_OTLP_HEADERS", "a=b",
                                "OTEL_TRACES_SAMPLER", "always_off",
                                "OTEL_SERVICE_NAME", "other"));
        assertThat(export.traces()).contains("http://own:4318/v1/traces");
        assertThat(export.headers()).isEqualTo(Map.of("k", "v"));
        assertThat(export.sampling()).isEqualTo(1);
        assertThat(export.service()).isEqualTo("own");
    }

    @Test
    void the_environment_can_switch_it_off() {
        Map<String, String> on = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318");
        assertThat(of(SILENT, on).traces()).isPresent();
        Map<String, String> off =
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318",
                        "OTEL_SDK_DISABLED", "true");
        assertThat(of(SILENT, off).traces()).isEmpty();
        assertThat(of(SILENT, off).metrics()).isEmpty();
        Map<String, String> nonsense =
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318",
                        "OTEL_TRACES_SAMPLER_ARG", "much",
                        "OTEL_METRICS_EXPORTER", "none");
        assertThat(of(SILENT, nonsense).sampling()).isEqualTo(0.1);
        assertThat(of(SILENT, nonsense).metrics()).isEmpty();
    }
}
