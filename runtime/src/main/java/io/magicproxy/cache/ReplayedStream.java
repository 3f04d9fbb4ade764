package io.magicproxy.cache;

import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** A stream given again, event for event. */
final class ReplayedStream implements ChatStream {
    private final StoredAnswer answer;
    private final Iterator<byte[]> left;

    ReplayedStream(StoredAnswer answer) {
        this.answer = answer;
        this.left = answer.pieces().iterator();
    }

    @Override
    public Optional<Frames> next() {
        if (!left.hasNext()) {
            return Optional.empty();
        }
        byte[] piece = left.next();
        return Optional.of(new Frames(piece, 0, piece.length, true));
    }

    @Override
    public Optional<Usage> usage() {
        return answer.usage();
    }

    /** Nobody pays for it. */
    @Override
    public long tokensSeen() {
        return 0;
    }

    @Override
    public List<String> notes() {
        return answer.notes();
    }

    @Override
    public void close() {}
}
