package io.magicproxy.session;

import io.magicproxy.chat.ChatClient.ChatFailedException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * What {@link Models} say to one question.
 *
 * @param parts of the text, as they stream
 * @param hold waited for before the part with the number {@code holdAt}
 * @param slow whether a moment passes after each part
 * @param failure instead of the end
 */
record Answer(
        List<String> parts,
        Optional<CountDownLatch> hold,
        int holdAt,
        boolean slow,
        Optional<ChatFailedException> failure) {
    static Answer text(String... parts) {
        return new Answer(List.of(parts), Optional.empty(), 0, false, Optional.empty());
    }

    /** A moment after each part. */
    Answer slowly() {
        return new Answer(parts, hold, holdAt, true, failure);
    }

    /** Fails before a word was said. */
    static Answer failure(String code) {
        return new Answer(
                List.of(),
                Optional.empty(),
                0,
                false,
                Optional.of(new ChatFailedException(code, "the model said no", false)));
    }

    /** Breaks off after these parts. */
    Answer cut() {
        return new Answer(
                parts,
                hold,
                holdAt,
                slow,
                Optional.of(new ChatFailedException("provider_transient", "it broke off", true)));
    }

    /** Says so many parts, and the rest when the latch is down. */
    Answer heldAfter(int count, CountDownLatch latch) {
        return new Answer(parts, Optional.of(latch), count, slow, failure);
    }

    /** Says nothing before the latch is down. */
    Answer held(CountDownLatch latch) {
        return heldAfter(0, latch);
    }
}
