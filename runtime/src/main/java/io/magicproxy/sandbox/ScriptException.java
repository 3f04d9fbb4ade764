package io.magicproxy.sandbox;

/** A script didn't come to its end. */
public final class ScriptException extends Exception {
    private final ScriptFailure failure;
    private final boolean leftBehind;

    public ScriptException(ScriptFailure failure) {
        this(failure, false);
    }

    private ScriptException(ScriptFailure failure, boolean leftBehind) {
        super(failure.message());
        this.failure = failure;
        this.leftBehind = leftBehind;
    }

    /** For a script whose thread didn't end when it was told to. */
    static ScriptException leavingItBehind(ScriptFailure failure) {
        return new ScriptException(failure, true);
    }

    /** The script's thread works on, and nothing but the end of its process helps. */
    public boolean leftBehind() {
        return leftBehind;
    }

    public ScriptFailure failure() {
        return failure;
    }
}
