package io.magicproxy.provider.anthropic;

import static io.magicproxy.provider.anthropic.Anthropic.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Spoils JSON at random places, the same ones in each run. */
final class Mutations {
    private static final List<JsonNode> ODDITIES =
            List.of(
                    json("null"),
                    json("true"),
                    json("-1"),
                    json("0.1"),
                    json("1e999"),
                    json("99999999999999999999"),
                    json("2147483648"),
                    json("''"),
                    json("'tool_use'"),
                    json("'thinking'"),
                    json("'\\u0000 \\uD800'"),
                    json("[]"),
                    json("{}"),
                    json("[[[1]]]"),
                    json("[null,{'type':'text'},{'type':3}]"),
                    json("{'type':'text','text':{'a':[3]}}"));

    private final Random random = new Random(20_261_123);

    int below(int bound) {
        return random.nextInt(bound);
    }

    JsonNode spoiled(String seed) {
        ArrayNode holder = Json.object().putArray("a");
        holder.add(json(seed));
        for (int i = random.nextInt(4); i >= 0; i--) {
            spoil(holder);
        }
        return holder.path(0);
    }

    /** Walks down at random and swaps, drops or doubles what it meets. */
    private void spoil(JsonNode node) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(6)) {
                case 0 -> object.set(name, oddity());
                case 1 -> object.remove(name);
                default -> spoil(object.path(name));
            }
        } else if (node instanceof ArrayNode array && !array.isEmpty()) {
            int at = random.nextInt(array.size());
            switch (random.nextInt(6)) {
                case 0 -> array.set(at, oddity());
                case 1 -> array.add(array.path(at).deepCopy());
                default -> spoil(array.path(at));
            }
        }
    }

    private JsonNode oddity() {
        return ODDITIES.get(random.nextInt(ODDITIES.size())).deepCopy();
    }
}
