package io.magicproxy.cache;

import io.magicproxy.chat.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes one answer down. Whatever comes of it is told once; what comes later is not. */
final class Recording {
    private final long maxBytes;
    private final Instant since;
    private final Consumer<Landing> told;
    private final List<byte[]> pieces = new ArrayList<>(1);
    private long bytes;
    private boolean over;

    Recording(long maxBytes, Instant since, Consumer<Landing> told) {
        this.maxBytes = maxBytes;
        this.since = since;
        this.told = told;
    }

    /** False if it is too large by now, or over. */
    boolean add(byte[] buffer, int offset, int length) {
        bytes += length;
        if (bytes > maxBytes) {
            unfit();
        }
        if (!over) {
            byte[] piece = new byte[length];
            System.arraycopy(buffer, offset, piece, 0, length);
            pieces.add(piece);
        }
        return !over;
    }

    List<byte[]> pieces() {
        return pieces;
    }

    /** All of it has come, and may be given again. */
    void complete(Optional<Usage> usage, List<String> notes) {
        if (!over) {
            tell(new Landing.Landed(new StoredAnswer(since, usage, notes, List.copyOf(pieces))));
        }
    }

    /** It has failed, or can't be given again. */
    void unfit() {
        tell(new Landing.Lost());
    }

    /** Nobody waits for its end any more. */
    void left() {
        tell(new Landing.Left());
    }

    private void tell(Landing landing) {
        if (!over) {
            over = true;
            pieces.clear();
            told.accept(landing);
        }
    }
}
