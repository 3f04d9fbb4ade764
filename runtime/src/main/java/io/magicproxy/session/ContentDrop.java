package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.Forgetting;
import io.magicproxy.store.session.Journal.RunRecord;
import java.util.List;
import java.util.Set;

/**
 * What is left of a run once its content is dropped: who asked which agent, when, in which steps,
 * by which calls, at what cost. Nothing that people, models or tools have said.
 */
public final class ContentDrop implements Forgetting {
    private static final String DROPPED = "dropped";

    private static final List<String> OF_REQUESTS =
            List.of(
                    "model_alias",
                    "reasoning_mode",
                    "pattern_version",
                    "session_id",
                    "tools",
                    "limits",
                    "fork",
                    "stream");

    private static final List<String> OF_PAYLOADS =
            List.of(
                    "step",
                    "call",
                    "tool_name",
                    "duration_ms",
                    "name",
                    "code",
                    "resumable",
                    "usage",
                    "cost",
                    "steps",
                    "model_calls",
                    "finish_reason",
                    "profile",
                    "provider",
                    "attempts",
                    "fallbacks",
                    "latency_ms");

    /** They hold nothing that anybody said. */
    private static final Set<String> HARMLESS = Set.of(Events.WORKER_ACK, Events.RETRACTED);

    static boolean isDropped(RunRecord run) {
        return Trees.read(run.requestJson()).path(DROPPED).asBoolean(false);
    }

    static boolean isDropped(EntryRecord entry) {
        return Trees.read(entry.resultJson()).path(DROPPED).asBoolean(false);
    }

    @Override
    public String request(String json) {
        return kept(OF_REQUESTS, json);
    }

    @Override
    public String result(String json) {
        return kept(OF_PAYLOADS, json);
    }

    @Override
    public String event(String type, String json) {
        return HARMLESS.contains(type) ? json : kept(OF_PAYLOADS, json);
    }

    @Override
    public String entry(String json) {
        return kept(List.of(), json);
    }

    private static String kept(List<String> names, String json) {
        ObjectNode left = Json.object();
        JsonNode all = Trees.read(json);
        names.stream().filter(all::has).forEach(name -> left.set(name, all.get(name)));
        return Json.text(left.put(DROPPED, true));
    }
}
