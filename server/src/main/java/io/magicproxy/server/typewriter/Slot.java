package io.magicproxy.server.typewriter;

import java.nio.charset.StandardCharsets;

/** One text of a chunk: what is left of it, and the place it stands at. */
final class Slot {
    private static final int MAX_GIVEN = 8 * 1024;

    private final Span place;
    private final int choice;
    private final String field;
    private final StringBuilder text;
    private int given;
    private boolean changed;

    /**
     * A text.
     *
     * @param place of its JSON string in the chunk
     */
    Slot(int choice, String field, String text, Span place) {
        this.choice = choice;
        this.field = field;
        this.text = new StringBuilder(text);
        this.place = place;
    }

    Span place() {
        return place;
    }

    int choice() {
        return choice;
    }

    String field() {
        return field;
    }

    boolean sameText(Slot other) {
        return choice == other.choice && field.equals(other.field);
    }

    /** How much is left. */
    int length() {
        return text.length() - given;
    }

    /** How much is left of which is known what it is: half of a surrogate pair may be anything. */
    int sureLength() {
        boolean half = length() > 0 && Character.isHighSurrogate(text.charAt(text.length() - 1));
        return half ? length() - 1 : length();
    }

    /** Gives the half of a surrogate pair that it ends with to the text that goes on here. */
    void giveHalf(Slot next) {
        if (sameText(next) && sureLength() < length()) {
            next.prepend(cut(sureLength()));
        }
    }

    /** Where the cluster ends that begins there in what is left. */
    int clusterEnd(int from) {
        return Graphemes.end(text, given + from) - given;
    }

    /** The last part of what is left. */
    String from(int start) {
        return text.substring(given + start);
    }

    /** The first part of what is left, as much as a cluster can need. */
    String beginning() {
        return text.substring(given, Math.min(text.length(), given + Graphemes.LONGEST));
    }

    /** Gives the first part of what is left. */
    String give(int length) {
        String part = text.substring(given, given + length);
        given += length;
        changed = true;
        if (given > MAX_GIVEN) {
            text.delete(0, given);
            given = 0;
        }
        return part;
    }

    /** Takes the last part of what is left away. */
    String cut(int start) {
        String rest = from(start);
        text.setLength(given + start);
        changed = true;
        return rest;
    }

    void prepend(String more) {
        text.insert(given, more);
        changed = true;
    }

    void append(Slot other) {
        text.append(other.text, other.given, other.text.length());
        changed = true;
    }

    /** Whether it isn't any more what came. */
    boolean changed() {
        return changed;
    }

    /** What is left, as JSON. */
    byte[] json() {
        return JsonTexts.quoted(text.substring(given)).getBytes(StandardCharsets.UTF_8);
    }
}
