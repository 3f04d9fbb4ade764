package io.magicproxy.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/** A collector: takes traces and metrics as OTLP over HTTP, and keeps them to be looked at. */
public final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final Queue<Seen> spans = new ConcurrentLinkedQueue<>();
    private final Queue<String> metrics = new ConcurrentLinkedQueue<>();
    private final Queue<String> authorizations = new ConcurrentLinkedQueue<>();

    /**
     * A span.
     *
     * @param parent "" if it has none
     * @param attributes lists in brackets
     * @param events their names, each with its attributes
     */
    public record Seen(
            String service,
            String trace,
            String id,
            String parent,
            String name,
            String kind,
            boolean failed,
            long nanos,
            Map<String, String> attributes,
            List<String> events) {
        public String attribute(String key) {
            return attributes.getOrDefault(key, "");
        }
    }

    private interface Body {
        void read(InputStream in) throws IOException;
    }

    public OtlpReceiver() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/traces", exchange -> take(exchange, this::traces));
        server.createContext("/v1/metrics", exchange -> take(exchange, this::metrics));
        server.start();
    }

    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public List<Seen> spans() {
        return List.copyOf(spans);
    }

    /** Those with this name. */
    public List<Seen> spans(String name) {
        return spans.stream().filter(span -> span.name().equals(name)).toList();
    }

    /** The one with this name. */
    public Seen span(String name) {
        List<Seen> found = spans(name);
        if (found.size() != 1) {
            throw new AssertionError(
                    found.size()
                            + " spans "
                            + name
                            + " among "
                            + spans.stream().map(Seen::name).toList());
        }
        return found.getFirst();
    }

    /** The names of all metrics that have come. */
    public List<String> metrics() {
        return metrics.stream().distinct().toList();
    }

    /** What came as {@code authorization}. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    private void take(HttpExchange exchange, Body body) throws IOException {
        try (exchange) {
            List<String> given = exchange.getRequestHeaders().get("Authorization");
            if (given != null) {
                authorizations.addAll(given);
            }
            body.read(exchange.getRequestBody());
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private void traces(InputStream in) throws IOException {
        for (var resource : ExportTraceServiceRequest.parseFrom(in).getResourceSpansList()) {
            String service = service(resource.getResource());
            for (var scope : resource.getScopeSpansList()) {
                scope.getSpansList().forEach(span -> spans.add(seen(service, span)));
            }
        }
    }

    private void metrics(InputStream in) throws IOException {
        for (var resource : ExportMetricsServiceRequest.parseFrom(in).getResourceMetricsList()) {
            for (var scope : resource.getScopeMetricsList()) {
                scope.getMetricsList().stream().map(Metric::getName).forEach(metrics::add);
            }
        }
    }

    private static String service(Resource resource) {
        return attributes(resource.getAttributesList()).getOrDefault("service.name", "");
    }

    private static Seen seen(String service, Span span) {
        HexFormat hex = HexFormat.of();
        return new Seen(
                service,
                hex.formatHex(span.getTraceId().toByteArray()),
                hex.formatHex(span.getSpanId().toByteArray()),
                hex.formatHex(span.getParentSpanId().toByteArray()),
                span.getName(),
                span.getKind().name().replace("SPAN_KIND_", ""),
                span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR,
                span.getEndTimeUnixNano() - span.getStartTimeUnixNano(),
                attributes(span.getAttributesList()),
                span.getEventsList().stream()
                        .map(event -> event.getName() + " " + attributes(event.getAttributesList()))
                        .toList());
    }

    private static Map<String, String> attributes(List<KeyValue> list) {
        Map<String, String> all = new TreeMap<>();
        list.forEach(each -> all.put(each.getKey(), text(each.getValue())));
        return all;
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case INT_VALUE -> Long.toString(value.getIntValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            case ARRAY_VALUE ->
                    value.getArrayValue().getValuesList().stream()
                            .map(OtlpReceiver::text)
                            .toList()
                            .toString();
            default -> value.toString();
        };
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
