package io.magicproxy.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;

/**
 * Says once that a collector takes nothing, and once that it does so again: the exporter itself
 * would say it with a stack trace at each try.
 */
final class CollectorWatch {
    private static final System.Logger LOG = System.getLogger(CollectorWatch.class.getName());

    /** Held, since java.util.logging forgets the settings of loggers that nobody holds. */
    private static final Logger EXPORTER = Logger.getLogger("io.opentelemetry.exporter");

    private final String what;
    private final String to;
    private final AtomicBoolean away = new AtomicBoolean();

    CollectorWatch(String what, String to) {
        EXPORTER.setLevel(java.util.logging.Level.OFF);
        this.what = what;
        this.to = to;
    }

    CompletableResultCode told(CompletableResultCode result) {
        return result.whenComplete(() -> {
            if (!result.isSuccess() && away.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        "the collector at {0} takes no {1} ({2}); what does not fit into the queue is dropped",
                        to,
                        what,
                        Optional.ofNullable(result.getFailureThrowable())
                                .map(CollectorWatch::reason)
                                .orElse("no reason is known"));
            } else if (result.isSuccess() && away.compareAndSet(true, false)) {
                LOG.log(Level.INFO, "the collector at {0} takes {1} again", to, what);
            }
        });
    }

    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
