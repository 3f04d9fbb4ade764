package io.magicproxy.tool.net;

import io.magicproxy.upstream.AddressBook;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;

/** Sends one request to one host, which a grant names. Follows no redirect. */
@FunctionalInterface
public interface Wire {
    /**
     * Waits for the head of the answer.
     *
     * @return to be closed by the caller
     */
    WireReply send(Hop hop, Cancellation cancellation) throws FetchException;

    /**
     * One step of a fetch.
     *
     * @param host as the address has it
     * @param request with the address of this step
     * @param addresses of the host: a connection goes to one of these or to none
     * @param left of the time for the whole fetch
     */
    record Hop(String host, FetchRequest request, AddressBook addresses, Duration left) {}
}
