package io.magicproxy.tool.net;

import io.magicproxy.tool.power.NetworkGrant;
import io.magicproxy.upstream.Cancellation;

/** Fetches what a tool asks for, as far as its grant goes. */
@FunctionalInterface
public interface Fetcher {
    /** Blocks; redirects are followed, each as far as the grant goes. */
    Fetched fetch(FetchRequest request, NetworkGrant grant, Cancellation cancellation)
            throws FetchException;
}
