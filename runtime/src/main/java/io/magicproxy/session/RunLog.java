package io.magicproxy.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.Appended;
import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunEnd;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One worker's hold on a run's journal: what is recorded, and the only way to write more. Short
 * texts that follow each other closely become one event.
 */
final class RunLog {
    /** At most 20 events a second for a stream of text. */
    private static final Duration PACE = Duration.ofMillis(50);

    private static final int MAX_DELTA_CHARS = 8 * 1024;
    private static final int MAX_RESULT_CHARS = 1024 * 1024;
    private static final int MAX_RUN_CHARS = 64 * 1024 * 1024;

    private final Journal journal;
    private final String runId;
    private final long epoch;
    private final InstantSource clock;
    private final WorkClock work;
    private final FlushTimer timer;
    private final Map<String, EntryRecord> recorded = new HashMap<>();
    private final List<EntryRecord> order = new ArrayList<>();
    private final Map<String, Long> shown = new HashMap<>();
    private final Set<String> said = new HashSet<>();

    /** The calls, or "" for the pattern itself, that text of the answer was shown of. */
    private final Set<String> answers = new HashSet<>();

    private int size;
    private @Nullable Delta pending;
    private Instant lastFlush = Instant.EPOCH;
    private boolean flushDue;
    private long lastSeq;
    private Optional<CallFailed> stopped = Optional.empty();
    private Runnable onStop = () -> {};

    /** Text on its way to the watchers. */
    private static final class Delta {
        final Said saying;
        final int from;
        int to;
        final StringBuilder text;

        Delta(Said saying, int n, String text) {
            this.saying = saying;
            this.from = n;
            this.to = n;
            this.text = new StringBuilder(text);
        }
    }

    /**
     * What a text belongs to.
     *
     * @param key in which texts are numbered
     * @param call whose answer it is; "" for none
     */
    record Said(String type, String key, String call) {}

    RunLog(
            Journal journal,
            String runId,
            long epoch,
            InstantSource clock,
            WorkClock work,
            FlushTimer timer)
            throws StoreException {
        this.journal = journal;
        this.runId = runId;
        this.epoch = epoch;
        this.clock = clock;
        this.work = work;
        this.timer = timer;
        for (EntryRecord entry : journal.entries(runId)) {
            keep(entry);
        }
        for (EventRecord event : journal.eventsOf(runId)) {
            remember(event);
        }
    }

    long epoch() {
        return epoch;
    }

    Instant now() {
        return clock.instant();
    }

    /** Is run once, when the run may not be written any more. */
    synchronized void onStop(Runnable action) {
        onStop = action;
    }

    /** What is recorded, in its order. */
    synchronized List<EntryRecord> recordedOrder() {
        return List.copyOf(order);
    }

    private void keep(EntryRecord entry) {
        order.add(entry);
        recorded.put(entry.path(), entry);
        size += entry.resultJson().length();
    }

    synchronized Optional<EntryRecord> recorded(String path) {
        return Optional.ofNullable(recorded.get(path));
    }

    synchronized boolean said(String key) {
        return said.contains(key);
    }

    /** The first event that showed a part of this call's answer, if one did. */
    synchronized Optional<Long> shown(String call) {
        return Optional.ofNullable(shown.get(call));
    }

    synchronized void check() throws CallFailed {
        if (stopped.isPresent()) {
            throw stopped.get();
        }
    }

    /** Ends this worker's part: nothing more is written. */
    synchronized void stop(CallFailed why) {
        if (stopped.isEmpty()) {
            stopped = Optional.of(why);
            onStop.run();
        }
    }

    synchronized Optional<CallFailed> stopped() {
        return stopped;
    }

    /** Records a result, and what is to be told with it. */
    synchronized void record(EntryRecord entry, List<EventDraft> events) throws CallFailed {
        int more = entry.resultJson().length();
        if (more > MAX_RESULT_CHARS || size + more > MAX_RUN_CHARS) {
            throw stopWith(
                    "journal_limit",
                    "the result of call "
                            + entry.path()
                            + " has "
                            + more
                            + " characters, the run's journal "
                            + size
                            + "; a result may have "
                            + MAX_RESULT_CHARS
                            + ", a run "
                            + MAX_RUN_CHARS);
        }
        write(List.of(entry), events, Optional.empty());
        keep(entry);
    }

    /** Records all at once, before the pattern begins. */
    synchronized void begin(List<EntryRecord> entries, List<EventDraft> events) throws CallFailed {
        write(entries, events, Optional.empty());
        entries.forEach(this::keep);
        events.forEach(event -> remember(event.key(), event.type(), lastSeq));
    }

