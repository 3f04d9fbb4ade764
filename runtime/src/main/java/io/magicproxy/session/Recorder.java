package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The journal's entries of one run: finds what is recorded for a call, and records what is new. A
 * call that isn't the recorded one ends the run: its pattern is not the same every time.
 */
final class Recorder {
    private final RunLog log;
    private final Ledger ledger;
    private final Set<String> inherited;
    private Sequencer sequencer;
    private Optional<LastFailure> lastFailure = Optional.empty();
    private Instant consumed;

    /** The failed entry that the pattern was last told of. */
    private record LastFailure(String path, CallFailed told) {}

    /**
     * What a call is.
     *
     * @param target whom it calls
     */
    record Call(CallPath path, String kind, String target, JsonNode request) {
        String hash() {
            ObjectNode all = Json.object().put("kind", kind).put("target", target);
            all.set("request", request);
            return Trees.hash(all);
        }
    }

    /**
     * @param inherited paths of entries that come from the run that was forked: their results are
     *     used whatever the request says now
     */
    Recorder(RunLog log, Ledger ledger, Set<String> inherited) {
        this.log = log;
        this.ledger = ledger;
        this.inherited = inherited;
        this.sequencer = begin();
        this.consumed = log.now();
    }

    /**
     * The pattern begins, perhaps again: it is given all that is recorded now, in its order. Calls
     * that were under way when it broke off are given to it when they end.
     */
    final Sequencer begin() {
        synchronized (log) {
            sequencer = new Sequencer(log.recordedOrder(), inherited.isEmpty());
            return sequencer;
        }
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
        consume(entry.at());
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

    /**
     * What was to be done at this place. The pattern gets no result of it, so its clock doesn't go
     * on by it.
     */
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
        log.record(entry(call, intent, false, log.now()), events);
    }

    void succeeded(Call call, JsonNode result, List<EventDraft> events) throws CallFailed {
        record(call, result, false, events);
    }

    /** Records why there is no result, unless the run is over anyway. */
    CallFailed failed(Call call, CallFailed why, List<EventDraft> events) throws CallFailed {
        if (why.ended()) {
            return why;
        }
        record(
                call,
                Json.object().put("code", why.code()).put("message", why.text()),
                true,
                events);
        return remember(call.path(), why);
    }

    /** The path of the entry whose error this is. */
    synchronized Optional<String> pathOf(CallFailed error) {
        return lastFailure.filter(last -> last.told() == error).map(LastFailure::path);
    }

    /** The path of the last failed entry, if its error has this code. */
    synchronized Optional<String> pathOf(@Nullable String code) {
        return lastFailure.filter(last -> last.told().code().equals(code)).map(LastFailure::path);
    }

    /** What the guest's clock shows: the time of the last result that was used. */
    synchronized Instant time() {
        return consumed;
    }

    private void record(Call call, JsonNode result, boolean failed, List<EventDraft> events)
            throws CallFailed {
        Instant now = log.now();
        synchronized (log) {
            log.record(entry(call, result, failed, now), events);
            sequencer.recorded(call.path().text());
        }
        consume(now);
    }

    private EntryRecord entry(Call call, JsonNode result, boolean failed, Instant now) {
        return new EntryRecord(
                call.path().text(),
                call.kind(),
                call.target(),
                call.hash(),
                ledger.step(),
                failed,
                Json.text(result),
                now);
    }

    private synchronized void consume(Instant at) {
        if (at.isAfter(consumed)) {
            consumed = at;
        }
    }

    private CallFailed failure(CallPath path, JsonNode result) {
        return remember(
                path, CallFailed.of(result.path("code").asText(), result.path("message").asText()));
    }

    private synchronized CallFailed remember(CallPath path, CallFailed why) {
        lastFailure = Optional.of(new LastFailure(path.text(), why));
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
