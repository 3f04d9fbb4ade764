package io.magicproxy.sandbox;

import java.util.function.Consumer;

/** What a running script can ask of the gateway. */
public interface HostCalls {
    /**
     * Takes a call. Must not block: what takes time is done on another thread. Calls come one after
     * the other, in the order in which the guest made them.
     *
     * @param reply takes the answer, once, on any thread. The guest gets its answers in the order
     *     in which replies were made, and that order is the caller's to decide: it is what makes a
     *     replay the same as the first run.
     */
    void call(HostCall call, Consumer<HostReply> reply);

    /** Takes what the guest says without waiting for an answer; in order with the calls. */
    void tell(HostCall call);
}
