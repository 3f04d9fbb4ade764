package io.magicproxy.cache;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One text for all that mean the same: names in order, no white space, 1.0 as 1. */
final class CanonicalJson {
    private static final JsonFactory FACTORY = Json.reader().getFactory();

    private CanonicalJson() {}

    /** Writes as it goes, without a second tree: requests can be long. */
    static void write(JsonNode node, OutputStream out) throws IOException {
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            write(node, generator);
        }
    }

    private static void write(JsonNode node, JsonGenerator out) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> object((ObjectNode) node, out);
            case ARRAY -> {
                out.writeStartArray();
                for (JsonNode item : node) {
                    write(item, out);
                }
                out.writeEndArray();
            }
            case NUMBER -> out.writeNumber(node.decimalValue().stripTrailingZeros().toString());
            case STRING -> out.writeString(node.textValue());
            case BOOLEAN -> out.writeBoolean(node.booleanValue());
            case NULL -> out.writeNull();
            case MISSING, BINARY, POJO ->
                    throw new IllegalArgumentException("not read from JSON: " + node.getNodeType());
        }
    }

    private static void object(ObjectNode object, JsonGenerator out) throws IOException {
        List<String> names = new ArrayList<>(object.size());
        object.fieldNames().forEachRemaining(names::add);
        Collections.sort(names);
        out.writeStartObject();
        for (String name : names) {
            out.writeFieldName(name);
            write(object.path(name), out);
        }
        out.writeEndObject();
    }
}
