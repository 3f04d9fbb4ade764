package io.magicproxy.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says whether a value fits a JSON Schema (draft 2020-12). Fetches nothing from anywhere. */
public final class SchemaCheck {
    private static final int MAX_PROBLEMS = 5;

    /** Models and logs read it, whatever the machine's own language is. */
    private static final SchemaRegistryConfig IN_ENGLISH =
            SchemaRegistryConfig.builder().locale(Locale.ROOT).build();

    private final Schema schema;
    private final ObjectNode json;

    /**
     * @throws IllegalArgumentException for what is no schema; the message is for its author
     */
    public SchemaCheck(ObjectNode schema) {
        SchemaRegistry registry =
                SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder ->
                                builder.schemaLoader(loads -> loads.fetchRemoteResources(false))
                                        .schemaRegistryConfig(IN_ENGLISH));
        this.json = schema;
        String dialect =
                schema.path("$schema").asText(SpecificationVersion.DRAFT_2020_12.getDialectId());
        String flaw;
        try {
            flaw = flaws(registry.getSchema(SchemaLocation.of(dialect)).validate(schema));
            this.schema = registry.getSchema(schema);
            if (flaw.isEmpty()) {
                this.schema.initializeValidators();
            }
        } catch (SchemaException | IllegalArgumentException e) {
            throw new IllegalArgumentException("the JSON Schema is invalid: " + e.getMessage(), e);
        }
        if (!flaw.isEmpty()) {
            throw new IllegalArgumentException("the JSON Schema is invalid: " + flaw);
        }
    }

    /** What doesn't fit, for whoever made the value; "" if all does. */
    public String problem(JsonNode value) {
        return SchemaProblems.of(schema.validate(value), json).stream()
                .limit(MAX_PROBLEMS)
                .collect(Collectors.joining("; "));
    }

    private static String flaws(List<Error> errors) {
        return errors.stream()
                .limit(MAX_PROBLEMS)
                .map(Object::toString)
                .collect(Collectors.joining("; "));
    }
}
