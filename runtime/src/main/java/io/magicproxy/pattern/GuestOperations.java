package io.magicproxy.pattern;

import static io.magicproxy.pattern.GuestBridge.array;
import static io.magicproxy.pattern.GuestBridge.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.pattern.PatternCalls.Composition;
import io.magicproxy.tool.SchemaCheck;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The operations that {@code ctx} offers. */
final class GuestOperations {
    /** Options of {@code ctx.llm} that are ours and not the model's. */
    private static final Set<String> OWN_OPTIONS = Set.of("model", "schema", "stream", "title");

    private static final int SCHEMA_TRIES = 3;

    private final PatternCalls calls;
    private final PatternInput input;

    /** The last answer of a model that was shown as the run's. */
    private volatile @Nullable ModelAnswer shown;

    GuestOperations(PatternCalls calls, PatternInput input) {
        this.calls = calls;
        this.input = input;
    }

    Composition of(String op, CallPath path, ObjectNode value) {
        return switch (op) {
            case "llm" -> () -> model(path, value);
            case "tool" ->
                    () -> calls.tool(path, value.path("name").asText(), object(value.path("args")));
            case "agent" -> () -> agent(path, value);
            case "react" -> () -> react(path, object(value.path("options")));
            case "parallel" -> () -> parallel(path, value);
            case "sleep" ->
                    () -> {
                        calls.sleep(path, Math.max(0, value.path("ms").asLong()));
                        return JsonNodeFactory.instance.nullNode();
                    };
            case "state" -> () -> calls.state(path, value);
            case "budget" -> () -> calls.budget(path);
            default ->
                    () -> {
                        throw CallFailed.of("bad_call", "ctx has no operation " + op);
                    };
        };
    }

    private JsonNode model(CallPath path, ObjectNode value) throws CallFailed {
        ObjectNode options = object(value.path("options"));
        return options.path("schema") instanceof ObjectNode schema
                ? structured(path, value, options, schema)
                : plain(path, value, options);
    }

    /** The text; with {@code tools}, the whole message. */
    private JsonNode plain(CallPath path, ObjectNode value, ObjectNode options) throws CallFailed {
        ModelAnswer answer =
                calls.model(path, question(value, options, forModel(options)), watcher(options));
        if (answers(options)) {
            shown = answer;
        }
        return options.has("tools")
                ? answer.message()
                : JsonNodeFactory.instance.textNode(answer.text());
    }

    /** Asks until the answer fits the schema; says each time what was wrong. */
    private JsonNode structured(
            CallPath path, ObjectNode value, ObjectNode options, ObjectNode schema)
            throws CallFailed {
        SchemaCheck check = check(schema);
        return calls.composed(
                path,
                "structured",
                value,
                () -> {
                    ArrayNode messages = array(value.path("messages")).deepCopy();
                    ObjectNode forModel = forModel(options);
                    ObjectNode format = forModel.putObject("response_format");
                    format.put("type", "json_schema")
                            .putObject("json_schema")
                            .put("name", "answer")
                            .set("schema", schema);
                    String problem = "";
                    for (int i = 1; i <= SCHEMA_TRIES; i++) {
                        ModelAnswer answer =
                                calls.model(
                                        path.child(i),
                                        new ModelQuestion(
                                                alias(options),
                                                messages.deepCopy(),
                                                forModel,
                                                options.path("title").asText("")),
                                        watcher(options));
                        var read = ActionReader.json(answer.text());
                        problem = read.map(check::problem).orElse("it holds no JSON");
                        if (problem.isEmpty() && read.isPresent()) {
                            return read.get();
                        }
                        messages.add(answer.message());
                        messages.addObject()
                                .put("role", "user")
                                .put(
                                        "content",
                                        "Your answer does not fit: "
                                                + problem
                                                + ". Answer again, with the JSON only.");
                    }
                    throw CallFailed.of(
                            "schema_mismatch",
                            "after "
                                    + SCHEMA_TRIES
                                    + " tries the model's answer doesn't fit the schema: "
                                    + problem);
                });
    }

    private static SchemaCheck check(ObjectNode schema) throws CallFailed {
        try {
            return new SchemaCheck(schema);
        } catch (IllegalArgumentException e) {
            throw CallFailed.of("bad_schema", "ctx.llm: " + e.getMessage());
        }
    }

    private JsonNode agent(CallPath path, ObjectNode value) throws CallFailed {
        return JsonNodeFactory.instance.textNode(
                calls.agent(
                                path,
                                new AgentQuestion(
                                        value.path("alias").asText(),
                                        value.path("query").asText(),
                                        object(value.path("options"))))
                        .answer());
    }

    /** The built-in loop, with the pattern's own structure, query and tools if it gives them. */
    private JsonNode react(CallPath path, ObjectNode options) throws CallFailed {
        PromptStructure structure;
        try {
            structure =
                    PromptStructure.of(
                            options.has("structure")
                                    ? options.path("structure")
                                    : DefaultStructure.JSON);
        } catch (IllegalArgumentException e) {
            throw CallFailed.of("bad_call", "ctx.react: " + e.getMessage());
        }
        PatternInput own = ReactOptions.apply(input, options);
        return calls.composed(
                path,
                "react",
                options,
                () ->
                        JsonNodeFactory.instance.textNode(
                                new ReactLoop(
                                                calls,
                                                structure,
                                                own,
                                                path,
                                                Shown.of(options.path("stream")))
                                        .run()
                                        .text()));
    }

    private JsonNode parallel(CallPath path, ObjectNode value) throws CallFailed {
        ArrayNode specs = array(value.path("calls"));
        return calls.composed(
                path,
                "parallel",
                value,
                () ->
                        new Branches(value.path("concurrency").asInt(0))
                                .run(
                                        specs.size(),
                                        i -> {
                                            ObjectNode spec = object(specs.get(i));
                                            return of(
                                                            spec.path("op").asText(),
                                                            path.child(i + 1),
                                                            spec)
                                                    .run();
                                        }));
    }

    private ModelQuestion question(ObjectNode value, ObjectNode options, ObjectNode forModel) {
        return new ModelQuestion(
                alias(options),
                array(value.path("messages")),
                forModel,
                options.path("title").asText(""));
    }

    private String alias(ObjectNode options) {
        return options.path("model").asText(input.alias());
    }

    private ObjectNode forModel(ObjectNode options) {
        ObjectNode all = input.options().deepCopy();
        all.setAll(options.deepCopy());
        all.remove(OWN_OPTIONS);
        if (answers(options)) {
            all.setAll(new AnswerForm(input.finalOptions()).all());
        }
        return all;
    }

    private static boolean answers(ObjectNode options) {
        return options.path("stream").asText().equals("answer");
    }

    /** The pattern's answer; its end may be that of the text which a model wrote as the answer. */
    PatternAnswer answer(String text) {
        ModelAnswer last = shown;
        return last != null && last.text().strip().endsWith(text.strip())
                ? PatternAnswer.of(text, last.finish())
                : PatternAnswer.whole(text);
    }

    /**
     * {@code stream}: true shows thoughts (the default), "answer" shows the answer, false nothing.
     */
    private static ModelWatcher watcher(ObjectNode options) {
        JsonNode stream = options.path("stream");
        if (stream.isBoolean() && !stream.asBoolean()) {
            return ModelWatcher.silent();
        }
        return answers(options) ? ModelWatcher.answer() : ModelWatcher.thought();
    }
}
