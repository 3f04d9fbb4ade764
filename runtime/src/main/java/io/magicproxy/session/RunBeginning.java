package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.PatternInput;
import io.magicproxy.pattern.PatternInput.Instructions;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.plugin.Plugin;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.session.Ledger.Limits;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Pins a run when its first worker begins, and finds the pin again for later ones. */
final class RunBeginning {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Journal journal;
    private final SessionWorld world;

    RunBeginning(Journal journal, SessionWorld world) {
        this.journal = journal;
        this.world = world;
    }

    /**
     * @param ack the first event, also before what a fork takes over
     */
    RunPin pin(RunRecord run, RunLog log, Function<RunPin.Script, EventDraft> ack)
            throws CallFailed, StoreException {
        Optional<EntryRecord> known = log.recorded(RunPin.PATH);
        if (known.isPresent()) {
            return RunPin.fromJson(Trees.read(known.get().resultJson()));
        }
        var request = new RunRequest(Trees.object(Trees.read(run.requestJson())));
        Optional<ForkedPart> fork =
                request.fork().isPresent()
                        ? Optional.of(ForkedPart.of(journal, request.fork().get()))
                        : Optional.empty();
        RunPin pin = first(run, request, fork, log);
        List<EntryRecord> entries = new ArrayList<>();
        entries.add(
                new EntryRecord(
                        RunPin.PATH,
                        RunPin.KIND,
                        run.pattern(),
                        pin.script().bundle(),
                        0,
                        false,
                        Json.text(pin.toJson()),
                        log.now()));
        fork.ifPresent(part -> entries.addAll(part.entries()));
        List<EventDraft> events = new ArrayList<>();
        events.add(ack.apply(pin.script()));
        fork.ifPresent(part -> events.addAll(part.events()));
        log.begin(entries, events);
        return pin;
    }

    /** The pinned version of the pattern. */
    PatternScript script(RunPin pin) throws CallFailed, StoreException {
        RunPin.Script pinned = pin.script();
        Optional<byte[]> sources = journal.kept(pinned.bundle());
        Optional<PatternScript> script =
                sources.isEmpty()
                        ? Optional.empty()
                        : world.pinned(
                                pinned.pattern(),
                                ScriptBundle.fromJson(
                                        Trees.read(
                                                new String(
                                                        sources.get(), StandardCharsets.UTF_8))));
        return script.map(found ->
                        new PatternScript(
                                found.name(), found.bundle(), pinned.structure(), found.manifest()))
                .orElseThrow(() ->
                        CallFailed.of(
                                "unknown_pattern",
                                "the version of the pattern "
                                        + pinned.pattern()
                                        + " that this run began with can't be loaded any more; fork the run"));
    }

    private RunPin first(RunRecord run, RunRequest request, Optional<ForkedPart> fork, RunLog log)
            throws CallFailed, StoreException {
        AgentSettings settings =
                world.agent(request.alias())
                        .orElseThrow(() ->
                                CallFailed.of(
                                        "unknown_model",
                                        "there is no model \"" + request.alias() + "\" any more"));
        if (settings.problem().isPresent()) {
            throw CallFailed.of("agent_unusable", settings.problem().get());
        }
        Plugin<PatternScript> plugin = plugin(run.pattern(), request.text("pattern_version"));
        String bundle =
                journal.keep(Json.text(plugin.bundle().toJson()).getBytes(StandardCharsets.UTF_8));
        Limits limits = limits(limits(settings), plugin.value().limits(), request.limits());
        PatternInput before = fork.map(part -> part.pin().input()).orElse(null);
        var input =
                new PatternInput(
                        Sessions.bare(run.sessionId()),
                        request.alias(),
                        request.query(),
                        before == null ? history(run, request) : before.history(),
                        request.attachments(),
                        request.params(),
                        new Instructions(
                                request.text("client_system_instruction").orElse(""),
                                request.clientManifests(),
                                settings.systemPrompt(),
                                settings.manifests()),
                        tools(settings, request),
                        limits.steps(),
                        request.options(),
                        request.finalOptions(),
                        before == null ? RANDOM.nextLong() : before.seed(),
                        before == null ? log.now() : before.time());
        return new RunPin(
                new RunPin.Script(
                        run.pattern(), plugin.version(), bundle, plugin.value().structure()),
                input,
                limits,
                fork.map(ForkedPart::paths).orElse(Set.<String>of()));
    }

    private Plugin<PatternScript> plugin(String name, Optional<String> version) throws CallFailed {
        Optional<Plugin<PatternScript>> found =
                version.isPresent() ? world.pattern(name, version.get()) : world.pattern(name);
        return found.orElseThrow(() ->
                CallFailed.of(
                        "unknown_pattern",
                        "there is no pattern \""
                                + name
                                + "\""
                                + version.map(v -> " of the version " + v).orElse("")
                                + " any more"));
    }

    /** The tools that both the agent and the caller allow. */
    private List<ToolInfo> tools(AgentSettings settings, RunRequest request) {
        return world.tools().stream()
                .filter(tool -> settings.tools().map(t -> t.contains(tool.name())).orElse(true))
                .filter(tool -> request.tools().map(t -> t.contains(tool.name())).orElse(true))
                .toList();
    }

    private static Limits limits(AgentSettings settings) {
        return new Limits(settings.maxSteps(), settings.maxTokens(), settings.maxTime());
    }

    /** The pattern and the caller may ask for less than the agent's limits, not for more. */
    private static Limits limits(Limits agent, JsonNode... asked) {
        Limits least = agent;
        for (JsonNode one : asked) {
            least =
                    new Limits(
                            (int)
                                    Math.min(
                                            least.steps(),
                                            one.path("max_steps").asLong(Long.MAX_VALUE)),
                            Math.min(
                                    least.tokens(),
                                    one.path("max_tokens_total").asLong(Long.MAX_VALUE)),
                            Duration.ofSeconds(
                                    Math.min(
                                            least.time().toSeconds(),
                                            one.path("max_seconds").asLong(Long.MAX_VALUE))));
        }
        return least;
    }

    /** What earlier runs of the session asked and answered, and what the caller sent. */
    private ArrayNode history(RunRecord run, RunRequest request) throws StoreException {
        ArrayNode all = Json.object().arrayNode();
        for (RunRecord earlier : journal.runs(run.sessionId())) {
            if (earlier.number() < run.number()
                    && earlier.state() == RunState.ANSWERED
                    && !ContentDrop.isDropped(earlier)) {
                var asked = new RunRequest(Trees.object(Trees.read(earlier.requestJson())));
                all.add(message("user", asked.query()));
                all.add(
                        message(
                                "assistant",
                                Trees.read(earlier.resultJson()).path("text").asText()));
            }
        }
        return all.addAll(request.history());
    }

    private static ObjectNode message(String role, String content) {
        return Json.object().put("role", role).put("content", content);
    }
}
