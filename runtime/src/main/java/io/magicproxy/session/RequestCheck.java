package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.plugin.Plugin;
import io.magicproxy.tool.SchemaCheck;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks what a caller asks for before a run is opened. */
final class RequestCheck {
    /** Two characters are kept for us: '/' for name spaces, ':' for positions in several. */
    private static final Pattern SESSION_ID = Pattern.compile("[A-Za-z0-9._~-]{1,128}");

    private static final Map<String, JsonNodeType> FIELDS =
            Map.ofEntries(
                    Map.entry("user_query", JsonNodeType.STRING),
                    Map.entry("model_alias", JsonNodeType.STRING),
                    Map.entry("session_id", JsonNodeType.STRING),
                    Map.entry("reasoning_mode", JsonNodeType.STRING),
                    Map.entry("pattern_version", JsonNodeType.STRING),
                    Map.entry("params", JsonNodeType.OBJECT),
                    Map.entry("client_system_instruction", JsonNodeType.STRING),
                    Map.entry("client_manifests", JsonNodeType.ARRAY),
                    Map.entry("attachments", JsonNodeType.ARRAY),
                    Map.entry("history", JsonNodeType.ARRAY),
                    Map.entry("safety_settings", JsonNodeType.ARRAY),
                    Map.entry("tools", JsonNodeType.ARRAY),
                    Map.entry("limits", JsonNodeType.OBJECT),
                    Map.entry("options", JsonNodeType.OBJECT),
                    Map.entry("final_options", JsonNodeType.OBJECT),
                    Map.entry("metadata", JsonNodeType.OBJECT),
                    Map.entry("fork", JsonNodeType.OBJECT),
                    Map.entry("stream", JsonNodeType.BOOLEAN));

    private static final Set<String> LIMITS =
            new TreeSet<>(Set.of("max_steps", "max_tokens_total", "max_seconds"));

    private final SessionWorld world;
    private final ObjectNode body;

    /** What to change. */
    record Problem(String param, String message) {}

    RequestCheck(SessionWorld world, ObjectNode body) {
        this.world = world;
        this.body = body;
    }

    Optional<Problem> problem() {
        return fields().or(this::required)
                .or(this::agent)
                .or(this::pattern)
                .or(this::tools)
                .or(this::limits);
    }

    private Optional<Problem> fields() {
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            JsonNodeType type = FIELDS.get(field.getKey());
            if (type == null) {
                return problem(
                        field.getKey(),
                        "isn't a field of a session; there are "
                                + String.join(", ", new TreeSet<>(FIELDS.keySet())));
            }
            if (field.getValue().getNodeType() != type && !field.getValue().isNull()) {
                return problem(
                        field.getKey(),
                        "must be of the type " + type.name().toLowerCase(java.util.Locale.ROOT));
            }
        }
        return Optional.empty();
    }

    private Optional<Problem> required() {
        var request = new RunRequest(body);
        if (request.query().isBlank() && request.attachments().isEmpty()) {
            return problem("user_query", "must be a text that isn't empty");
        }
        return request.text("session_id")
                .filter(id -> !SESSION_ID.matcher(id).matches())
                .map(_ ->
                        new Problem(
                                "session_id",
                                "may have up to 128 letters, digits, and '.', '_', '~', '-'"));
    }

    private Optional<Problem> agent() {
        String alias = new RunRequest(body).alias();
        if (alias.isBlank()) {
            return problem("model_alias", "must name a model, see GET /v1/models");
        }
        Optional<AgentSettings> agent = world.agent(alias);
        return agent.isEmpty()
                ? problem("model_alias", "there is no model \"" + alias + "\"; see GET /v1/models")
                : agent.get().problem().flatMap(why -> problem("model_alias", why));
    }

    private Optional<Problem> pattern() {
        String name = patternName();
        Optional<String> version = new RunRequest(body).text("pattern_version");
        Optional<Plugin<PatternScript>> found =
                version.isPresent() ? world.pattern(name, version.get()) : world.pattern(name);
        if (found.isEmpty()) {
            boolean known = world.pattern(name).isPresent();
            return known
                    ? problem(
                            "pattern_version",
                            "the pattern \"" + name + "\" has no version " + version.orElse(""))
                    : problem(
                            "reasoning_mode",
                            "there is no pattern \""
                                    + name
                                    + "\"; there are "
                                    + String.join(", ", world.patterns()));
        }
        PatternScript script = found.get().value();
        return params(script).or(() -> requires(script));
    }

    /** The request's pattern, else the agent's. */
    String patternName() {
        var request = new RunRequest(body);
        return request.text("reasoning_mode")
                .or(() -> world.agent(request.alias()).map(AgentSettings::pattern))
                .orElse("");
    }

    private Optional<Problem> params(PatternScript script) {
        return script.params()
                .map(schema -> new SchemaCheck(schema).problem(new RunRequest(body).params()))
                .filter(text -> !text.isEmpty())
                .map(text ->
                        new Problem(
                                "params", "do not fit the pattern " + script.name() + ": " + text));
    }

    private Optional<Problem> requires(PatternScript script) {
        Set<String> names = toolNames();
        for (JsonNode needed : script.manifest().path("requires")) {
            if (!names.contains(needed.asText())) {
                return problem(
                        "reasoning_mode",
                        "the pattern "
                                + script.name()
                                + " needs the tool \""
                                + needed.asText()
                                + "\", which isn't there; there are "
                                + String.join(", ", names));
            }
        }
        return Optional.empty();
    }

    private Optional<Problem> tools() {
        Set<String> names = toolNames();
        return new RunRequest(body)
                .tools().orElse(List.of()).stream()
                        .filter(name -> !names.contains(name))
                        .findFirst()
                        .flatMap(name ->
                                problem(
                                        "tools",
                                        "there is no tool \""
                                                + name
                                                + "\"; there are "
                                                + String.join(", ", names)));
    }

    private Set<String> toolNames() {
        return world.tools().stream()
                .map(ToolInfo::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Optional<Problem> limits() {
        for (Map.Entry<String, JsonNode> limit : new RunRequest(body).limits().properties()) {
            String param = "limits." + limit.getKey();
            if (!LIMITS.contains(limit.getKey())) {
                return problem(param, "isn't a limit; there are " + String.join(", ", LIMITS));
            }
            if (!limit.getValue().canConvertToLong() || limit.getValue().asLong() < 1) {
                return problem(param, "must be a whole number from 1");
            }
        }
        return Optional.empty();
    }

    private static Optional<Problem> problem(String param, String message) {
        return Optional.of(new Problem(param, message));
    }
}
