package io.magicproxy.session;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;

/**
 * Makes the shared scratch as it was when the last worker died: of the changes of a run and of the
 * agents that it called. Those of an agent that has answered would never be made again.
 */
final class ScratchHistory {
    private final Journal journal;
    private final SharedScratch scratch = new SharedScratch();

    private ScratchHistory(Journal journal) {
        this.journal = journal;
    }

    static SharedScratch of(Journal journal, String runId) throws StoreException {
        var history = new ScratchHistory(journal);
        history.take(runId);
        return history.scratch;
    }

    private void take(String runId) throws StoreException {
        for (EntryRecord entry : journal.entries(runId)) {
            if (entry.kind().equals("state") && !entry.failed()) {
                scratch.restore(Trees.read(entry.resultJson()));
            }
        }
        for (EventRecord event : journal.eventsOf(runId)) {
            if (event.key().startsWith(Events.NESTED)) {
                take(Trees.read(event.payloadJson()).at("/data/run_id").asText());
            }
        }
    }
}
