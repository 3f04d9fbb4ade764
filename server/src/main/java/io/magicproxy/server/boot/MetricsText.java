package io.magicproxy.server.boot;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.magicproxy.telemetry.GatewayMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** {@code /metrics}. */
final class MetricsText {
    private MetricsText() {}

    static Handler of(GatewayMetrics metrics) {
        return (request, response) -> {
            response.headers().contentType(MediaTypes.TEXT_PLAIN);
            response.header(HeaderNames.CACHE_CONTROL, "no-store").send(text(metrics));
        };
    }

    private static byte[] text(GatewayMetrics metrics) {
        var out = new ByteArrayOutputStream();
        try {
            metrics.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
