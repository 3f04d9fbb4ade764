package io.magicproxy.server.typewriter;

import io.magicproxy.provider.ProviderException;

/** What waits to be sent. */
sealed interface Item permits Chunk, Item.Whole, Item.Ending {

    /** Events that go as they are. */
    record Whole(byte[] events, boolean output) implements Item {}

    /** How a stream ends. */
    sealed interface Ending extends Item {}

    /** Well. */
    record Over() implements Ending {}

    /** With a failure of its provider. */
    record Failed(ProviderException why) implements Ending {}

    /** Given up, or by a bug. */
    record Stopped(RuntimeException why) implements Ending {}
}
