package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A schema's references to its own parts. */
final class References {
    private static final String ROOT = "#";

    /** More than Anthropic compiles, and what keeps the search short. */
    private static final int MOST = 500;

    private References() {}

    /** Whether each can be followed to an end: none leads elsewhere, none in a circle. */
    static boolean end(ObjectNode schema) {
        Map<String, Set<String>> next = new HashMap<>();
        Deque<String> waiting = new ArrayDeque<>(Set.of(ROOT));
        while (!waiting.isEmpty()) {
            String reference = waiting.remove();
            if (next.containsKey(reference)) {
                continue;
            }
            if (next.size() > MOST || !reference.matches("#(/.*)?")) {
                return false;
            }
            Set<String> inside = inside(schema.at(reference.substring(1)));
            next.put(reference, inside);
            waiting.addAll(inside);
        }
        Set<String> ending = new HashSet<>();
        while (next.entrySet()
                .removeIf(e -> ending.containsAll(e.getValue()) && ending.add(e.getKey()))) {
            // Each round finds those that lead to known ends only.
        }
        return next.isEmpty();
    }

    private static Set<String> inside(JsonNode schema) {
        return schema.findValues("$ref").stream()
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .collect(Collectors.toSet());
    }
}
