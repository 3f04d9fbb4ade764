package io.magicproxy.telemetry;

import io.magicproxy.config.Option;
import io.magicproxy.config.SecretRef;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** {@code telemetry_settings}: what is told of the gateway's work, and to whom. */
public record TelemetryConfig(
        @Option(
                        value =
                                "A collector that takes OTLP over HTTP; `/v1/traces` and `/v1/metrics` are added. Without one, and without"
                                        + " `OTEL_EXPORTER_OTLP_ENDPOINT`, there are no spans and nothing is sent. A change of this section needs a restart.",
                        example = "\"http://127.0.0.1:4318\"")
                Optional<String> otlpEndpoint,
        @Option(
                        value =
                                "Headers for the collector, by name. The values are secrets. Else `OTEL_EXPORTER_OTLP_HEADERS`.",
                        example = "{authorization: os.environ/OTLP_TOKEN}")
                Map<String, SecretRef> headers,
        @Option(
                        value =
                                "Which part of the traces that begin here is recorded, from 0 to 1; for others their caller has"
                                        + " decided. Else `OTEL_TRACES_SAMPLER_ARG`, else 0.1.",
                        example = "1",
                        min = 0)
                Optional<BigDecimal> sampling,
        @Option(value = "Whether spans hold what was asked and answered.", standard = "false")
                boolean captureContent,
        @Option(
                        value =
                                "The service's name in traces and metrics. Else `OTEL_SERVICE_NAME`, else `magic-proxy`; the tool server adds `-tools`.",
                        example = "llm-gateway")
                Optional<String> serviceName,
        @Option(
                        value =
                                "Whether the collector gets the metrics, too, the GenAI conventions' own among them.",
                        standard = "true")
                boolean metrics,
        @Option(
                        value = "How often. Else `OTEL_METRIC_EXPORT_INTERVAL`, else 60s.",
                        example = "15s",
                        min = 1)
                Optional<Duration> metricsInterval,
        @Option(
                        value =
                                "Whether `traceparent` goes on to providers and MCP servers, so that their spans can be part of the trace.",
                        standard = "true")
                boolean propagate,
        @Option(
                        value =
                                "How the log is written: `json`, `text`, or `auto`: text at a terminal, else JSON."
                                        + " `MAGIC_PROXY_LOG_FORMAT` comes before it.",
                        standard = "auto")
                LogFormat logFormat) {}
