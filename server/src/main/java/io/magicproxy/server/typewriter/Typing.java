package io.magicproxy.server.typewriter;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What waits to be typed, and when it goes: texts by grapheme clusters at an even pace, all else
 * when its turn comes. Doesn't wait and has no clock: its user tells the time.
 */
final class Typing {
    /**
     * Whatever waits goes within this time, which leaves room to the two seconds that are promised.
     */
    private static final Duration WITHIN = Duration.ofMillis(1_500);

    /**
     * The last cluster may still grow, as an emoji does by its skin tone; if nothing comes within
     * this time, it goes as it is.
     */
    private static final long MAY_GROW = Duration.ofMillis(250).toNanos();

    /** However often something comes, it goes after this time. */
    private static final long GROWN_UP = Duration.ofSeconds(1).toNanos();

    /**
     * In bytes of memory, about. If as much waits as that, the pace is given up: a stream that is
     * faster than any reader must not come late.
     */
    private static final int FULL = 1024 * 1024;

    private final Deque<Item> waiting = new ArrayDeque<>();
    private final Pace pace;
    private final long step;
    private long weight;
    private long lastCame;
    private Optional<Long> nextStep = Optional.empty();

    /** What is to be done now. */
    sealed interface Next {}

    /** These events are to be sent. */
    record Send(byte[] events, boolean output) implements Next {}

    /** Nothing yet; to be asked again after that time, or when something has come. */
    record Wait(long nanos) implements Next {}

    /** Nothing until something comes. */
    record Idle() implements Next {}

    /** All is sent. */
    record End(Item.Ending how) implements Next {}

    Typing(Duration step) {
        this.pace = new Pace(step, WITHIN);
        this.step = step.toNanos();
    }

    void offer(Item item, long now) {
        lastCame = now;
        if (item instanceof Chunk chunk) {
            pace.arrived(now, chunk.chars());
            weight += 2L * chunk.chars();
            if (waiting.peekLast() instanceof Chunk last) {
                if (last.absorbed(chunk)) {
                    return;
                }
                last.lastSlot().giveHalf(chunk.slot());
            }
        }
        waiting.addLast(item);
        weight += weight(item);
    }

    private static long weight(Item item) {
        return switch (item) {
            case Chunk chunk -> chunk.weight();
            case Item.Whole whole -> whole.events().length + 100L;
            case Item.Ending _ -> 0;
        };
    }

    /** Whether so much waits that no more should be offered. */
    boolean full() {
        return weight > FULL;
    }

    Next poll(long now) {
        return switch (waiting.peekFirst()) {
            case null -> new Idle();
            case Item.Ending ending -> new End(ending);
            case Item.Whole(byte[] events, boolean output) -> {
                remove();
                yield new Send(events, output);
            }
            case Chunk _ -> type(now);
        };
    }

    private void remove() {
        weight -= weight(waiting.removeFirst());
    }

    private Next type(long now) {
        if (!full()) {
            long wait = nextStep.map(at -> Math.min(at - now, pace.patience(now))).orElse(0L);
            if (wait > 0) {
                return new Wait(wait);
            }
        }
        var events = new ByteArrayOutputStream(512);
        pace.left(typed(full() ? Integer.MAX_VALUE : pace.due(now), now, events));
        if (events.size() == 0) {
            return new Wait(mayGrowFor(now));
        }
        nextStep = Optional.of(now + step);
        return new Send(events.toByteArray(), true);
    }

    /**
     * Writes so many characters, or a few more to make the last cluster whole.
     *
     * @return how many of them are left
     */
    private double typed(double chars, long now, ByteArrayOutputStream out) {
        double left = chars;
        while (left >= 1 && waiting.peekFirst() instanceof Chunk chunk) {
            Slot slot = chunk.slot();
            Stretch stretch = stretch(chunk, (int) left, now);
            if (stretch.grows.isPresent()) {
                stretch.grows.get().prepend(slot.cut(stretch.length));
            }
            gave(stretch.length);
            left -= stretch.length;
            if (stretch.length == slot.length() && chunk.laterSlots().isEmpty()) {
                out.writeBytes(chunk.rest());
                remove();
                continue;
            }
            if (stretch.length > 0) {
                out.writeBytes(chunk.piece(slot.give(stretch.length)));
            }
            if (slot.length() > 0) {
                break;
            }
            chunk.advance();
        }
        return left;
    }

    /** How long it is waited whether the last cluster grows; zero or less if not any more. */
    private long mayGrowFor(long now) {
        return full() ? 0 : Math.min(lastCame + MAY_GROW - now, GROWN_UP - pace.age(now));
    }

    private void gave(int chars) {
        pace.gave(chars);
        weight -= 2L * chars;
    }

    /**
     * What of a text can go now.
     *
     * @param grows the text to which the rest goes over, because its first cluster begins here
     */
    private record Stretch(int length, Optional<Slot> grows) {}

    private Stretch stretch(Chunk chunk, int chars, long now) {
        Slot slot = chunk.slot();
        int at = 0;
        while (at < slot.length() && at < chars) {
            int end = slot.clusterEnd(at);
            if (end >= slot.sureLength() && end - at < Graphemes.LONGEST) {
                return switch (following(chunk)) {
                    case Following.Nothing _ -> new Stretch(end, Optional.empty());
                    case Following.Unknown _ ->
                            new Stretch(mayGrowFor(now) > 0 ? at : end, Optional.empty());
                    case Following.More(Slot next) -> {
                        boolean grows = joined(slot.from(at), next.beginning());
                        yield new Stretch(
                                grows ? at : end, grows ? Optional.of(next) : Optional.empty());
                    }
                };
            }
            at = end;
        }
        return new Stretch(at, Optional.empty());
    }

    private static boolean joined(String cluster, String next) {
        return Graphemes.end(cluster + next, 0) > cluster.length();
    }

    /** How the text goes on whose turn it is. */
    private sealed interface Following {
        record More(Slot next) implements Following {}

        record Nothing() implements Following {}

        record Unknown() implements Following {}
    }

    private Following following(Chunk chunk) {
        Slot slot = chunk.slot();
        Optional<Following> here = following(slot, chunk, chunk.laterSlots());
        if (here.isPresent()) {
            return here.get();
        }
        Iterator<Item> later = waiting.iterator();
        later.next();
        while (later.hasNext()) {
            if (!(later.next() instanceof Chunk next)) {
                return new Following.Nothing();
            }
            Optional<Following> there = following(slot, next, next.slots());
            if (there.isPresent()) {
                return there.get();
            }
        }
        return new Following.Unknown();
    }

    /** Empty if these are texts of other choices, or too little of one to know. */
    private static Optional<Following> following(Slot slot, Chunk chunk, List<Slot> slots) {
        for (Slot next : slots) {
            if (next.choice() == slot.choice() && !next.sameText(slot)) {
                return Optional.of(new Following.Nothing());
            }
            if (next.sameText(slot) && next.sureLength() > 0) {
                return Optional.of(new Following.More(next));
            }
        }
        return chunk.closes(slot.choice())
                ? Optional.of(new Following.Nothing())
                : Optional.empty();
    }
}
