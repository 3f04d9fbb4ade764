package io.magicproxy.upstream;

/** The one way out to providers. */
public interface UpstreamClient extends AutoCloseable {
    @Override
    void close();
}
