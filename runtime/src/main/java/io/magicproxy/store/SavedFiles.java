package io.magicproxy.store;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The files that were saved by hand, in the order in which that happened, for all gateways that use
 * the same store. Of each file there is its latest save.
 */
public interface SavedFiles {
    /** What a file is for; each gateway knows where it keeps such files. */
    enum Kind {
        PATTERN,
        TOOL,
        PROMPT,
        MANIFEST,
        CONFIG;

        /** As it is written down. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A file.
     *
     * @param path in the folder of its kind, with slashes
     */
    record Place(Kind kind, String path) {
        /** For people and for names. */
        public String shown() {
            return kind.wire() + "/" + path;
        }
    }

    /** A text and the hash by which it is known. */
    record Content(String text, String version) {}

    /**
     * A wish to save.
     *
     * @param replaced the version that the file had; absent if there was none
     * @param content absent: it is deleted
     */
    record Change(Place place, Optional<String> replaced, Optional<Content> content) {}

    /**
     * How far somebody has read.
     *
     * @param epoch names the store's memory: with another one, no number means anything
     * @param id of the save with that number; a store that has lost some may give the number again
     */
    record Position(String epoch, long seq, String id) {
        public static Position none() {
            return new Position("", 0, "");
        }
    }

    /**
     * A file as it was saved last.
     *
     * @param content absent: it was deleted
     * @param earlier versions that it had before, the newest 50
     */
    record Save(
            Place place, long seq, Optional<Content> content, Set<String> earlier, Instant at) {}

    /** What came of a wish. */
    sealed interface Outcome {
        /** All is saved; the last has this number. */
        record Done(long seq) implements Outcome {}

        /** Nothing is: somebody else has saved this file, and the caller had not read that. */
        record Stale(Place place) implements Outcome {}
    }

    /** What there is to read. */
    sealed interface News {
        record Nothing() implements News {}

        /**
         * The store doesn't know that position: begin anew.
         *
         * @param from before all saves
         * @param head the number of the latest save
         */
        record Anew(Position from, long head) implements News {}

        /**
         * The oldest first.
         *
         * @param upTo where to read on
         */
        record Some(List<Save> saves, Position upTo) implements News {}
    }

    /**
     * Saves all or nothing.
     *
     * @param known how far the caller has read: what it knows, it may replace
     */
    Outcome save(List<Change> changes, Position known) throws StoreException;

    /**
     * What was saved after that, at most so many. Cheap if there is nothing.
     *
     * @param limit of one answer
     */
    News after(Position position, int limit) throws StoreException;

    /** A file as it was saved last. */
    Optional<Save> latest(Place place) throws StoreException;
}
