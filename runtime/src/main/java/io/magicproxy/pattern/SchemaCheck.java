package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.stream.Collectors;

/** Says whether a value fits a JSON Schema (draft 2020-12). */
public final class SchemaCheck {
    private static final int MAX_PROBLEMS = 5;

    private final Schema schema;

    public SchemaCheck(ObjectNode schema) {
        this.schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(schema);
    }

    /** What doesn't fit, for whoever made the value; "" if all does. */
    public String problem(JsonNode value) {
        return schema.validate(value).stream()
                .limit(MAX_PROBLEMS)
                .map(Object::toString)
                .collect(Collectors.joining("; "));
    }
}
