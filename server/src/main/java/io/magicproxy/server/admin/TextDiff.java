package io.magicproxy.server.admin;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.List;

/** What differs between two texts, as {@code diff -u} tells it. */
final class TextDiff {
    private static final int CONTEXT = 3;

    /** A whole new script fits; who replaces a book by another doesn't fill the disk. */
    private static final int MAX_CHARS = 64 * 1024;

    private static final int MAX_LINES = 10_000;
    private static final String SAME = "(nothing that may be shown differs)\n";

    private TextDiff() {}

    static String of(String name, String before, String after) {
        List<String> old = before.lines().toList();
        List<String> now = after.lines().toList();
        if (old.equals(now)) {
            return SAME;
        }
        if (old.size() > MAX_LINES || now.size() > MAX_LINES) {
            return "(" + old.size() + " lines became " + now.size() + ": too many to compare)\n";
        }
        var patch = DiffUtils.diff(old, now);
        String diff =
                String.join(
                                "\n",
                                UnifiedDiffUtils.generateUnifiedDiff(
                                        name, name, old, patch, CONTEXT))
                        + "\n";
        return diff.length() <= MAX_CHARS ? diff : diff.substring(0, MAX_CHARS) + "\n(cut off)\n";
    }
}
