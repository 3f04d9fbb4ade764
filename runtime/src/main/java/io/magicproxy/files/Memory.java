package io.magicproxy.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.store.SavedFiles.Kind;
import io.magicproxy.store.SavedFiles.Place;
import io.magicproxy.store.SavedFiles.Position;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this gateway remembers of the shared files, through restarts: how far it has read, what it
 * has not told the others yet, and what it could not write.
 */
final class Memory {
    private static final Logger LOG = System.getLogger(Memory.class.getName());
    private static final String READ = "files/read";
    private static final String UNTOLD = "files/untold/";
    private static final String UNWRITTEN = "files/unwritten/";

    private final SharedState store;
    private final Map<Place, Optional<String>> untold = new ConcurrentHashMap<>();
    private final Map<Place, String> unwritten = Collections.synchronizedMap(new LinkedHashMap<>());
    private volatile Read read = new Read(Position.none(), 0);

    /**
     * How far it has read.
     *
     * @param since the number of the latest save when this memory began: what is older was saved
     *     before this gateway's files were put here, as far as it knows
     */
    record Read(Position upTo, long since) {}

    /**
     * @param store this gateway's own
     */
    Memory(SharedState store) {
        this.store = store;
        try {
            store.get(READ).flatMap(Memory::read).ifPresent(known -> read = known);
            store.list(UNTOLD)
                    .forEach((name, replaced) ->
                            place(name, UNTOLD)
                                    .ifPresent(place ->
                                            untold.put(
                                                    place,
                                                    Optional.of(replaced)
                                                            .filter(v -> !v.isEmpty()))));
            store.list(UNWRITTEN)
                    .forEach((name, why) ->
                            place(name, UNWRITTEN).ifPresent(place -> unwritten.put(place, why)));
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "what was read of shared files is forgotten", e);
        }
    }

    private static Optional<Read> read(String text) {
        try {
            JsonNode json = Json.read(text);
            return Optional.of(
                    new Read(
                            new Position(
                                    json.path("epoch").asText(),
                                    json.path("seq").asLong(),
                                    json.path("id").asText()),
                            json.path("since").asLong()));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static Optional<Place> place(String name, String prefix) {
        String shown = name.substring(prefix.length());
        for (Kind kind : Kind.values()) {
            if (shown.startsWith(kind.wire() + "/")) {
                return Optional.of(new Place(kind, shown.substring(kind.wire().length() + 1)));
            }
        }
        return Optional.empty();
    }

    Read read() {
        return read;
    }

    void read(Position upTo) {
        read(new Read(upTo, read.since()));
    }

    void read(Read now) {
        read = now;
        Position upTo = now.upTo();
        keep(
                READ,
                Json.text(
                        Json.object()
                                .put("epoch", upTo.epoch())
                                .put("seq", upTo.seq())
                                .put("id", upTo.id())
                                .put("since", now.since())));
    }

    /** Saved here, and the others don't know; with the version from before the first such save. */
    Map<Place, Optional<String>> untold() {
        return Map.copyOf(untold);
    }

    void untold(Place place, Optional<String> replaced) {
        if (untold.putIfAbsent(place, replaced) == null) {
            keep(UNTOLD + place.shown(), replaced.orElse(""));
        }
    }

    void told(Place place) {
        if (untold.remove(place) != null) {
            forget(UNTOLD + place.shown());
        }
    }

    /** Saved elsewhere, and could not be written here; with the reason. */
    Map<Place, String> unwritten() {
        synchronized (unwritten) {
            return new LinkedHashMap<>(unwritten);
        }
    }

    /** Says whether that is news. */
    boolean unwritten(Place place, String why) {
        boolean news = !why.equals(unwritten.put(place, why));
        if (news) {
            keep(UNWRITTEN + place.shown(), why);
        }
        return news;
    }

    void written(Place place) {
        if (unwritten.remove(place) != null) {
            forget(UNWRITTEN + place.shown());
        }
    }

    /** What can't be kept is remembered until a restart. */
    private void keep(String name, String value) {
        try {
            store.put(name, value, Optional.empty());
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "{0} can''t be kept: {1}", name, e.getMessage());
        }
    }

    private void forget(String name) {
        try {
            store.remove(name);
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "{0} can''t be forgotten: {1}", name, e.getMessage());
        }
    }
}
