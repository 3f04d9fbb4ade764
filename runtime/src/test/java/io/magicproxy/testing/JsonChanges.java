package io.magicproxy.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.Map;

/** The difference of two objects as a merge patch (RFC 7396): null stands for what is gone. */
public final class JsonChanges {
    private JsonChanges() {}

    public static ObjectNode between(ObjectNode before, ObjectNode after) {
        ObjectNode changes = Json.object();
        for (Map.Entry<String, JsonNode> field : after.properties()) {
            JsonNode old = before.path(field.getKey());
            if (old.equals(field.getValue())) {
                continue;
            }
            boolean inside = old instanceof ObjectNode && field.getValue() instanceof ObjectNode;
            changes.set(
                    field.getKey(),
                    inside
                            ? between((ObjectNode) old, (ObjectNode) field.getValue())
                            : field.getValue());
        }
        for (Map.Entry<String, JsonNode> field : before.properties()) {
            if (!after.has(field.getKey())) {
                changes.putNull(field.getKey());
            }
        }
        return changes;
    }
}
