package io.magicproxy.provider.simulator;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Faults that are switched on while the gateway runs, in place of those of the configuration: a
 * profile's own, else those for {@link #ALL}. They outlive a reload.
 */
public final class SimulatorFaults {
    /** Stands for every profile that has no switch of its own. */
    public static final String ALL = "*";

    private final Map<String, FaultPlan> live = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** Is told the name of each profile whose faults are switched, or {@link #ALL}. */
    public void onSwitch(Consumer<String> listener) {
        listeners.add(listener);
    }

    /**
     * From now on these, with calls counted from 1.
     *
     * @param profile a profile's name, or {@link #ALL}
     * @param faults may be none: then nothing goes wrong, whatever the configuration says
     */
    public void set(String profile, List<Fault> faults) {
        live.put(profile, new FaultPlan(faults));
        tell(profile);
    }

    /** Whether there was something to clear; the configuration's faults hold again. */
    public boolean clear(String profile) {
        boolean was = live.remove(profile) != null;
        if (was) {
            tell(profile);
        }
        return was;
    }

    public void clearAll() {
        List.copyOf(live.keySet()).forEach(this::clear);
    }

    private void tell(String profile) {
        listeners.forEach(listener -> listener.accept(profile));
    }

    /** What is set, by name. */
    public Map<String, List<Fault>> all() {
        Map<String, List<Fault>> all = new TreeMap<>();
        live.forEach((profile, plan) -> all.put(profile, plan.faults()));
        return all;
    }

    /** The plan that holds for a profile in place of the configuration's. */
    Optional<FaultPlan> of(String profile) {
        return Optional.ofNullable(live.get(profile)).or(() -> Optional.ofNullable(live.get(ALL)));
    }
}
