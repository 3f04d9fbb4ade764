package io.magicproxy.server.openai;

import java.util.Optional;

/**
 * What of an answer was sent, which can't be taken back: says how to go on, if the answer has not
 * become another one.
 */
final class SentAnswer {
    private final StringBuilder sent = new StringBuilder();
    private int retractions;

    /** How much of it is known to stand in the answer since something was last taken back. */
    private int same;

    /** The text to send next, perhaps none yet; empty if the answer is another one now. */
    Optional<String> next(AgentTranscript transcript) {
        CharSequence now = transcript.answer();
        if (retractions != transcript.retractions()) {
            retractions = transcript.retractions();
            same = 0;
        }
        int common = Math.min(sent.length(), now.length());
        for (; same < common; same++) {
            if (sent.charAt(same) != now.charAt(same)) {
                return Optional.empty();
            }
        }
        String more = now.subSequence(common, now.length()).toString();
        sent.append(more);
        same = Math.max(same, now.length());
        return Optional.of(more);
    }

    /** The same for the whole answer, in which white space may have changed. */
    Optional<String> last(String whole) {
        int at = 0;
        for (int i = 0; i < sent.length(); i++) {
            if (Character.isWhitespace(sent.charAt(i))) {
                continue;
            }
            at = word(whole, at);
            if (at == whole.length() || whole.charAt(at) != sent.charAt(i)) {
                return Optional.empty();
            }
            at++;
        }
        return Optional.of(word(whole, at) == whole.length() ? "" : whole.substring(at));
    }

    /** Where white space ends. */
    private static int word(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }
}
