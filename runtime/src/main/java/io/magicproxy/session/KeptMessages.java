package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.EntryRecord;
import java.util.HashSet;
import java.util.Set;

/**
 * Requests to models, for the journal. Each call repeats most messages of the one before it: a
 * message is stored once, by its hash.
 */
final class KeptMessages {
    private static final String REQUEST = "request";
    private static final String MESSAGES = "messages";

    private final Journal journal;
    private final RunLog log;

    /** Hashes of what the run has stored. */
    private final Set<String> kept = new HashSet<>();

    KeptMessages(Journal journal, RunLog log) {
        this.journal = journal;
        this.log = log;
        for (EntryRecord entry : log.recordedOrder()) {
            if (entry.kind().equals("model")) {
                Trees.read(entry.resultJson())
                        .path(REQUEST)
                        .path(MESSAGES)
                        .forEach(hash -> kept.add(hash.asText()));
            }
        }
    }

    /** Adds to a call's result what was asked, with hashes in place of the messages. */
    synchronized void addRequest(ObjectNode result, ObjectNode request) throws CallFailed {
        ObjectNode asked = request.deepCopy();
        ArrayNode hashes = asked.putArray(MESSAGES);
        for (JsonNode message : request.path(MESSAGES)) {
            hashes.add(hash(Json.bytes(message)));
        }
        result.set(REQUEST, asked);
    }

    private String hash(byte[] message) throws CallFailed {
        String hash = Trees.sha256(message);
        if (!kept.contains(hash)) {
            log.grow(message.length);
            try {
                kept.add(journal.keep(message));
            } catch (StoreException e) {
                throw log.stopWith("store", String.valueOf(e.getMessage()));
            }
        }
        return hash;
    }
}
