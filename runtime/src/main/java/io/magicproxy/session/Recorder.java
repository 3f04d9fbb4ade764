package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The journal's entries of one run: finds what is recorded for a call, and records what is new. A
 * call that isn't the recorded one ends the run: its pattern is not the same every time.
 */
final class Recorder {
    private final RunLog log;
    private final Ledger ledger;
    private final Set<String> inherited;
    private final FlushTimer timer;
    private final ToldFailures failures = new ToldFailures();
    private Sequencer sequencer;

    /**
     * What a call is.
     *
     * @param target whom it calls
     * @param hash of all of it
     */
    record Call(CallPath path, String kind, String target, String hash) {
        /** Of the request as it is now, whatever becomes of it when the call is made. */
        Call(CallPath path, String kind, String target, JsonNode request) {
            this(path, kind, target, hash(kind, target, request));
        }

        private static String hash(String kind, String target, JsonNode request) {
            ObjectNode all = Json.object().put("kind", kind).put("target", target);
            all.set("request", request);
            return Trees.hash(all);
        }
    }

    /**
     * @param inherited paths of entries that come from the run that was forked: their results are
     *     used whatever the request says now
     */
    Recorder(RunLog log, Ledger ledger, Set<String> inherited, FlushTimer timer) {
        this.log = log;
        this.ledger = ledger;
        this.inherited = inherited;
        this.timer = timer;
        this.sequencer = begin();
    }

    /**
     * The pattern begins, perhaps again: it is given all that is recorded now, in its order. Calls
     * that were under way when it broke off are given to it when they end.
     */
    final Sequencer begin() {
        synchronized (log) {
            failures.begin();
            List<EntryRecord> order = log.recordedOrder();
            sequencer = inherited.isEmpty() ? new Sequencer(order) : new Sequencer(order, timer);
            return sequencer;
        }
    }

    ToldFailures failures() {
        return failures;
    }

    /** The recorded result of the call, if there is one. */
    Optional<JsonNode> known(Call call) throws CallFailed {
        log.check();
        Optional<EntryRecord> found = log.recorded(call.path().text());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        EntryRecord entry = found.get();
        checkSame(entry, call);
        if (!entry.hash().equals(call.hash())) {
            log.tell(Events.requestChanged(call.path()));
        }
        JsonNode result = Trees.read(entry.resultJson());
        if (entry.failed()) {
            throw failure(call.path(), result);
        }
        return Optional.of(result);
    }

    private void checkSame(EntryRecord entry, Call call) throws CallFailed {
        if (!matches(entry, call)) {
            CallFailed why = diverged(entry, call);
            log.stop(why);
            throw why;
        }
    }

    /** What was to be done at this place; the pattern sees nothing of it. */
    Optional<JsonNode> intent(Call call) throws CallFailed {
        log.check();
        Optional<EntryRecord> found = log.recorded(call.path().text());
        if (found.isPresent()) {
            checkSame(found.get(), call);
        }
        return found.map(entry -> Trees.read(entry.resultJson()));
    }

    /** Records what is to be done, before it is. */
    void intend(Call call, JsonNode intent, List<EventDraft> events) throws CallFailed {
        synchronized (log) {
            log.record(entry(call, intent, false), events);
        }
    }

    void succeeded(Call call, JsonNode result, List<EventDraft> events) throws CallFailed {
        record(call, result, false, events);
    }

    /** Records why there is no result, unless the run is over anyway. */
    CallFailed failed(Call call, CallFailed why, List<EventDraft> events) throws CallFailed {
        if (why.ended()) {
            return why;
        }
        ObjectNode error = Json.object().put("code", why.code()).put("message", why.text());
        record(call, error, true, events);
        failures.add(call.path().text(), why);
        return why;
    }

    /**
     * What a resume asks for anew, when this call's error ended the run: the call, and what failed
     * inside of it. Of calls side by side those are all that failed, of calls in a row the last.
     */
    List<String> toDrop(String path) {
        List<String> all = new ArrayList<>(List.of(path));
        log.recorded(path + "/0")
                .filter(entry -> entry.kind().equals(ToolCalls.INTENT))
                .ifPresent(intent -> all.add(intent.path()));
        List<EntryRecord> parts =
                log.recordedOrder().stream()
                        .filter(entry -> entry.failed() && isPart(entry.path(), path))
                        .toList();
        boolean together =
                log.recorded(path).filter(entry -> entry.kind().equals("parallel")).isPresent();
        if (together) {
            parts.forEach(part -> all.addAll(toDrop(part.path())));
        } else if (!parts.isEmpty() && sameError(parts.getLast(), path)) {
            all.addAll(toDrop(parts.getLast().path()));
        }
        return all;
    }

    private static boolean isPart(String path, String of) {
        return path.startsWith(of + "/") && path.indexOf('/', of.length() + 1) < 0;
    }

    /** A tool that failed in the built-in loop need not be what ended it. */
    private boolean sameError(EntryRecord part, String whole) {
        return log.recorded(whole)
                .filter(entry -> entry.resultJson().equals(part.resultJson()))
                .isPresent();
    }

    /** What the guest's clock shows with the result of that call. */
    Instant time(String path) {
        return log.recorded(path).map(EntryRecord::at).orElseGet(log::next);
    }

    private void record(Call call, JsonNode result, boolean failed, List<EventDraft> events)
            throws CallFailed {
        synchronized (log) {
            log.record(entry(call, result, failed), events);
            sequencer.recorded(call.path().text());
        }
    }

    private EntryRecord entry(Call call, JsonNode result, boolean failed) {
        return new EntryRecord(
                call.path().text(),
                call.kind(),
                call.target(),
                call.hash(),
                ledger.step(),
                failed,
                Json.text(result),
                log.next());
    }

    private CallFailed failure(CallPath path, JsonNode result) {
        CallFailed why =
                CallFailed.of(result.path("code").asText(), result.path("message").asText());
        failures.add(path.text(), why);
        return why;
    }

    private boolean matches(EntryRecord entry, Call call) {
        return entry.kind().equals(call.kind())
                && (inherited.contains(entry.path())
                        || (entry.target().equals(call.target())
                                && entry.hash().equals(call.hash())));
    }

    private static CallFailed diverged(EntryRecord entry, Call call) {
        String what =
                entry.kind().equals(call.kind()) && entry.target().equals(call.target())
                        ? "the same with another request"
                        : call.kind() + " " + call.target();
        return CallFailed.ended(
                "diverged",
                "call "
                        + entry.path()
                        + " was recorded as "
                        + entry.kind()
                        + " "
                        + entry.target()
                        + ", and the pattern now makes "
                        + what
                        + ": its calls must depend on nothing but its input and earlier results");
    }
}
