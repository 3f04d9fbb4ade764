package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.session.RunRequest.Fork;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a fork takes over: another run's results from before a step, and what its watchers saw until
 * then.
 */
record ForkedPart(RunPin pin, List<EntryRecord> entries, List<EventDraft> events) {
    /** A run that was resumed has ended before. */
    private static final Set<String> OF_ITS_WORKERS =
            Set.of(Events.WORKER_ACK, Events.ERROR, Events.CANCELLED);

    static ForkedPart of(Journal journal, Fork fork) throws CallFailed, StoreException {
        List<EventRecord> seen = journal.eventsOf(fork.runId());
        List<EntryRecord> all = journal.entries(fork.runId());
        EntryRecord pin =
                all.stream()
                        .filter(entry -> entry.path().equals(RunPin.PATH))
                        .filter(entry -> !ContentDrop.isDropped(entry))
                        .findFirst()
                        .orElseThrow(() ->
                                CallFailed.of(
                                        "unknown_run",
                                        "the run to fork from is gone, or never began"));
        List<EntryRecord> entries =
                all.stream()
                        .filter(entry -> !entry.path().equals(RunPin.PATH))
                        .filter(entry -> entry.step() < fork.fromStep())
                        // A call that has no result is the fork's own to make.
                        .filter(entry -> !entry.kind().equals(ToolCalls.INTENT))
                        .toList();
        List<EventRecord> before = before(seen, fork);
        before.removeIf(event -> isOfOther(event, paths(entries)));
        return new ForkedPart(
                RunPin.fromJson(Trees.read(pin.resultJson())),
                entries,
                before.stream()
                        .map(event ->
                                new EventDraft(event.type(), event.payloadJson(), event.key()))
                        .toList());
    }

    Set<String> paths() {
        return paths(entries);
    }

    private static Set<String> paths(List<EntryRecord> entries) {
        return entries.stream().map(EntryRecord::path).collect(Collectors.toSet());
    }

    /** About a call that the fork makes itself. */
    private static boolean isOfOther(EventRecord event, Set<String> taken) {
        return event.key().contains(":")
                && !event.key().startsWith(Told.SAYING)
                && !taken.contains(Told.path(event.key()));
    }

    private static List<EventRecord> before(List<EventRecord> seen, Fork fork) {
        List<EventRecord> until = new ArrayList<>();
        for (EventRecord event : seen) {
            JsonNode payload = Trees.read(event.payloadJson());
            if (event.type().equals(Events.STEP)
                    && payload.path("step").asInt() >= fork.fromStep()) {
                break;
            }
            if (event.type().equals(Events.RETRACTED)) {
                drop(until, payload.path("call").asText());
            } else if (!OF_ITS_WORKERS.contains(event.type())) {
                until.add(event);
            }
        }
        return until;
    }

    /** Text that was taken back isn't shown again. */
    private static void drop(List<EventRecord> until, String call) {
        until.removeIf(event -> event.key().startsWith(Told.CALL + call + "@"));
    }
}
