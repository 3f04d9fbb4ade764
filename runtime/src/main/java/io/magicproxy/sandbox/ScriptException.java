package io.magicproxy.sandbox;

/** A script didn't come to its end. */
public final class ScriptException extends Exception {
    private final ScriptFailure failure;

    public ScriptException(ScriptFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public ScriptFailure failure() {
        return failure;
    }
}
