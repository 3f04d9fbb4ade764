package io.magicproxy.routing;

import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.RateLimits;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose first output has come. What came before is held back until then, so that nobody
 * has seen a false start.
 */
final class StartedStream implements ChatStream {
    /** Lifecycle frames are small; more than this before any output is no stream of an answer. */
    private static final int MAX_HELD_BYTES = 4 * 1024 * 1024;

    private final ChatStream source;
    private final Hold hold;
    private @Nullable Frames held;
    private boolean ended;

    private StartedStream(ChatStream source, Hold hold, Beginning beginning) {
        this.source = source;
        this.hold = hold;
        this.held = beginning.held.orElse(null);
        this.ended = beginning.ended;
    }

    /**
     * What came up to the first output.
     *
     * @param ended without any; an answer without a word is an answer
     */
    private record Beginning(Optional<Frames> held, boolean ended) {}

    /** Waits for the first output; closes the stream if that fails. */
    static ChatStream begin(ChatStream source, Hold hold) throws ProviderException {
        long start = System.nanoTime();
        try {
            Beginning beginning = firstOutput(source);
            hold.watch().firstOutput(Duration.ofNanos(System.nanoTime() - start));
            return new StartedStream(source, hold, beginning);
        } catch (ProviderException | RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    private static Beginning firstOutput(ChatStream source) throws ProviderException {
        var before = new ByteArrayOutputStream(0);
        for (Optional<Frames> next = source.next(); next.isPresent(); next = source.next()) {
            Frames frames = next.get();
            if (frames.output() && before.size() == 0) {
                return new Beginning(next, false);
            }
            before.write(frames.buffer(), frames.offset(), frames.length());
            if (frames.output()) {
                return new Beginning(Optional.of(frames(before, true)), false);
            }
            if (before.size() > MAX_HELD_BYTES) {
                throw new ProviderException(
                        ProviderFailure.of(
                                FailureClass.UNKNOWN,
                                "the provider's stream never begins to answer"));
            }
        }
        return new Beginning(
                before.size() == 0 ? Optional.empty() : Optional.of(frames(before, false)), true);
    }

    private static Frames frames(ByteArrayOutputStream held, boolean output) {
        return new Frames(held.toByteArray(), 0, held.size(), output);
    }

    @Override
    public Optional<Frames> next() throws ProviderException {
        Frames first = held;
        if (first != null) {
            held = null;
            hold.watch().frames(first);
            return Optional.of(first);
        }
        if (ended) {
            return Optional.empty();
        }
        try {
            Optional<Frames> next = source.next();
            ended = next.isEmpty();
            next.ifPresent(hold.watch()::frames);
            return next;
        } catch (ProviderException e) {
            hold.failed(e.failure(), true);
            throw e;
        }
    }

    @Override
    public Optional<Usage> usage() {
        return source.usage();
    }

    @Override
    public long tokensSeen() {
        return source.tokensSeen();
    }

    @Override
    public RateLimits limits() {
        return source.limits();
    }

    @Override
    public List<String> notes() {
        return source.notes();
    }

    @Override
    public void close() {
        if (ended) {
            hold.succeeded();
        } else {
            hold.watch().givenUp();
        }
        hold.watch().used(source.usage());
        try {
            source.close();
        } finally {
            hold.close();
        }
    }
}