    /** Whether watchers have seen text of the answer. */
    synchronized boolean answerShown() {
        return !answers.isEmpty();
    }

    synchronized void tell(EventDraft event) throws CallFailed {
        if (said.add(event.key())) {
            write(List.of(), List.of(event), Optional.empty());
        }
    }

    /** Ends the run. */
    synchronized void end(List<EventDraft> events, RunEnd end) throws CallFailed {
        write(List.of(), events, Optional.of(end));
    }

    /** More text; it may wait a moment for what follows. */
    synchronized void text(Said saying, int n, String text) throws CallFailed {
        check();
        Delta before = pending;
        if (before != null
                && before.saying.equals(saying)
                && before.to == n - 1
                && before.text.length() < MAX_DELTA_CHARS) {
            before.to = n;
            before.text.append(text);
        } else {
            if (before != null) {
                write(List.of(), List.of(), Optional.empty());
            }
            pending = new Delta(saying, n, text);
        }
        if (Duration.between(lastFlush, clock.instant()).compareTo(PACE) >= 0) {
            write(List.of(), List.of(), Optional.empty());
        } else if (!flushDue) {
            flushDue = true;
            timer.after(PACE, this::flush);
        }
    }

    synchronized void flush() {
        flushDue = false;
        try {
            if (pending != null && stopped.isEmpty()) {
                write(List.of(), List.of(), Optional.empty());
            }
        } catch (CallFailed e) {
            // stop() has been told, and the pattern's next call will be.
        }
    }

    private void write(List<EntryRecord> entries, List<EventDraft> events, Optional<RunEnd> end)
            throws CallFailed {
        if (end.isEmpty()) {
            check();
        }
        List<EventDraft> all = new ArrayList<>();
        Delta delta = pending;
        if (delta != null) {
            pending = null;
            lastFlush = clock.instant();
            all.add(draft(delta));
        }
        all.addAll(events);
        if (entries.isEmpty() && all.isEmpty() && end.isEmpty()) {
            return;
        }
        Appended appended = append(new Batch(entries, all, work.lap(), end));
        switch (appended) {
            case Appended.Done done -> {
                lastSeq = done.lastSeq();
                if (delta != null && !delta.saying.call().isEmpty()) {
                    shown.putIfAbsent(delta.saying.call(), lastSeq - all.size() + 1);
                }
                if (delta != null && delta.saying.type().equals(Events.ANSWER)) {
                    answers.add(delta.saying.call());
                }
            }
            case Appended.Fenced _ -> throw stopWith("fenced", "another worker has the run");
            case Appended.Cancelled _ -> throw stopWith("cancelled", "the run was cancelled");
        }
    }

    private Appended append(Batch batch) throws CallFailed {
        try {
            return journal.append(runId, epoch, batch);
        } catch (StoreException e) {
            throw stopWith("store", String.valueOf(e.getMessage()));
        }
    }

    private CallFailed stopWith(String code, String message) {
        CallFailed why = CallFailed.ended(code, message);
        stop(why);
        return why;
    }

    private static EventDraft draft(Delta delta) {
        ObjectNode payload = Json.object();
        String text = delta.text.toString();
        payload.put("text", text).put("char", text);
        if (!delta.saying.call().isEmpty()) {
            payload.put("call", delta.saying.call());
        }
        String key = delta.saying.key() + "#" + delta.from + "-" + delta.to;
        return new EventDraft(delta.saying.type(), Json.text(payload), key);
    }

    /** Takes in what an earlier worker has told. */
    private void remember(EventRecord event) {
        remember(event.key(), event.type(), event.seq());
    }

    private void remember(String key, String type, long seq) {
        said.add(key);
        lastSeq = Math.max(lastSeq, seq);
        int range = key.lastIndexOf('#');
        int dash = key.lastIndexOf('-');
        if (range > 0 && dash > range) {
            String base = key.substring(0, range);
            int from = Integer.parseInt(key, range + 1, dash, 10);
            int to = Integer.parseInt(key, dash + 1, key.length(), 10);
            for (int n = from; n <= to; n++) {
                said.add(base + "#" + n);
            }
        }
        if (key.startsWith("c:")) {
            shown.putIfAbsent(key.substring(2, key.indexOf('@')), seq);
        } else if (key.startsWith("r:")) {
            retracted(key.substring(2, key.indexOf('@')));
        }
        if (type.equals(Events.ANSWER)) {
            answers.add(key.startsWith("c:") ? key.substring(2, key.indexOf('@')) : "");
        }
    }

    /** After a call's shown text was retracted. */
    synchronized void retracted(String call) {
        shown.remove(call);
        answers.remove(call);
    }
}
