package io.magicproxy.server.boot;

import io.magicproxy.gateway.Gateway;
import io.magicproxy.telemetry.TelemetryConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;

/** Says that a reload can't change what is sent to the collector. */
final class TelemetryChange {
    private static final Logger LOG = System.getLogger(TelemetryChange.class.getName());

    private TelemetryChange() {}

    static void watch(Gateway gateway, TelemetryConfig running) {
        var known = new AtomicReference<>(running);
        gateway.onRead(_ -> {
            TelemetryConfig now = gateway.current().config().telemetrySettings();
            if (!now.equals(known.getAndSet(now)) && !now.equals(running)) {
                LOG.log(
                        Level.WARNING,
                        "telemetry_settings has changed; restart the gateway to let it count");
            }
        });
    }
}
