package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.ScriptFailure;

/** How one attempt at a run ended. */
sealed interface Outcome {
    record Done(String result) implements Outcome {}

    record Failed(ScriptFailure failure) implements Outcome {}

    /** It ended with this, and cost its host its life: it could not be stopped. */
    record Fatal(ScriptFailure failure) implements Outcome {}

    /** Its host died under it. */
    record Lost(Death death, Suspicion suspicion) implements Outcome {}

    /** Its host was dying already; the run didn't begin. */
    record Refused() implements Outcome {}

    /** Whether it may be this run that its host died of. */
    enum Suspicion {
        NONE,
        /** This or another. */
        AMONG_OTHERS,
        /** It or nothing that was in the host. */
        ONLY
    }
}
