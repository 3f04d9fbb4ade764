package io.magicproxy.cache;

import io.magicproxy.chat.Usage;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.RateLimits;
import java.util.List;
import java.util.Optional;

/** A stream that is taken down while its caller reads it. */
final class RecordedStream implements ChatStream {
    private final ChatStream live;
    private final Recording recording;

    RecordedStream(ChatStream live, Recording recording) {
        this.live = live;
        this.recording = recording;
    }

    @Override
    public Optional<Frames> next() throws ProviderException {
        try {
            Optional<Frames> next = live.next();
            if (next.isPresent()) {
                var _ =
                        recording.add(
                                next.get().buffer(), next.get().offset(), next.get().length());
            } else if (Completeness.stream(recording.pieces())) {
                recording.complete(live.usage(), live.notes());
            } else {
                recording.unfit();
            }
            return next;
        } catch (CallCancelledException e) {
            recording.left();
            throw e;
        } catch (ProviderException | RuntimeException e) {
            recording.unfit();
            throw e;
        }
    }

    @Override
    public Optional<Usage> usage() {
        return live.usage();
    }

    @Override
    public long tokensSeen() {
        return live.tokensSeen();
    }

    @Override
    public RateLimits limits() {
        return live.limits();
    }

    @Override
    public List<String> notes() {
        return live.notes();
    }

    @Override
    public void close() {
        try {
            live.close();
        } finally {
            recording.left();
        }
    }
}
