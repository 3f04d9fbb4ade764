package io.magicproxy.provider.simulator;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Faults with the count of the calls that they have seen. */
final class FaultPlan {
    private final List<Fault> faults;
    private final AtomicLong calls = new AtomicLong();

    FaultPlan(List<Fault> faults) {
        this.faults = List.copyOf(faults);
    }

    List<Fault> faults() {
        return faults;
    }

    /** What happens to the next call. */
    Conduct next() {
        long call = calls.incrementAndGet();
        return Conduct.of(faults.stream().filter(fault -> fault.strikes(call)).toList());
    }
}
