package io.magicproxy.cache;

import java.util.Optional;

/** How a request gets its answer from a profile. */
public sealed interface Passage<T> {
    /** It is known. */
    record Known<T>(T answer) implements Passage<T> {}

    /**
     * The profile must be asked, and one of the methods be called when it has been.
     *
     * @param use what the answer's caller is told
     * @param recording absent if nothing is to be remembered
     */
    record Ask<T>(CacheUse use, AnswerKind<T> kind, Optional<Recording> recording)
            implements Passage<T> {
        /** The answer as it is to be given to the caller. */
        public T answered(T live) {
            return recording.isPresent() ? kind.takenDown(live, recording.get()) : live;
        }

        /** The caller has gone. */
        public void left() {
            recording.ifPresent(Recording::left);
        }

        /** No answer. */
        public void failed() {
            recording.ifPresent(Recording::unfit);
        }
    }
}
