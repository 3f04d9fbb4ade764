package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.redis.JournalIndex.Entry;
import io.magicproxy.store.redis.JournalIndex.Scored;
import io.magicproxy.store.redis.SessionSlot.Place;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Removes sessions with those that their runs began: first itself, in one step, then the others,
 * then what the index says of them. Several may be at it at once.
 */
final class SessionRemoval {
    private static final Logger LOG = System.getLogger(SessionRemoval.class.getName());
    private static final int PAGE = 200;
    private static final String WHENEVER = "";

    private final SessionSlot slot;
    private final JournalIndex index;
    private final KeptBytes kept;

    /** A session and its runs. */
    private record Family(String order, boolean isOpen, Instant changed, List<String> runs) {}

    SessionRemoval(SessionSlot slot, JournalIndex index, KeptBytes kept) {
        this.slot = slot;
        this.index = index;
        this.kept = kept;
    }

    /**
     * Removes a session.
     *
     * @param changedBy only if nothing of it has changed since then
     * @return false if that isn't so, if a run is open, or if it isn't known
     */
    boolean delete(String sessionId, Optional<Instant> changedBy) throws StoreException {
        Map<String, Family> doomed = doomed(sessionId);
        for (Family family : doomed.values()) {
            if (family.isOpen() || changedBy.filter(family.changed()::isAfter).isPresent()) {
                return false;
            }
        }
        boolean removed = false;
        for (Map.Entry<String, Family> one : doomed.entrySet()) {
            removed |= remove(one.getKey(), one.getValue().order(), changedBy);
            if (!removed) {
                return false;
            }
        }
        return removed;
    }

    /** The session comes first. */
    private Map<String, Family> doomed(String sessionId) throws StoreException {
        Map<String, Family> doomed = new LinkedHashMap<>();
        Deque<String> left = new ArrayDeque<>(List.of(sessionId));
        while (!left.isEmpty()) {
            String next = left.remove();
            Optional<Family> family = family(next);
            if (family.isPresent() && doomed.putIfAbsent(next, family.get()) == null) {
                for (String child : index.children(family.get().runs())) {
                    if (isChild(child, family.get().runs())) {
                        left.add(child);
                    }
                }
            }
        }
        return doomed;
    }

    private Optional<Family> family(String sessionId) throws StoreException {
        List<String> told = slot.ask("family", sessionId);
        return told.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Family(
                                told.get(3),
                                !told.get(1).isEmpty(),
                                Times.instant(told.get(2)),
                                told.subList(4, told.size())));
    }

    /** Its first run was begun by one of these. */
    private boolean isChild(String sessionId, List<String> parents) throws StoreException {
        Optional<Family> child = family(sessionId);
        return child.isPresent()
                && slot.stored(new Place(child.get().runs().getFirst(), sessionId))
                        .flatMap(StoredRun::parent)
                        .filter(parent -> parents.contains(parent.runId()))
                        .isPresent();
    }

    private boolean remove(String sessionId, String order, Optional<Instant> changedBy)
            throws StoreException {
        Optional<Scored> known = index.session(sessionId);
        List<String> told =
                slot.ask("delete", sessionId, changedBy.map(Times::text).orElse(WHENEVER), order);
        if (!told.getFirst().equals("deleted")) {
            return false;
        }
        Map<String, List<String>> namesByRun = new HashMap<>();
        for (int i = 1; i < told.size(); ) {
            int names = Integer.parseInt(told.get(i + 1));
            namesByRun.put(told.get(i), told.subList(i + 2, i + 2 + names));
            i += 2 + names;
        }
        // The session is gone, whatever becomes of what it leaves: see expire().
        index.drop(List.copyOf(namesByRun.keySet()));
        try {
            kept.leave(namesByRun);
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "what {0} kept stays a while: {1}", sessionId, e.getMessage());
        }
        if (known.isPresent()) {
            index.dropSession(known.get());
        }
        return true;
    }

    /** Removes the sessions in which nothing has changed since then; returns how many. */
    int expire(Instant before) throws StoreException {
        if (before.isBefore(Instant.EPOCH)) {
            return 0;
        }
        int removed = 0;
        int stay = 0;
        for (List<Scored> page = index.oldest(before, stay, PAGE);
                !page.isEmpty();
                page = index.oldest(before, stay, PAGE)) {
            for (Scored session : page) {
                boolean deleted = delete(session.name(), Optional.of(before));
                removed += deleted ? 1 : 0;
                stay += deleted || moves(session, before) ? 0 : 1;
            }
        }
        dropEnded(before);
        kept.expire(before);
        return removed;
    }

    /** Whether the entry goes to another place in the index, or from it. */
    private boolean moves(Scored session, Instant before) throws StoreException {
        Optional<Family> family = family(session.name());
        if (family.isEmpty()) {
            index.dropSession(session);
            return true;
        }
        if (Times.micros(family.get().changed()) > Times.micros(before)) {
            index.mend(session, family.get().changed());
            return true;
        }
        return false;
    }

    /** Of runs that somebody removed who died before he could tell the index. */
    private void dropEnded(Instant before) throws StoreException {
        int stay = 0;
        for (List<Entry> page = index.endedRuns(before, stay, PAGE);
                !page.isEmpty();
                page = index.endedRuns(before, stay, PAGE)) {
            List<Optional<StoredRun>> runs = slot.stored(page.stream().map(Entry::place).toList());
            List<String> gone = new ArrayList<>();
            for (int i = 0; i < page.size(); i++) {
                if (runs.get(i).isEmpty()) {
                    gone.add(page.get(i).runId());
                }
            }
            stay += page.size() - gone.size();
            if (!gone.isEmpty()) {
                index.drop(gone);
            }
        }
    }
}
