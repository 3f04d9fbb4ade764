package io.magicproxy.sandbox.host;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import javax.management.NotificationEmitter;

/**
 * Ends the process when a collection leaves the heap nearly full. A heap that a script fills bit by
 * bit would first be collected over and over, which stops every other run for seconds.
 */
final class HeapGuard {
    private static final int PERCENT = 92;

    private HeapGuard() {}

    /** Calls it at most once for each time that the heap gets too full. */
    static void watch(Runnable full) {
        oldest().ifPresent(pool -> {
            pool.setCollectionUsageThreshold(pool.getUsage().getMax() / 100 * PERCENT);
            emitter()
                    .addNotificationListener(
                            (notification, handback) -> full.run(),
                            notification ->
                                    notification
                                            .getType()
                                            .equals(
                                                    MemoryNotificationInfo
                                                            .MEMORY_COLLECTION_THRESHOLD_EXCEEDED),
                            null);
        });
    }

    /** How full it is, in percent; a collection may find that much of that is not needed. */
    static int percent() {
        return oldest().map(MemoryPoolMXBean::getUsage)
                .map(usage -> (int) (usage.getUsed() * 100 / usage.getMax()))
                .orElse(0);
    }

    private static NotificationEmitter emitter() {
        return (NotificationEmitter) ManagementFactory.getMemoryMXBean();
    }

    /** The pool where what lives long is. */
    private static Optional<MemoryPoolMXBean> oldest() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool ->
                        pool.getType() == MemoryType.HEAP
                                && pool.isCollectionUsageThresholdSupported()
                                && pool.getName().contains("Tenured"))
                .filter(pool ->
                        Optional.ofNullable(pool.getUsage()).map(MemoryUsage::getMax).orElse(-1L)
                                > 0)
                .findFirst();
    }
}
