package io.magicproxy.store.session;

import io.magicproxy.store.session.Journal.Following;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Who wants to hear of what. Each is rung on a thread of its own, so a slow one delays nobody. */
public final class Doorbells {
    private static final Logger LOG = System.getLogger(Doorbells.class.getName());

    private final ConcurrentHashMap<String, Set<Bell>> bells = new ConcurrentHashMap<>();

    public Following add(String name, Runnable doorbell) {
        Bell bell = new Bell(doorbell);
        bells.compute(
                name,
                (n, known) -> {
                    Set<Bell> all = known == null ? ConcurrentHashMap.newKeySet() : known;
                    all.add(bell);
                    return all;
                });
        return () -> {
            bell.state.set(State.CLOSED);
            bells.computeIfPresent(
                    name,
                    (n, all) -> {
                        all.remove(bell);
                        return all.isEmpty() ? null : all;
                    });
        };
    }

    public void ring(String name) {
        bells.getOrDefault(name, Set.of()).forEach(Bell::ring);
    }

    private enum State {
        QUIET,
        RINGING,
        /** It was rung again meanwhile: once more is enough, however often that was. */
        AGAIN,
        CLOSED
    }

    private static final class Bell {
        private final Runnable doorbell;
        private final AtomicReference<State> state = new AtomicReference<>(State.QUIET);

        Bell(Runnable doorbell) {
            this.doorbell = doorbell;
        }

        void ring() {
            State before =
                    state.getAndUpdate(s ->
                            switch (s) {
                                case QUIET -> State.RINGING;
                                case RINGING, AGAIN -> State.AGAIN;
                                case CLOSED -> State.CLOSED;
                            });
            if (before == State.QUIET) {
                Thread.ofVirtual().name("doorbell").start(this::sound);
            }
        }

        private void sound() {
            State next = State.RINGING;
            while (next == State.RINGING) {
                try {
                    doorbell.run();
                } catch (RuntimeException e) {
                    LOG.log(Level.WARNING, "a doorbell failed", e);
                }
                next =
                        state.updateAndGet(s ->
                                switch (s) {
                                    case QUIET, RINGING -> State.QUIET;
                                    case AGAIN -> State.RINGING;
                                    case CLOSED -> State.CLOSED;
                                });
            }
        }
    }
}
