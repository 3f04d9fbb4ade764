package io.magicproxy.server.typewriter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A chunk with texts that can be given out piece by piece.
 *
 * <p>Each piece goes in a chunk of its own, which repeats who answers and no more; the last one
 * goes in the chunk as it came. So whatever else stands in it (a reason to finish, tool calls,
 * usage, fields that we don't know) is passed on once, byte by byte, and not before its text.
 */
final class Chunk implements Item {
    private static final byte[] DATA = "data: ".getBytes(UTF_8);
    private static final byte[] END = "\n\n".getBytes(UTF_8);

    /** About what the objects weigh that hold it. */
    private static final int WEIGHT = 400;

    private final byte[] json;
    private final List<Span> envelope;
    private final List<Choice> choices;
    private final List<Slot> slots;

    /** Roles that went with an earlier piece. */
    private final List<Span> told = new ArrayList<>();

    private int current;

    /**
     * One choice of a chunk.
     *
     * @param role the member of its delta that names the role
     * @param closed whether no text of its may be put off: it ends here, or something else follows
     */
    record Choice(int index, Optional<Span> role, boolean closed) {}

    /**
     * A chunk.
     *
     * @param envelope the members that say who answers
     * @param slots its texts, at least one
     */
    Chunk(byte[] json, List<Span> envelope, List<Choice> choices, List<Slot> slots) {
        this.json = json;
        this.envelope = envelope;
        this.choices = choices;
        this.slots = slots;
    }

    /** The text whose turn it is. */
    Slot slot() {
        return slots.get(current);
    }

    /** The texts whose turn has not come yet. */
    List<Slot> laterSlots() {
        return slots.subList(current + 1, slots.size());
    }

    Slot lastSlot() {
        return slots.getLast();
    }

    List<Slot> slots() {
        return slots;
    }

    /** The next text's turn; false if there is none. */
    boolean advance() {
        if (current + 1 == slots.size()) {
            return false;
        }
        current++;
        return true;
    }

    /** Whether a choice's text can't go on in a later chunk. */
    boolean closes(int index) {
        return choices.stream().anyMatch(choice -> choice.index == index && choice.closed);
    }

    int chars() {
        return slots.stream().mapToInt(Slot::length).sum();
    }

    /** About how many bytes of memory it takes, without the texts that came later. */
    int weight() {
        return WEIGHT + 3 * json.length;
    }

    /** Takes in a chunk that differs in nothing but its text. */
    boolean absorbed(Chunk next) {
        if (slots.size() > 1 || next.slots.size() > 1 || closes(slot().choice())) {
            return false;
        }
        Span here = slot().place();
        Span there = next.slot().place();
        boolean same =
                Arrays.equals(json, 0, here.start(), next.json, 0, there.start())
                        && Arrays.equals(
                                json,
                                here.end(),
                                json.length,
                                next.json,
                                there.end(),
                                next.json.length);
        if (same) {
            slot().append(next.slot());
        }
        return same;
    }

    /** A piece of the current text, as an event. */
    byte[] piece(String text) {
        Slot slot = slot();
        var out = new StringBuilder(json.length + text.length()).append('{');
        for (Span member : envelope) {
            out.append(text(member)).append(',');
        }
        out.append("\"choices\":[{\"index\":").append(slot.choice()).append(",\"delta\":{");
        for (Choice choice : choices) {
            if (choice.index == slot.choice()
                    && choice.role.isPresent()
                    && !told.contains(choice.role.get())) {
                told.add(choice.role.get());
                out.append(text(choice.role.get())).append(',');
            }
        }
        out.append('"').append(slot.field()).append("\":").append(JsonTexts.quoted(text));
        return event(out.append("},\"finish_reason\":null}]}").toString().getBytes(UTF_8));
    }

    private String text(Span span) {
        return new String(json, span.start(), span.end() - span.start(), UTF_8);
    }

    /** The chunk with what is left of its texts, as an event. */
    byte[] rest() {
        List<Edit> edits = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot.changed()) {
                edits.add(new Edit(slot.place(), slot.json()));
            }
        }
        for (Span role : told) {
            edits.add(new Edit(withComma(role), new byte[0]));
        }
        edits.sort(Comparator.comparingInt(edit -> edit.span.start()));
        var out = new ByteArrayOutputStream(json.length + 64);
        int from = 0;
        for (Edit edit : edits) {
            out.write(json, from, edit.span.start() - from);
            out.writeBytes(edit.by);
            from = edit.span.end();
        }
        out.write(json, from, json.length - from);
        return event(out.toByteArray());
    }

    private record Edit(Span span, byte[] by) {}

    /** A text stands beside the role, so there is a comma before or after it. */
    private Span withComma(Span member) {
        int end = member.end();
        while (json[end] <= ' ') {
            end++;
        }
        if (json[end] == ',') {
            return new Span(member.start(), end + 1);
        }
        int start = member.start() - 1;
        while (json[start] != ',') {
            start--;
        }
        return new Span(start, member.end());
    }

    private static byte[] event(byte[] json) {
        byte[] event = Arrays.copyOf(DATA, DATA.length + json.length + END.length);
        System.arraycopy(json, 0, event, DATA.length, json.length);
        System.arraycopy(END, 0, event, DATA.length + json.length, END.length);
        return event;
    }
}
