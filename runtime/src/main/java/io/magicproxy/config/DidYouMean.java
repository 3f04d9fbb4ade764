package io.magicproxy.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which of the known names a mistyped one stands for. */
public final class DidYouMean {
    private static final int MAX_LENGTH = 100;

    private DidYouMean() {}

    /** {@code ; did you mean "…"?}, or nothing if no name is near. */
    public static String hint(String name, Collection<String> known) {
        return nearest(name, known).map(n -> "; did you mean \"" + n + "\"?").orElse("");
    }

    /** The nearest name, if it is no more than a quarter of its letters away. */
    public static Optional<String> nearest(String name, Collection<String> known) {
        return within(Math.max(1, name.length() / 4), name, known);
    }

    /** The name that was surely meant: for where any name is allowed. */
    static Optional<String> slip(String name, Collection<String> known) {
        return within(Math.min(2, name.length() / 3), name, known);
    }

    private static Optional<String> within(int limit, String name, Collection<String> known) {
        String given = name.toLowerCase(Locale.ROOT);
        if (given.length() > MAX_LENGTH || given.length() <= 1) {
            return Optional.empty();
        }
        return known.stream()
                .filter(k -> Math.abs(k.length() - given.length()) <= limit)
                .map(k -> new Candidate(k, distance(given, k.toLowerCase(Locale.ROOT))))
                .filter(c -> c.distance <= limit)
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    private record Candidate(String name, int distance) {}

    /** Letters to insert, remove, replace or swap with their neighbour. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : step(d, a, b, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int step(int[][] d, String a, String b, int i, int j) {
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
    }
}
