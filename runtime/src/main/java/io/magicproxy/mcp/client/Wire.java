package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.upstream.Cancellation;

/** Carries JSON-RPC messages to one server and back. Blocks. */
interface Wire extends AutoCloseable {
    /** Of one message: more than any result that a model gets to read, and room to spare. */
    int MAX_MESSAGE = 8 * 1024 * 1024;

    /**
     * A message to be sent.
     *
     * @param id the request's; "" if it wants no answer
     */
    record Outgoing(String id, byte[] json, Cancellation cancellation) {
        boolean wantsAnswer() {
            return !id.isEmpty();
        }
    }

    /** Takes what comes. */
    interface Receiver {
        void message(ObjectNode message);

        /** A request's answer came, and can't be used. */
        void unusable(String id, WireException why);

        /** Something looks wrong; the server should be asked whether it lives. */
        void suspect();

        /** Nothing more will come. */
        void lost(String why);
    }

    void open(Receiver receiver) throws WireException;

    /**
     * The session is initialized.
     *
     * @param protocol that was agreed on
     */
    void ready(String protocol);

    /** Sends a message; the answer to a request has come when this returns, or will come. */
    void send(Outgoing message) throws WireException;

    /** Nobody waits for this answer any more. */
    void abandon(String id);

    /** Whether the server can tell something by itself. */
    boolean hears();

    /** What the server printed for people, to be added to a reason; "" if nothing. */
    String said();

    @Override
    void close();
}
