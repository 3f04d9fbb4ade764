package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/**
 * Writes an answer and how it came about on a terminal. The answer alone goes to the standard
 * output, so that it can be piped; all else goes to the standard error.
 */
final class AskPrinter {
    private static final String DIM = "\u001B[2m";
    private static final String BOLD = "\u001B[1m";
    private static final String PLAIN = "\u001B[0m";
    private static final int MAX_SHOWN = 300;

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean colours;
    private boolean inThought;
    private boolean inAnswer;
    private boolean said;

    AskPrinter(PrintWriter out, PrintWriter err, boolean colours) {
        this.out = out;
        this.err = err;
        this.colours = colours;
    }

    /** More of a thought. */
    void thought(String text) {
        if (text.isEmpty()) {
            return;
        }
        if (inAnswer) {
            endLine();
        }
        err.print(styled(DIM, clean(text)));
        err.flush();
        inThought = true;
        said = true;
    }

    /** More of the answer. */
    void answer(String text) {
        if (text.isEmpty()) {
            return;
        }
        if (!inAnswer && said) {
            endLine();
            err.println();
            err.flush();
        }
        out.print(clean(text));
        out.flush();
        inAnswer = true;
        said = true;
    }

    /** A step begins. */
    void step(String title) {
        endLine();
        err.println((said ? System.lineSeparator() : "") + styled(BOLD, clean(title)));
        err.flush();
        said = true;
    }

    /** Something that happens, on a line of its own. */
    void note(String text) {
        endLine();
        err.println(styled(DIM, clean(text)));
        err.flush();
        said = true;
    }

    void problem(String message) {
        endLine();
        err.println("magic-proxy: " + message);
        err.flush();
    }

    /** Ends a line of text that is open. */
    void endLine() {
        if (inAnswer) {
            out.println();
            out.flush();
        } else if (inThought) {
            err.println();
            err.flush();
        }
        inAnswer = false;
        inThought = false;
    }

    /** JSON on one line, not too long a one. */
    static String shown(JsonNode value) {
        String text =
                (value.isTextual() ? value.asText() : value.toString())
                        .replaceAll("\\s+", " ")
                        .strip();
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    }

    /** Without what would steer the terminal: models and tools wrote it. */
    private static String clean(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "");
    }

    private String styled(String style, String text) {
        return colours ? style + text + PLAIN : text;
    }
}
