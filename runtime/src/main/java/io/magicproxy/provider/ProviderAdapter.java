package io.magicproxy.provider;

import io.magicproxy.chat.RequestBody;

/**
 * Calls one profile's upstream. Takes and gives OpenAI's format; blocks.
 *
 * <p>A call that ends because of {@link CallContext#cancellation()} throws {@link
 * CallCancelledException}, which is nobody's failure.
 */
public interface ProviderAdapter {
    JsonReply chat(RequestBody request, CallContext call) throws ProviderException;

    /**
     * Returns when the upstream has accepted the request; failures may still come while the stream
     * is read.
     */
    ChatStream stream(RequestBody request, CallContext call) throws ProviderException;

    JsonReply embed(RequestBody request, CallContext call) throws ProviderException;

    /**
     * Asks for something that costs nothing and needs a valid key, such as the list of models. What
     * comes of it tells of the key and the way to the upstream, not of the model.
     */
    void probe(CallContext call) throws ProviderException;
}
