package io.magicproxy.sandbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * Contexts that are made ahead, one for each kind that was asked for lately: the next run needn't
 * wait for its own.
 */
final class SpareContexts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SpareContexts.class.getName());

    /** Each costs 2 MiB. */
    private static final int KINDS = 2;

    private final Function<Kind, GuestContext> opening;
    private final ExecutorService maker =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("spare-contexts").factory());

    // Guarded by this. The eldest kind is the one that wasn't asked for for the longest time.
    private final Map<Kind, Optional<GuestContext>> spares = new LinkedHashMap<>();
    private boolean closed;

    /** What cannot be changed once a context is made. */
    record Kind(long statements, int stackFrames) {
        static Kind of(SandboxLimits limits) {
            return new Kind(limits.statements(), limits.stackFrames());
        }
    }

    SpareContexts(Function<Kind, GuestContext> opening) {
        this.opening = opening;
    }

    /** The spare one if there is one, otherwise a new one. Another is made for the next. */
    GuestContext take(Kind kind) {
        Optional<GuestContext> spare;
        List<GuestContext> unwanted = new ArrayList<>();
        synchronized (this) {
            spare = Optional.ofNullable(spares.remove(kind)).flatMap(it -> it);
            if (!closed) {
                spares.put(kind, Optional.empty());
            }
            if (spares.size() > KINDS) {
                var eldest = spares.entrySet().iterator();
                eldest.next().getValue().ifPresent(unwanted::add);
                eldest.remove();
            }
        }
        try {
            maker.execute(() -> make(kind, unwanted));
        } catch (RejectedExecutionException e) {
            close(unwanted); // The engine is being closed.
        }
        return spare.orElseGet(() -> opening.apply(kind));
    }

    private void make(Kind kind, List<GuestContext> unwanted) {
        close(unwanted);
        if (!wanted(kind)) {
            return;
        }
        try {
            GuestContext made = opening.apply(kind);
            if (!keep(kind, made)) {
                made.close();
            }
        } catch (RuntimeException e) {
            // The next run makes its own, and tells what is wrong.
            LOG.log(System.Logger.Level.DEBUG, "No spare context", e);
        }
    }

    private synchronized boolean wanted(Kind kind) {
        Optional<GuestContext> spare = spares.get(kind);
        return spare != null && spare.isEmpty();
    }

    private synchronized boolean keep(Kind kind, GuestContext made) {
        return spares.replace(kind, Optional.empty(), Optional.of(made));
    }

    private static void close(Collection<GuestContext> contexts) {
        contexts.forEach(GuestContext::close);
    }

    @Override
    public void close() {
        List<GuestContext> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            spares.values().forEach(spare -> spare.ifPresent(left::add));
            spares.clear();
        }
        maker.shutdownNow();
        close(left);
    }
}
