package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.redis.JournalIndex.Scored;
import io.magicproxy.store.redis.SessionSlot.Listed;
import io.magicproxy.store.session.Journal.SessionFilter;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lists sessions by their last change. The index knows that nearly; here the true times are read,
 * and so many sessions that none can come before those that are given.
 */
final class SessionListing {
    private static final Comparator<Listed> LATEST_FIRST =
            Comparator.<Listed, Instant>comparing(listed -> listed.session().changedAt())
                    .thenComparingLong(Listed::order)
                    .reversed();

    /** How far the index may be behind, with clocks that differ a little. */
    private static final Duration SLACK = JournalIndex.TOUCH.multipliedBy(2);

    /** The session of an entry so young may be about to come. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private static final int MIN_PAGE = 50;
    private static final int MAX_PAGE = 500;

    private final SessionSlot slot;
    private final JournalIndex index;
    private final InstantSource clock;

    SessionListing(SessionSlot slot, JournalIndex index, InstantSource clock) {
        this.slot = slot;
        this.index = index;
        this.clock = clock;
    }

    List<SessionRecord> sessions(SessionFilter filter) throws StoreException {
        String from = filter.since().map(t -> Times.score(t.minus(SLACK))).orElse("-inf");
        String to = filter.before().map(t -> Times.score(t.plus(SLACK))).orElse("+inf");
        int size = Math.clamp(filter.max(), MIN_PAGE, MAX_PAGE);
        Set<String> seen = new HashSet<>();
        List<Listed> found = new ArrayList<>();
        List<Scored> page = index.latest(filter.owner(), from, to, 0, size);
        int offset = 0;
        while (!page.isEmpty()) {
            page.removeIf(scored -> !seen.add(scored.name()));
            add(page, filter, found);
            found.sort(LATEST_FIRST);
            offset += size;
            page =
                    isComplete(found, filter.max(), page)
                            ? List.of()
                            : index.latest(filter.owner(), from, to, offset, size);
        }
        return found.stream().limit(filter.max()).map(Listed::session).toList();
    }

    private void add(List<Scored> page, SessionFilter filter, List<Listed> found)
            throws StoreException {
        List<Optional<Listed>> all = slot.listed(page.stream().map(Scored::name).toList());
        for (int i = 0; i < page.size(); i++) {
            if (all.get(i).isEmpty()) {
                dropStale(page.get(i));
            } else {
                Listed listed = all.get(i).get();
                mend(page.get(i), listed.session());
                if (matches(listed.session(), filter)) {
                    found.add(listed);
                }
            }
        }
    }

    private void dropStale(Scored scored) throws StoreException {
        if (scored.score() < Times.micros(clock.instant().minus(YOUNG))) {
            index.dropSession(scored);
        }
    }

    /** Who announced a change has died before it, if that was long ago. */
    private void mend(Scored scored, SessionRecord session) throws StoreException {
        long changed = Times.micros(session.changedAt());
        if (changed < scored.score()
                && scored.score() < Times.micros(clock.instant().minus(YOUNG))) {
            index.mend(scored, session.changedAt());
        }
    }

    /** Whether those that come later in the index can't change what is given. */
    private static boolean isComplete(List<Listed> found, int max, List<Scored> page) {
        if (found.size() < max) {
            return false;
        }
        if (max == 0) {
            return true;
        }
        long last = Times.micros(found.get(max - 1).session().changedAt());
        return !page.isEmpty() && page.getLast().score() + SLACK.toMillis() * 1_000 < last;
    }

    private static boolean matches(SessionRecord session, SessionFilter filter) {
        return filter.owner().filter(o -> !o.equals(session.owner())).isEmpty()
                && filter.alias().filter(a -> !a.equals(session.alias())).isEmpty()
                && filter.pattern().filter(p -> !p.equals(session.pattern())).isEmpty()
                && filter.state().filter(s -> s != session.state()).isEmpty()
                && filter.since().filter(session.changedAt()::isBefore).isEmpty()
                && filter.before().filter(b -> !session.changedAt().isBefore(b)).isEmpty();
    }
}
