package io.magicproxy.telemetry;

import io.magicproxy.config.Environment;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is sent where: the configuration, and where it is silent OpenTelemetry's standard variables.
 *
 * @param traces the whole address; absent if no spans are made
 * @param metrics the whole address; absent if none are sent
 */
record Export(
        Optional<String> traces,
        Optional<String> metrics,
        Map<String, String> headers,
        double sampling,
        Duration interval,
        String service,
        Map<String, String> resource) {
    private static final double SAMPLING = 0.1;
    private static final Duration INTERVAL = Duration.ofSeconds(60);
    private static final String SERVICE = "magic-proxy";

    static Export of(TelemetryConfig config, Environment environment) {
        return new Reading(config, environment).export();
    }

    private record Reading(TelemetryConfig config, Environment environment) {
        Export export() {
            Map<String, String> resource = pairs("OTEL_RESOURCE_ATTRIBUTES");
            boolean disabled = is("OTEL_SDK_DISABLED", "true");
            return new Export(
                    address("traces", "TRACES")
                            .filter(_ -> !disabled && !is("OTEL_TRACES_EXPORTER", "none")),
                    address("metrics", "METRICS")
                            .filter(_ -> !disabled && !is("OTEL_METRICS_EXPORTER", "none"))
                            .filter(_ -> config.metrics()),
                    headers(),
                    sampling(),
                    config.metricsInterval().or(this::givenInterval).orElse(INTERVAL),
                    config.serviceName()
                            .or(() -> environment.get("OTEL_SERVICE_NAME"))
                            .or(() -> Optional.ofNullable(resource.get("service.name")))
                            .orElse(SERVICE),
                    resource);
        }

        private boolean is(String variable, String value) {
            return environment.get(variable).filter(value::equalsIgnoreCase).isPresent();
        }

        private Optional<String> address(String signal, String inVariable) {
            return config.otlpEndpoint()
                    .map(base -> under(base, signal))
                    .or(() -> environment.get("OTEL_EXPORTER_OTLP_" + inVariable + "_ENDPOINT"))
                    .or(() ->
                            environment
                                    .get("OTEL_EXPORTER_OTLP_ENDPOINT")
                                    .map(base -> under(base, signal)));
        }

        private static String under(String base, String signal) {
            return base.replaceFirst("/+$", "") + "/v1/" + signal;
        }

        private Map<String, String> headers() {
            Map<String, String> all = new LinkedHashMap<>();
            config.headers()
                    .forEach((name, secret) ->
                            secret.value().ifPresent(value -> all.put(name, value)));
            return config.headers().isEmpty() ? pairs("OTEL_EXPORTER_OTLP_HEADERS") : all;
        }

        private double sampling() {
            return config.sampling().map(BigDecimal::doubleValue).orElseGet(this::givenSampling);
        }

        /** Of {@code parentbased_always_on} and its like. */
        private double givenSampling() {
            String sampler = environment.get("OTEL_TRACES_SAMPLER").orElse("");
            if (sampler.endsWith("always_on")) {
                return 1;
            }
            if (sampler.endsWith("always_off")) {
                return 0;
            }
            return environment
                    .get("OTEL_TRACES_SAMPLER_ARG")
                    .flatMap(Reading::number)
                    .filter(part -> part >= 0 && part <= 1)
                    .orElse(SAMPLING);
        }

        private Optional<Duration> givenInterval() {
            return environment
                    .get("OTEL_METRIC_EXPORT_INTERVAL")
                    .flatMap(Reading::number)
                    .filter(millis -> millis >= 1)
                    .map(millis -> Duration.ofMillis(millis.longValue()));
        }

        private static Optional<Double> number(String text) {
            try {
                return Optional.of(Double.valueOf(text.strip()))
                        .filter(Predicate.not(d -> d.isNaN()));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        /** As {@code a=b,c=d}, with percent signs for what isn't plain. */
        private Map<String, String> pairs(String variable) {
            Map<String, String> all = new LinkedHashMap<>();
            for (String pair : environment.get(variable).orElse("").split(",", -1)) {
                int sign = pair.indexOf('=');
                if (sign > 0) {
                    all.put(pair.substring(0, sign).strip(), decoded(pair.substring(sign + 1)));
                }
            }
            return all;
        }

        private static String decoded(String text) {
            try {
                return URLDecoder.decode(text.strip().replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return text.strip();
            }
        }
    }

    /** Without the headers, which hold secrets. */
    @Override
    public String toString() {
        return "Export[" + traces + ", " + metrics + ", " + sampling + ", " + service + "]";
    }
}
