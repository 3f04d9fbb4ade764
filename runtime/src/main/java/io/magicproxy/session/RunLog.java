package io.magicproxy.session;

import io.magicproxy.pattern.CallFailed;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.Appended;
import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunEnd;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One worker's hold on a run's journal: what is recorded, and the only way to write more. */
final class RunLog {
    private final Journal journal;
    private final String runId;
    private final long epoch;
    private final InstantSource clock;
    private final WorkClock work;
    private final FlushTimer timer;
    private final RunRules rules;
    private final Map<String, EntryRecord> recorded = new HashMap<>();
    private final List<EntryRecord> order = new ArrayList<>();
    private final Told told = new Told();
    private final Texts texts = new Texts();

    private long size;
    private Instant latest = Instant.MIN;
    private boolean flushDue;
    private Optional<CallFailed> stopped = Optional.empty();
    private Runnable onStop = () -> {};

    RunLog(RunEnvironment environment, String runId, long epoch, WorkClock work)
            throws StoreException {
        this.journal = environment.journal();
        this.runId = runId;
        this.epoch = epoch;
        this.clock = environment.clock();
        this.work = work;
        this.timer = environment.timer();
        this.rules = environment.rules();
        for (EntryRecord entry : journal.entries(runId)) {
            keep(entry);
        }
        for (EventRecord event : journal.eventsOf(runId)) {
            told.remember(event);
            size += bytes(event.payloadJson());
        }
    }

    long epoch() {
        return epoch;
    }

    Instant now() {
        return clock.instant();
    }

    /**
     * The time of the next entry: never before the last one's, whatever the machine's clock does.
     */
    synchronized Instant next() {
        Instant now = clock.instant();
        return now.isBefore(latest) ? latest : now;
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
        size += bytes(entry.resultJson());
        latest = entry.at().isAfter(latest) ? entry.at() : latest;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    synchronized Optional<EntryRecord> recorded(String path) {
        return Optional.ofNullable(recorded.get(path));
    }

    synchronized boolean said(String key) {
        return told.contains(key);
    }

    /** The first event that showed a part of this call's answer, if one did. */
    synchronized Optional<Long> shown(String call) {
        return told.shown(call);
    }

    /** The numbers of the steps that watchers know, by the keys of their events. */
    synchronized Map<String, Integer> steps() {
        return told.steps();
    }

    /** Whether watchers have seen text of the answer. */
    synchronized boolean answerShown() {
        return told.answerShown();
    }

    synchronized void check() throws CallFailed {
        if (stopped.isPresent()) {
            throw stopped.get();
        }
    }

    /** Asks the journal whether this worker still has the run. */
    synchronized void confirm() throws CallFailed {
        check();
        append(new Batch(List.of(), List.of(), work.lap(), Optional.empty()));
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
        int more = bytes(entry.resultJson());
        if (more > rules.maxResult()) {
            throw stopWith(
                    "journal_limit",
                    "the result of call %s has %d bytes; a result may have %d"
                            .formatted(entry.path(), more, rules.maxResult()));
        }
        List<EventDraft> all = new ArrayList<>(texts.takeBefore(entry.path()));
        all.addAll(events);
        write(List.of(entry), all);
    }

    /** Records all at once, before the pattern begins. */
    synchronized void begin(List<EntryRecord> entries, List<EventDraft> events) throws CallFailed {
        write(entries, events);
    }

    /** Tells the watchers, unless they have been told. */
    synchronized void tell(EventDraft event) throws CallFailed {
        if (told.add(event.key())) {
            List<EventDraft> all = new ArrayList<>(texts.takeBefore(Told.path(event.key())));
            all.add(event);
            write(List.of(), all);
        }
    }

    /** Ends the run. */
    synchronized void end(List<EventDraft> events, RunEnd end) throws CallFailed {
        List<EventDraft> all = texts.takeAll();
        all.addAll(events);
        append(new Batch(List.of(), all, work.lap(), Optional.of(end)));
    }

    /** More text; it may wait a moment for what follows. */
    synchronized void text(Texts.Stream stream, int n, String text) throws CallFailed {
        check();
        if (stream.call().isEmpty() && !told.add(stream.key() + "#" + n)) {
            return;
        }
        texts.add(stream, n, text);
        if (texts.isDue(stream)) {
            write(List.of(), texts.takeBefore(stream.path()));
        }
        flushLater();
    }

    private void flushLater() {
        if (!texts.isEmpty() && !flushDue) {
            flushDue = true;
            timer.after(Texts.PACE, this::flushDue);
        }
    }

    private synchronized void flushDue() {
        flushDue = false;
        flush(texts.takeDue());
        if (stopped.isEmpty()) {
            flushLater();
        }
    }

    /** Tells of all texts that wait. */
    synchronized void flush() {
        flush(texts.takeAll());
    }

    private void flush(List<EventDraft> due) {
        try {
            write(List.of(), due);
        } catch (CallFailed e) {
            // stop() has been told, and the pattern's next call will be.
        }
    }

    private void write(List<EntryRecord> entries, List<EventDraft> events) throws CallFailed {
        check();
        if (entries.isEmpty() && events.isEmpty()) {
            return;
        }
        checkSize(entries, events);
        long last = append(new Batch(entries, events, work.lap(), Optional.empty()));
        entries.forEach(this::keep);
        long seq = last - events.size();
        for (EventDraft event : events) {
            told.remember(event.key(), event.type(), ++seq);
        }
    }

    private void checkSize(List<EntryRecord> entries, List<EventDraft> events) throws CallFailed {
        long more = 0;
        for (EntryRecord entry : entries) {
            more += bytes(entry.resultJson());
        }
        long told = 0;
        for (EventDraft event : events) {
            told += bytes(event.payloadJson());
        }
        checkSize(more + told);
        size += told;
    }

    private void checkSize(long more) throws CallFailed {
        if (size + more > rules.maxJournal()) {
            throw stopWith(
                    "journal_limit",
                    "the run's journal has %d bytes, with what comes now %d; a run may have %d"
                            .formatted(size, size + more, rules.maxJournal()));
        }
    }

    /** Counts what is stored elsewhere for this run. */
    synchronized void grow(long bytes) throws CallFailed {
        checkSize(bytes);
        size += bytes;
    }

    /** Returns the number of the session's last event. */
    private long append(Batch batch) throws CallFailed {
        try {
            return switch (journal.append(runId, epoch, batch)) {
                case Appended.Done(long lastSeq) -> lastSeq;
                case Appended.Fenced _ -> throw stopWith("fenced", "another worker has the run");
                case Appended.Cancelled _ -> throw stopWith("cancelled", "the run was cancelled");
            };
        } catch (StoreException e) {
            throw stopWith("store", String.valueOf(e.getMessage()));
        }
    }

    /** Ends this worker's part, and says so. */
    CallFailed stopWith(String code, String message) {
        CallFailed why = CallFailed.ended(code, message);
        stop(why);
        return why;
    }
}
