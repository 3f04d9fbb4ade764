package io.magicproxy.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Spoils good documents, for fuzzing in the ordinary build: the same seed gives the same sequence,
 * so a failure can be played again. Made for text in lines; bytes get their share.
 */
public final class Mutations {
    private static final int MOST_AT_ONCE = 4;
    private static final int MAX_PIECE = 80;
    private static final int MAX_COPIES = 40;

    private final Random random;
    private final List<String> documents;
    private final List<String> pieces;

    /**
     * A sequence of spoilt documents.
     *
     * @param pieces what the format's grammar is made of, to be put in at odd places
     */
    public Mutations(long seed, List<String> documents, List<String> pieces) {
        this.random = new Random(seed);
        this.documents = List.copyOf(documents);
        this.pieces = List.copyOf(pieces);
    }

    /** A document with one to four things wrong with it; now and then it is still good. */
    public byte[] next() {
        String text = pick(documents);
        for (int i = random.nextInt(MOST_AT_ONCE); i >= 0; i--) {
            text = spoil(text);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return random.nextInt(8) == 0 ? spoil(bytes) : bytes;
    }

    private String spoil(String text) {
        return switch (random.nextInt(9)) {
            case 0 -> replace(text, random.nextInt(MAX_PIECE), "");
            case 1, 2 -> replace(text, 0, pick(pieces));
            case 3 -> replace(text, random.nextInt(8), pick(pieces));
            case 4 -> replace(text, 1, String.valueOf((char) (random.nextInt(0x60) + 0x20)));
            case 5 -> replace(text, 0, piece(pick(documents)).repeat(random.nextInt(3) + 1));
            case 6 -> replace(text, 0, pick(pieces).repeat(random.nextInt(MAX_COPIES) + 1));
            case 7 -> lines(text);
            default -> text.substring(0, position(text));
        };
    }

    /** A line goes elsewhere, twice, away, or in or out by a step. */
    private String lines(String text) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        if (lines.isEmpty()) {
            return text;
        }
        int i = random.nextInt(lines.size());
        switch (random.nextInt(5)) {
            case 0 -> Collections.swap(lines, i, random.nextInt(lines.size()));
            case 1 -> lines.add(random.nextInt(lines.size()), lines.get(i));
            case 2 -> lines.remove(i);
            case 3 -> lines.set(i, "  " + lines.get(i));
            default -> lines.set(i, lines.get(i).replaceFirst("^ {1,2}", ""));
        }
        return String.join("\n", lines) + "\n";
    }

    private byte[] spoil(byte[] bytes) {
        byte[] spoilt = bytes.clone();
        for (int i = random.nextInt(MOST_AT_ONCE); i >= 0 && spoilt.length > 0; i--) {
            spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
        }
        return spoilt;
    }

    private String replace(String text, int length, String with) {
        int from = position(text);
        return text.substring(0, from)
                + with
                + text.substring(Math.min(text.length(), from + length));
    }

    private String piece(String text) {
        int from = position(text);
        return text.substring(from, Math.min(text.length(), from + random.nextInt(MAX_PIECE) + 1));
    }

    private int position(String text) {
        return random.nextInt(text.length() + 1);
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
