package io.magicproxy.scenario;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.Place;
import java.util.HashMap;
import java.util.Map;

/** Where the parts of one scenario stand in its file. */
public final class ScenarioPlaces {
    private final String file;
    private final String scenario;
    private final Map<String, Place> places = new HashMap<>();

    /**
     * @param file for messages
     * @param scenario its path in the file, such as {@code scenarios[0]}
     */
    ScenarioPlaces(String file, String scenario, ConfigNode root) {
        this.file = file;
        this.scenario = scenario;
        keep(root);
    }

    private void keep(ConfigNode node) {
        places.put(node.path(), node.place());
        switch (node) {
            case ConfigNode.Mapping mapping ->
                    mapping.entries().values().forEach(entry -> keep(entry.value()));
            case ConfigNode.Sequence sequence -> sequence.items().forEach(this::keep);
            case ConfigNode.Scalar _ -> {
                // Has no parts.
            }
        }
    }

    /**
     * The place for people. What isn't written stands where it would be.
     *
     * @param path in the scenario; "" for all of it
     */
    public String of(String path) {
        String whole = path.isEmpty() ? scenario : scenario + "." + path;
        String there = whole;
        while (!places.containsKey(there) && !there.isEmpty()) {
            int end = Math.max(there.lastIndexOf('.'), there.lastIndexOf('['));
            there = there.substring(0, Math.max(0, end));
        }
        Place place = places.getOrDefault(there, new Place(1, 1, 1));
        return file + ":" + place.line() + ":" + place.column() + " " + whole;
    }
}
