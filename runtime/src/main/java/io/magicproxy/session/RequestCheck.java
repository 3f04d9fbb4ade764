package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.plugin.Plugin;
import io.magicproxy.tool.SchemaCheck;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
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

    /** The path of the stream of several sessions. */
    private static final String TAKEN = "events";

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
                    Map.entry("stream", JsonNodeType.BOOLEAN));

    /** Ours, never a caller's. */
    private static final String FORK = "fork";

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
                .or(() -> new ContentCheck(body).problem())
                .or(this::agent)
                .or(this::pattern)
                .or(this::tools)
                .or(this::limits);
    }

    private Optional<Problem> fields() {
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            String name = field.getKey();
            if (name.equals(FORK)) {
                continue;
            }
            JsonNodeType type = FIELDS.get(name);
            if (type == null) {
                return problem(
                        name,
                        "isn't a field of a session" + meant(name, new TreeSet<>(FIELDS.keySet())));
            }
            if (field.getValue().getNodeType() != type && !field.getValue().isNull()) {
                return problem(name, "must be of the type " + type.name().toLowerCase(Locale.ROOT));
            }
        }
        return Optional.empty();
    }

    private Optional<Problem> required() {
        var request = new RunRequest(body);
        if (request.query().isBlank() && request.attachments().isEmpty()) {
            return problem("user_query", "must be a text that isn't empty");
        }
        Optional<String> id = request.text("session_id");
        if (id.isPresent() && !SESSION_ID.matcher(id.get()).matches()) {
            return problem(
                    "session_id", "may have up to 128 letters, digits, and '.', '_', '~', '-'");
        }
        return id.isPresent() && id.get().equals(TAKEN)
                ? problem("session_id", "\"" + TAKEN + "\" is taken; choose another")
                : Optional.empty();
    }

    private Optional<Problem> agent() {
        String alias = new RunRequest(body).alias();
        if (alias.isBlank()) {
            return problem("model_alias", "must name a model; GET /v1/models lists them");
        }
        Optional<AgentSettings> agent = world.agent(alias);
        return agent.isEmpty()
                ? problem(
                        "model_alias",
                        "there is no chat model \""
                                + alias
                                + "\""
                                + DidYouMean.nearest(alias, world.aliases())
                                        .map(near -> "; did you mean \"" + near + "\"?")
                                        .orElse("; GET /v1/models lists them"))
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
                                    + "\""
                                    + meant(name, world.patterns())
                                    + " (GET /admin/patterns tells of files that don't load)");
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

    /** Of the tools that the run will have: the agent and the caller may have left some out. */
    private Optional<Problem> requires(PatternScript script) {
        Set<String> there = allTools();
        Set<String> allowed = toolNames();
        new RunRequest(body).tools().ifPresent(allowed::retainAll);
        return script.requires().stream()
                .filter(needed -> !allowed.contains(needed))
                .findFirst()
                .flatMap(needed ->
                        problem(
                                "reasoning_mode",
                                "the pattern "
                                        + script.name()
                                        + " needs the tool \""
                                        + needed
                                        + "\", which "
                                        + (there.contains(needed)
                                                ? "the agent's or the request's list of tools leaves out"
                                                : "isn't there")
                                        + meant(needed, allowed)));
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
                                        "this agent has no tool \""
                                                + name
                                                + "\""
                                                + meant(name, names)));
    }

    /** Those that the agent may use. */
    private Set<String> toolNames() {
        Optional<List<String>> allowed =
                world.agent(new RunRequest(body).alias()).flatMap(AgentSettings::tools);
        Set<String> names = allTools();
        allowed.ifPresent(names::retainAll);
        return names;
    }

    private Set<String> allTools() {
        return world.tools().stream()
                .map(ToolInfo::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Optional<Problem> limits() {
        for (Map.Entry<String, JsonNode> limit : new RunRequest(body).limits().properties()) {
            String param = "limits." + limit.getKey();
            if (!LIMITS.contains(limit.getKey())) {
                return problem(param, "isn't a limit" + meant(limit.getKey(), LIMITS));
            }
            if (!wholeFromOne(limit.getValue())) {
                return problem(param, "must be a whole number from 1");
            }
        }
        return Optional.empty();
    }

    /** The name that was surely meant, or all there are. */
    private static String meant(String name, Collection<String> known) {
        return DidYouMean.nearest(name, known)
                .map(near -> "; did you mean \"" + near + "\"?")
                .orElseGet(() ->
                        known.isEmpty()
                                ? "; there are none"
                                : "; there are " + String.join(", ", known));
    }

    private static boolean wholeFromOne(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= 1;
    }

    static Optional<Problem> problem(String param, String message) {
        return Optional.of(new Problem(param, message));
    }
}
