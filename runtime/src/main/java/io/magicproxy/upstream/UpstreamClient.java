package io.magicproxy.upstream;

/**
 * The one way out to upstreams. Blocks; call it from virtual threads.
 *
 * <p>Redirects are not followed and no proxy is used, so that a key reaches its own host only.
 */
public interface UpstreamClient extends AutoCloseable {
    /**
     * Sends the request and waits for the answer's head, whatever its status.
     *
     * @return to be closed by the caller
     */
    UpstreamReply send(UpstreamRequest request, Cancellation cancellation) throws UpstreamException;

    /** Breaks every attempt under way and closes every connection. */
    @Override
    void close();

    static UpstreamClient create(UpstreamConfig config) {
        return new HelidonUpstreamClient(config);
    }
}
