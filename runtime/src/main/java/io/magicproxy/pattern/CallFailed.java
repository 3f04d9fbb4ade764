package io.magicproxy.pattern;

/** A call didn't give a result. */
public final class CallFailed extends Exception {
    private final String code;
    private final boolean ended;

    private CallFailed(String code, String message, boolean ended) {
        super(message);
        this.code = code;
        this.ended = ended;
    }

    /** The pattern sees it, and may go on. */
    public static CallFailed of(String code, String message) {
        return new CallFailed(code, message, false);
    }

    /** The run is over, whatever the pattern does: cancelled, fenced, over a limit. */
    public static CallFailed ended(String code, String message) {
        return new CallFailed(code, message, true);
    }

    public String code() {
        return code;
    }

    public String text() {
        return String.valueOf(getMessage());
    }

    /** Whether the pattern must not go on. */
    public boolean ended() {
        return ended;
    }
}
