package io.magicproxy.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An object's fields, taken out one by one with their type checked. An explicit null counts as
 * absent.
 */
final class Fields {
    private final String path;
    private final ObjectNode json;

    Fields(String path, ObjectNode json) {
        this.path = path;
        this.json = json;
    }

    /** The full name of a field, such as {@code messages[2].role}. */
    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** What has not been taken. */
    ObjectNode rest() {
        return json;
    }

    Optional<JsonNode> peek(String name) {
        JsonNode value = json.get(name);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<JsonNode> take(String name) {
        Optional<JsonNode> value = peek(name);
        drop(name);
        return value;
    }

    void drop(String name) {
        json.remove(name);
    }

    Optional<String> text(String name) throws MalformedRequestException {
        Optional<JsonNode> value = take(name);
        if (value.isPresent() && !value.get().isTextual()) {
            throw wrong(name, "must be a string");
        }
        return value.map(JsonNode::textValue);
    }

    String requiredText(String name) throws MalformedRequestException {
        return text(name).orElseThrow(() -> wrong(name, "is required: a string"));
    }

    Optional<Boolean> bool(String name) throws MalformedRequestException {
        Optional<JsonNode> value = take(name);
        if (value.isPresent() && !value.get().isBoolean()) {
            throw wrong(name, "must be true or false");
        }
        return value.map(JsonNode::booleanValue);
    }

    Optional<BigDecimal> decimal(String name) throws MalformedRequestException {
        Optional<JsonNode> value = take(name);
        if (value.isPresent() && !value.get().isNumber()) {
            throw wrong(name, "must be a number");
        }
        return value.map(JsonNode::decimalValue);
    }

    Optional<Integer> integer(String name) throws MalformedRequestException {
        Optional<JsonNode> value = take(name);
        if (value.isPresent() && !value.get().canConvertToExactIntegral()) {
            throw wrong(name, "must be a whole number");
        }
        if (value.isPresent() && !value.get().canConvertToInt()) {
            throw wrong(name, "is out of range");
        }
        return value.map(JsonNode::intValue);
    }

    Optional<Long> whole(String name) throws MalformedRequestException {
        Optional<JsonNode> value = take(name);
        if (value.isPresent()
                && !(value.get().canConvertToExactIntegral() && value.get().canConvertToLong())) {
            throw wrong(name, "must be a whole number");
        }
        return value.map(JsonNode::longValue);
    }

    Optional<Fields> object(String name) throws MalformedRequestException {
        Optional<JsonNode> value = take(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof ObjectNode object) {
            return Optional.of(new Fields(at(name), object));
        }
        throw wrong(name, "must be an object");
    }

    Fields requiredObject(String name) throws MalformedRequestException {
        return object(name).orElseThrow(() -> wrong(name, "is required: an object"));
    }

    /** The objects of a list; none if it is absent. */
    List<Fields> objects(String name) throws MalformedRequestException {
        Optional<JsonNode> value = take(name);
        List<Fields> objects = new ArrayList<>();
        if (value.isEmpty()) {
            return objects;
        }
        if (!value.get().isArray()) {
            throw wrong(name, "must be a list");
        }
        for (JsonNode item : value.get()) {
            String place = name + "[" + objects.size() + "]";
            if (!(item instanceof ObjectNode object)) {
                throw wrong(place, "must be an object");
            }
            objects.add(new Fields(at(place), object));
        }
        return objects;
    }

    private MalformedRequestException wrong(String name, String what) {
        return new MalformedRequestException(at(name), what);
    }
}
