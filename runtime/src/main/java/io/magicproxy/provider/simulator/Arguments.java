package io.magicproxy.provider.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ToolDefinition;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Fills a tool's arguments from a question, by the schema of its parameters. */
final class Arguments {
    private static final Pattern EXPRESSION = Pattern.compile("expr|formula|calculation");
    private static final Pattern PLACE =
            Pattern.compile("place|city|location|country|region|destination");
    private static final Pattern ZONE = Pattern.compile("zone|^tz$");
    private static final Pattern LINK = Pattern.compile("ur[li]$|link|href");
    private static final Pattern TOPIC =
            Pattern.compile("quer|^q$|question|search|topic|subject|prompt|task|^text$|^input$");

    private final Question question;

    Arguments(Question question) {
        this.question = question;
    }

    ObjectNode of(ToolDefinition tool) {
        ObjectNode arguments = Json.object();
        JsonNode schema = tool.parameters().<JsonNode>map(p -> p).orElse(NullNode.getInstance());
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        for (var property : schema.path("properties").properties()) {
            JsonNode type = property.getValue();
            Optional<JsonNode> found = evident(property.getKey(), type);
            if (found.isPresent()) {
                arguments.set(property.getKey(), found.get());
            } else if (required.contains(property.getKey())) {
                arguments.set(property.getKey(), made(type, schema));
            }
        }
        return arguments;
    }

    /** The value, if the question tells it. */
    private Optional<JsonNode> evident(String name, JsonNode schema) {
        if (schema.path("enum") instanceof ArrayNode values && !values.isEmpty()) {
            return mentioned(values);
        }
        if (is(schema, "number", "integer")) {
            return number(schema);
        }
        return is(schema, "string") || !schema.has("type")
                ? words(name.toLowerCase(Locale.ROOT)).map(TextNode::valueOf)
                : Optional.empty();
    }

    private Optional<String> words(String name) {
        if (EXPRESSION.matcher(name).find()) {
            return question.arithmetic().or(() -> Optional.of(question.text()));
        } else if (ZONE.matcher(name).find()) {
            return question.zone();
        } else if (PLACE.matcher(name).find()) {
            return question.place();
        } else if (LINK.matcher(name).find()) {
            return question.link();
        }
        return Optional.of(question.text()).filter(_ -> TOPIC.matcher(name).find());
    }

    private Optional<JsonNode> mentioned(ArrayNode values) {
        String text = question.text().toLowerCase(Locale.ROOT);
        return values.valueStream()
                .filter(v -> v.isTextual() && text.contains(v.asText().toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** A number of the question that the schema allows. */
    private Optional<JsonNode> number(JsonNode schema) {
        boolean whole = is(schema, "integer");
        return question.numbers().stream()
                .map(BigDecimal::new)
                .filter(n -> !whole || n.scale() <= 0)
                .filter(n -> !schema.has("minimum") || n.compareTo(decimal(schema, "minimum")) >= 0)
                .filter(n -> !schema.has("maximum") || n.compareTo(decimal(schema, "maximum")) <= 0)
                .<JsonNode>map(DecimalNode::valueOf)
                .findFirst();
    }

    private static BigDecimal decimal(JsonNode schema, String bound) {
        return schema.get(bound).decimalValue();
    }

    /** What must be there though the question doesn't tell it. */
    private JsonNode made(JsonNode schema, JsonNode root) {
        if (is(schema, "null")) {
            return NullNode.getInstance();
        }
        ObjectNode alone = Json.object();
        if (schema instanceof ObjectNode object) {
            alone.setAll(object);
        }
        // References lead to the definitions of the whole.
        Stream.of("$defs", "definitions")
                .filter(root::has)
                .forEach(key -> alone.set(key, root.get(key)));
        return new SchemaInstance(alone, question.text()).make();
    }

    private static boolean is(JsonNode schema, String... types) {
        JsonNode given = schema.path("type");
        return Stream.of(types)
                .anyMatch(type ->
                        given.asText().equals(type)
                                || given.valueStream().anyMatch(t -> t.asText().equals(type)));
    }
}
