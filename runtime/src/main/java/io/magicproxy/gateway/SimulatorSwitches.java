package io.magicproxy.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.provider.simulator.FaultReader;
import io.magicproxy.provider.simulator.SimulatorFaults;
import io.magicproxy.provider.simulator.SimulatorProvider;
import io.magicproxy.routing.Profile;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Switches the simulator's faults while the gateway runs. What is set holds until it is cleared,
 * through reloads too.
 */
public final class SimulatorSwitches {
    private final Gateway gateway;
    private final SimulatorFaults faults;

    SimulatorSwitches(Gateway gateway, SimulatorFaults faults) {
        this.gateway = gateway;
        this.faults = faults;
    }

    /** What came of setting faults. */
    public sealed interface Outcome {
        record Done() implements Outcome {}

        /** No profile of the simulator has this name; the message says which ones there are. */
        record NoProfile(String message) implements Outcome {}

        record Invalid(List<ConfigProblem> problems) implements Outcome {}
    }

    /**
     * From now on these, in place of the configuration's and of what was set before.
     *
     * @param profile a profile's name, or {@code *} for all that have none of their own
     * @param json as under {@code faults} in the configuration
     */
    public Outcome set(String profile, JsonNode json) {
        List<String> profiles = profiles();
        if (!profile.equals(SimulatorFaults.ALL) && !profiles.contains(profile)) {
            return new Outcome.NoProfile(
                    "no profile \""
                            + profile
                            + "\" of the simulator; there are *"
                            + String.join("", profiles.stream().map(p -> ", " + p).toList())
                            + DidYouMean.hint(profile, profiles));
        }
        return switch (FaultReader.read(json)) {
            case FaultReader.Result.Read(var read) -> {
                faults.set(profile, read);
                yield new Outcome.Done();
            }
            case FaultReader.Result.Wrong(var problems) -> new Outcome.Invalid(problems);
        };
    }

    /** Whether something was set; the configuration's faults hold again. */
    public boolean clear(String profile) {
        return faults.clear(profile);
    }

    public void clearAll() {
        faults.clearAll();
    }

    /** The simulator's profiles, and what is set: {@code {"profiles": […], "faults": {…}}}. */
    public ObjectNode describe() {
        ObjectNode json = Json.object();
        ArrayNode profiles = json.putArray("profiles");
        profiles().forEach(profiles::add);
        ObjectNode set = json.putObject("faults");
        faults.all().forEach((profile, each) -> set.set(profile, FaultReader.json(each)));
        return json;
    }

    /** What is set for a profile, or for all by {@code *}; absent if nothing is. */
    public Optional<JsonNode> of(String profile) {
        return Optional.ofNullable(faults.all().get(profile)).map(FaultReader::json);
    }

    /** Is told the name of each profile whose faults are switched, or {@code *}. */
    public void onSwitch(Consumer<String> listener) {
        faults.onSwitch(listener);
    }

    private List<String> profiles() {
        return gateway.current().profiles().stream()
                .filter(p -> p.provider().equals(SimulatorProvider.ID))
                .map(Profile::name)
                .toList();
    }
}
