package io.magicproxy.server.http;

/**
 * The client of the request that this thread handles: says when it has left.
 *
 * <pre>{@code
 * try (var watch = ClientPresence.current().onGone(() -> cancellation.cancel(CLIENT_GONE))) {
 *     … wait for the upstream, write the answer …
 * }
 * }</pre>
 *
 * A client that shuts down its sending side counts as gone, although it could still read: the two
 * can't be told apart.
 */
public interface ClientPresence {

    /**
     * The client of the request being handled. Ask on the handler's own thread.
     *
     * @throws IllegalStateException outside a handler, or on a server without {@link
     *     ClientWatch#selector}
     */
    static ClientPresence current() {
        return ClientWatch.CURRENT.orElseThrow(() ->
                new IllegalStateException(
                        "no client here: call this on the handler's thread, and build the server with ClientWatch.selector"));
    }

    /**
     * Runs the action once if the client leaves, on another thread, or at once if it is known to
     * have left. It must be quick. The request's body must have been read before.
     *
     * @return to be closed when the answer is complete
     */
    Registration onGone(Runnable action);

    /** An interest in the client's leaving; closing it ends the interest. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
