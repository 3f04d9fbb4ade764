package io.magicproxy.server.sessions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.session.Events;
import io.magicproxy.session.Sessions;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A session as it is recorded: its runs, and of one of them the steps and a page of the journal.
 */
final class SessionView {
    static final Set<String> PARAMETERS = Set.of("run", "after", "limit");

    private static final int PAGE = 500;

    private final Sessions sessions;
    private final SessionRecord session;

    SessionView(Sessions sessions, SessionRecord session) {
        this.sessions = sessions;
        this.session = session;
    }

    ObjectNode json(ListQuery query) throws StoreException {
        List<RunRecord> runs = sessions.runs(session.sessionId());
        RunRecord chosen = chosen(runs, query.number("run"));
        ObjectNode json = SessionJson.session(session);
        ArrayNode all = json.putArray("run_list");
        runs.forEach(run -> all.add(SessionJson.run(run)));
        steps(json, (ObjectNode) all.get(runs.indexOf(chosen)), chosen);
        journal(json, chosen, query);
        return json;
    }

    private static RunRecord chosen(List<RunRecord> runs, Optional<Long> number) {
        if (number.isEmpty()) {
            return runs.getLast();
        }
        return runs.stream()
                .filter(run -> run.number() == number.get())
                .findFirst()
                .orElseThrow(() ->
                        new ApiException(
                                ApiError.of(
                                                404,
                                                "invalid_request_error",
                                                "run_not_found",
                                                "the session has no run "
                                                        + number.get()
                                                        + "; its runs are 1 to "
                                                        + runs.size())
                                        .param("run")));
    }

    /** Page by page: a long run's events need not be in memory together. */
    private void steps(ObjectNode json, ObjectNode run, RunRecord chosen) throws StoreException {
        ArrayNode steps = json.putArray("steps");
        long after = 0;
        for (List<EventRecord> page = page(after); !page.isEmpty(); page = page(after)) {
            for (EventRecord event : page) {
                if (event.run() == chosen.number()) {
                    take(event, steps, run);
                }
            }
            after = page.getLast().seq();
            if (page.getLast().run() > chosen.number()) {
                return;
            }
        }
    }

    private List<EventRecord> page(long after) throws StoreException {
        return sessions.events(session.sessionId(), after, PAGE);
    }

    private static void take(EventRecord event, ArrayNode steps, ObjectNode run) {
        switch (event.type()) {
            case Events.STEP -> steps.add(SessionJson.step(event));
            case Events.WORKER_ACK ->
                    run.set(
                            "pattern_version",
                            SessionJson.read(event.payloadJson()).path("pattern_version"));
            default -> {
                // Told in the event stream.
            }
        }
    }

    private void journal(ObjectNode json, RunRecord run, ListQuery query) throws StoreException {
        List<EntryRecord> entries = sessions.entries(run.runId());
        int from = (int) Math.min(query.number("after").orElse(0L), entries.size());
        int to = Math.min(from + query.limit(), entries.size());
        ObjectNode journal = json.putObject("journal").put("run", run.number());
        ArrayNode page = journal.putArray("entries");
        for (EntryRecord entry : entries.subList(from, to)) {
            page.add(withMessages(SessionJson.entry(entry)));
        }
        journal.put("total", entries.size()).put("next_after", to < entries.size() ? to : null);
    }

    /** The journal names the messages of a request by their hashes. */
    private ObjectNode withMessages(ObjectNode entry) throws StoreException {
        if (entry.at("/result/request/messages") instanceof ArrayNode hashes) {
            for (int i = 0; i < hashes.size(); i++) {
                Optional<JsonNode> message = sessions.kept(hashes.get(i).asText());
                if (message.isPresent()) {
                    hashes.set(i, message.get());
                }
            }
        }
        return entry;
    }
}
